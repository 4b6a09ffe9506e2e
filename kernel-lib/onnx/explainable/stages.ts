import type { GraphNode, ModelGraph } from "./model-graph";
import {
  axesOf,
  behindRows,
  numbersAt,
  placeByPlace,
  product,
  reduce,
  reshaped,
  sliced,
  split,
  type Result,
  type Stage,
} from "./stage-forms";
import {
  isTraced,
  joinedAlong,
  rearranged,
  sizeOf,
  takenAlong,
  type Trace,
  type Untraced,
} from "./trace";

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
