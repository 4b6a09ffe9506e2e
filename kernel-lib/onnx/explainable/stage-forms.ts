import { isAll, type GraphNode, type ModelGraph } from "./model-graph";
import { broadcast, sizeOf, takenAlong, together, type Trace } from "./trace";

/** What a stage has to work with. */
export interface Stage {
  node: GraphNode;
  graph: ModelGraph;
  /** Traces of the inputs; undefined for those that are left out, and for constants. */
  traces: (Trace | undefined)[];
  /** The first of them. */
  rows: Trace;
}

/** Traces of a node's outputs; "mixed" when columns come together, undefined for a form that is not known. */
export type Result = Trace | "mixed" | undefined | (Trace | undefined)[];

const mostDimensions = 8;

/** More products a row than any stage makes. */
const mostProducts = 10_000_000;

export function placeByPlace({ node, graph, traces }: Stage): Result {
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

export function reduce(stage: Stage): Result {
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

export function reshaped(rows: Trace, target: readonly number[] | undefined): Result {
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

export function sliced(stage: Stage): Result {
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

export function split(stage: Stage): Result {
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
export function product({ node, graph, rows }: Stage, isTurned: boolean): Result {
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
export function behindRows(axis: number, rank: number): number | undefined {
  const own = axis < 0 ? axis + rank : axis - 1;
  return own >= 0 && own < rank ? own : undefined;
}

export function axesOf(stage: Stage, rank: number): number[] | undefined {
  const given = numbersAt(stage, 1, "axes");
  if (rank > mostDimensions || given?.length !== new Set(given).size) return undefined;
  const axes = given.map((axis) => behindRows(axis, rank));
  return axes.every((axis) => axis !== undefined) ? axes : undefined;
}

/** Whole numbers that are an input since a later opset, and an attribute before. */
export function numbersAt(
  { node, graph }: Stage,
  input: number,
  attribute: string,
): number[] | undefined {
  const name = node.inputs[input];
  if (name) {
    const constant = graph.constant(name);
    return constant && Array.from(constant.numbers);
  }
  return node.attributes.ints(attribute);
}
