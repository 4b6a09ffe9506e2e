import { isAll, type GraphNode, type ModelGraph } from "./model-graph";
import {
  broadcast,
  isTraced,
  joinedAlong,
  rearranged,
  sizeOf,
  takenAlong,
  together,
  type Trace,
  type Untraced,
} from "./trace";

/** What a stage has to work with. */
interface Stage {
  node: GraphNode;
  graph: ModelGraph;
  /** Traces of the inputs; undefined for those that are left out, and for constants. */
  traces: (Trace | undefined)[];
  /** The first of them. */
  rows: Trace;
}

/** Traces of a node's outputs; "mixed" when columns come together, undefined for a form that is not known. */
type Result = Trace | "mixed" | undefined | (Trace | undefined)[];

/** Each value is made of the one at its place in each of the inputs. */
const elementwise = [
  ...["Abs", "Ceil", "Floor", "Round", "Exp", "Log", "Sqrt", "Reciprocal", "Neg", "Sign", "Not"],
  ...["IsNaN", "IsInf", "Sigmoid", "Tanh", "Erf", "Relu", "LeakyRelu", "Elu", "Softplus", "Clip"],
  ...["Sin", "Cos", "Tan", "Identity", "Cast", "Add", "Sub", "Mul", "Div", "Pow", "Mod", "Min"],
  ...["Max", "Sum", "And", "Or", "Xor", "Equal", "Less", "LessOrEqual", "Greater"],
  ...["GreaterOrEqual", "Where", "Selu", "HardSigmoid", "ThresholdedRelu", "Softsign"],
  ...["Scaler", "Imputer", "Binarizer", "LabelEncoder", "CategoryMapper"].map(
    (name) => `ai.onnx.ml.${name}`,
  ),
];

const mostDimensions = 8;

/** More products a row than any stage makes. */
const mostProducts = 10_000_000;

const reductions = ["Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "SumSquare", "LogSumExp"];

const stages: Readonly<Record<string, (stage: Stage) => Result>> = {
  ...Object.fromEntries(elementwise.map((name) => [name, placeByPlace])),
  ...Object.fromEntries(reductions.map((name) => [`Reduce${name}`, reduce])),
  ArgMax: reduce,
  ArgMin: reduce,
  Concat: ({ node, traces }) => {
    const whole = traces.flatMap((trace) => trace ?? []);
    const axis = behindRows(node.attributes.int("axis", 1), Number(whole[0]?.shape.length));
    return whole.length === traces.length && axis !== undefined
      ? joinedAlong(whole, axis)
      : undefined;
  },
  "ai.onnx.ml.FeatureVectorizer": ({ traces }) => {
    const whole = traces.flatMap((trace) => (trace?.shape.length === 1 ? trace : []));
    return whole.length === traces.length ? joinedAlong(whole, 0) : undefined;
  },
  "ai.onnx.ml.OneHotEncoder": ({ node: { attributes }, rows }) => {
    const names = attributes.texts("cats_strings") ?? attributes.ints("cats_int64s") ?? [];
    return rearranged(rows, [...rows.shape, names.length], (place) =>
      Math.floor(place / names.length),
    );
  },
  OneHot: ({ node, graph, rows }) => {
    const depth = Number(graph.constant(node.inputs[1] ?? "")?.numbers[0]);
    if (!(depth >= 1) || node.attributes.int("axis", -1) !== -1) return undefined;
    return rearranged(rows, [...rows.shape, depth], (place) => Math.floor(place / depth));
  },
  Reshape: (stage) => reshaped(stage.rows, numbersAt(stage, 1, "shape")),
  Flatten: ({ node, rows }) =>
    node.attributes.int("axis", 1) === 1 ? { ...rows, shape: [sizeOf(rows.shape)] } : undefined,
  Squeeze: (stage) => {
    const axes = axesOf(stage, stage.rows.shape.length);
    if (!axes?.every((axis) => stage.rows.shape[axis] === 1)) return undefined;
    return { ...stage.rows, shape: stage.rows.shape.filter((_, i) => !axes.includes(i)) };
  },
  Unsqueeze: (stage) => {
    const { rows } = stage;
    const added = numbersAt(stage, 1, "axes")?.length ?? 0;
    const axes = axesOf(stage, rows.shape.length + added);
    if (!axes) return undefined;
    const left = [...rows.shape];
    const shape = Array.from({ length: rows.shape.length + added }, (_, i) =>
      axes.includes(i) ? 1 : (left.shift() ?? 1),
    );
    return sizeOf(shape) === rows.origins.length ? { ...rows, shape } : undefined;
  },
  Transpose: ({ node, rows }) => {
    const { shape } = rows;
    const perm = node.attributes.ints("perm");
    const order = perm?.slice(1).map((axis) => axis - 1) ?? [];
    const isWhole = shape.every((_, i) => order.includes(i));
    if (perm?.[0] !== 0 || order.length !== shape.length || !isWhole) return undefined;
    const turned = order.map((axis) => Number(shape[axis]));
    return rearranged(rows, turned, (place) => {
      let rest = place;
      const at = Array<number>(shape.length).fill(0);
      for (let i = turned.length - 1; i >= 0; i--) {
        at[Number(order[i])] = rest % Number(turned[i]);
        rest = Math.floor(rest / Number(turned[i]));
      }
      return at.reduce((sum, position, i) => sum * Number(shape[i]) + position, 0);
    });
  },
  Gather: ({ node, graph, rows }) => {
    const axis = behindRows(node.attributes.int("axis", 0), rows.shape.length);
    const places = graph.constant(node.inputs[1] ?? "");
    if (axis === undefined || !places) return undefined;
    const length = Number(rows.shape[axis]);
    const found = Array.from(places.numbers, (place) => (place < 0 ? place + length : place));
    return takenAlong(rows, axis, found, places.dims);
  },
  "ai.onnx.ml.ArrayFeatureExtractor": ({ node, graph, rows }) => {
    const places = graph.constant(node.inputs[1] ?? "");
    if (!places || rows.shape.length === 0) return undefined;
    const found = Array.from(places.numbers);
    return takenAlong(rows, rows.shape.length - 1, found, [found.length]);
  },
  Slice: sliced,
  Split: split,
  MatMul: (stage) => product(stage, false),
  Gemm: (stage) => {
    const { attributes, inputs } = stage.node;
    const isPlain = attributes.int("transA", 0) === 0 && stage.rows.shape.length === 1;
    const addsConstant = !inputs[2] || stage.graph.constant(inputs[2]) !== undefined;
    return isPlain && addsConstant ? product(stage, attributes.int("transB", 0) !== 0) : undefined;
  },
  "ai.onnx.ml.Normalizer": ({ rows }) => (sizeOf(rows.shape) === 1 ? rows : "mixed"),
};

/** Where the outputs of a node come from, given where other tensors do. */
export function traceNode(
  node: GraphNode,
  graph: ModelGraph,
  known: ReadonlyMap<string, Trace | Untraced>,
): (Trace | Untraced)[] {
  const operator = node.operator.replace("ai.onnx.ml.", "");
  const untraced = (why: string) => node.outputs.map((): Untraced => ({ why }));
  const found = node.inputs.map((name) => known.get(name));
  for (const each of found) if (each && !isTraced(each)) return untraced(each.why);
  const traces = found as (Trace | undefined)[];
  const rows = traces.find((each) => each !== undefined);
  const stage = Object.hasOwn(stages, node.operator) ? stages[node.operator] : undefined;
  if (stage === undefined || rows === undefined)
    return untraced(`operator ${operator} is no stage whose columns can be traced`);
  const result = stage({ node, graph, traces, rows });
  if (result === "mixed") return untraced(`operator ${operator} mixes columns`);
  const all = Array.isArray(result) ? result : [result];
  return node.outputs.map(
    (_, i) => all[i] ?? { why: `operator ${operator} has a form whose columns cannot be traced` },
  );
}

function placeByPlace({ node, graph, traces }: Stage): Result {
  const rank = Math.max(...traces.flatMap((trace) => trace?.shape.length ?? []));
  const parts: Trace[] = [];
  for (const [i, name] of node.inputs.entries()) {
    const trace = traces[i];
    if (name === "") continue;
    if (trace) {
      // A vector against a table would be laid along its columns.
      if (trace.shape.length !== rank) return undefined;
      parts.push(trace);
      continue;
    }
    const constant = graph.constant(name);
    const dims = constant?.dims ?? [NaN];
    if (dims.length > rank && !(dims.length === rank + 1 && dims[0] === 1)) return undefined;
    const shape = dims.slice(Math.max(0, dims.length - rank));
    parts.push({ shape, origins: new Int32Array(sizeOf(shape)).fill(-1) });
  }
  const result = broadcast(parts);
  // What is multiplied by 0 is 0 in all rows, as in the column of ones that KBinsDiscretizer's conversion makes.
  const isZero = node.operator === "Mul" && node.inputs.some((name) => isAll(graph, name, 0));
  return isZero && result && result !== "mixed"
    ? { ...result, origins: result.origins.fill(-1) }
    : result;
}

function reduce(stage: Stage): Result {
  const { node, rows } = stage;
  const { attributes } = node;
  const isArg = node.operator.startsWith("Arg");
  const axes = isArg
    ? [behindRows(attributes.int("axis", 0), rows.shape.length)]
    : axesOf(stage, rows.shape.length);
  if (!axes?.length || axes.includes(undefined)) return undefined;
  const kept = rows.shape.map((dim, i) => (axes.includes(i) ? 1 : dim));
  const origins = new Int32Array(sizeOf(kept)).fill(-1);
  for (let place = 0; place < rows.origins.length; place++) {
    let [rest, to, stride] = [place, 0, 1];
    for (let i = kept.length - 1; i >= 0; i--) {
      const dim = Number(rows.shape[i]);
      if (kept[i] !== 1) to += (rest % dim) * stride;
      rest = Math.floor(rest / dim);
      stride *= Number(kept[i]);
    }
    const both = together(Number(origins[to]), Number(rows.origins[place]));
    if (both === undefined) return "mixed";
    origins[to] = both;
  }
  const isKept = attributes.int("keepdims", 1) !== 0;
  return { origins, shape: isKept ? kept : kept.filter((_, i) => !axes.includes(i)) };
}

function reshaped(rows: Trace, target: readonly number[] | undefined): Result {
  if (!target || target.length === 0) return undefined;
  const size = rows.origins.length;
  const inner = target.slice(1).map((dim, i) => (dim === 0 ? Number(rows.shape[i]) : dim));
  const open = inner.indexOf(-1);
  // The rows keep their place when they are copied (0), or are what is left over (-1).
  if (target[0] !== 0 && target[0] !== -1) return undefined;
  if (open !== -1 && target[0] === 0) inner[open] = size / -sizeOf(inner);
  return inner.every((dim) => Number.isInteger(dim) && dim >= 0) && sizeOf(inner) === size
    ? { ...rows, shape: inner }
    : undefined;
}

function sliced(stage: Stage): Result {
  const starts = numbersAt(stage, 1, "starts");
  const ends = numbersAt(stage, 2, "ends");
  const axes = numbersAt(stage, 3, "axes") ?? starts?.map((_, i) => i);
  const steps = numbersAt(stage, 4, "steps") ?? starts?.map(() => 1);
  let rows: Trace | undefined = stage.rows;
  if (!starts || !ends || !axes || !steps || axes.length > mostDimensions) return undefined;
  for (const [i, given] of axes.entries()) {
    const axis = behindRows(given, stage.rows.shape.length);
    if (axis === undefined || rows === undefined || !(Number(steps[i]) >= 1)) return undefined;
    const length = Number(rows.shape[axis]);
    const bound = (value = 0) => Math.min(length, Math.max(0, value < 0 ? value + length : value));
    const places: number[] = [];
    for (let at = bound(starts[i]); at < bound(ends[i]); at += Number(steps[i])) places.push(at);
    rows = takenAlong(rows, axis, places, [places.length]);
  }
  return rows;
}

function split(stage: Stage): Result {
  const { node, rows } = stage;
  const axis = behindRows(node.attributes.int("axis", 0), rows.shape.length);
  if (axis === undefined) return undefined;
  const length = Number(rows.shape[axis]);
  const even = Math.ceil(length / node.outputs.length);
  const sizes =
    numbersAt(stage, 1, "split") ??
    node.outputs.map((_, i) => Math.min(even, Math.max(0, length - i * even)));
  if (sizes.some((size) => !(size >= 0)) || sizes.reduce((a, b) => a + b, 0) !== length)
    return undefined;
  let start = 0;
  return sizes.map((size) => {
    const places = Array.from({ length: size }, (_, i) => start + i);
    start += size;
    return takenAlong(rows, axis, places, [size]);
  });
}

/** A product with a constant matrix: a sum is made of the values whose coefficient is not 0. */
function product({ node, graph, rows }: Stage, isTurned: boolean): Result {
  const matrix = graph.constant(node.inputs[1] ?? "");
  const [first = 0, second = 0] = matrix?.dims ?? [];
  const [inner, columns] = isTurned ? [second, first] : [first, second];
  if (matrix?.dims.length !== 2 || rows.shape.at(-1) !== inner) return undefined;
  if (rows.origins.length * columns > mostProducts) return undefined;
  const outer = rows.origins.length / inner;
  const origins = new Int32Array(outer * columns).fill(-1);
  for (let place = 0; place < origins.length; place++)
    for (let i = 0; i < inner; i++) {
      const column = place % columns;
      if (matrix.numbers[isTurned ? column * inner + i : i * columns + column] === 0) continue;
      const own = rows.origins[Math.floor(place / columns) * inner + i];
      const both = together(Number(origins[place]), Number(own));
      if (both === undefined) return "mixed";
      origins[place] = both;
    }
  return { shape: [...rows.shape.slice(0, -1), columns], origins };
}

/** An axis of the tensor as one of a trace, whose first axis is left out; undefined for the rows' own. */
function behindRows(axis: number, rank: number): number | undefined {
  const own = axis < 0 ? axis + rank : axis - 1;
  return own >= 0 && own < rank ? own : undefined;
}

function axesOf(stage: Stage, rank: number): number[] | undefined {
  const given = numbersAt(stage, 1, "axes");
  if (rank > mostDimensions || given?.length !== new Set(given).size) return undefined;
  const axes = given.map((axis) => behindRows(axis, rank));
  return axes.every((axis) => axis !== undefined) ? axes : undefined;
}

/** Whole numbers that are an input since a later opset, and an attribute before. */
function numbersAt({ node, graph }: Stage, input: number, attribute: string): number[] | undefined {
  const name = node.inputs[input];
  if (name) {
    const constant = graph.constant(name);
    return constant && Array.from(constant.numbers);
  }
  return node.attributes.ints(attribute);
}
