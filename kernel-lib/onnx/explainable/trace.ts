/**
 * Where the values of a tensor come from, row by row: its shape behind the rows, and for each value, row-major, the
 * one column that it is made of, -1 where it is the same in all rows.
 */
export interface Trace {
  shape: readonly number[];
  origins: Int32Array;
}

/** Why a tensor cannot be traced. */
export interface Untraced {
  why: string;
}

/** More values a row than any tensor of an encoder has, and than all of its stages take. Sizes are claims of a few bytes. */
const mostValues = 1_000_000;
export const mostWork = 20_000_000;

export function isTraced(trace: Trace | Untraced): trace is Trace {
  return "origins" in trace;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** The column of values that are made of both, or undefined when these are two. */
export function together(a: number, b: number): number | undefined {
  if (a === -1 || a === b) return b;
  return b === -1 ? a : undefined;
}

/**
 * Values of one tensor at other places of another.
 *
 * @param from for a place of the result, one of `trace`
 */
export function rearranged(
  trace: Trace,
  shape: readonly number[],
  from: (place: number) => number,
): Trace | undefined {
  const size = sizeOf(shape);
  if (!(size <= mostValues)) return undefined;
  const origins = Int32Array.from({ length: size }, (_, i) => Number(trace.origins[from(i)]));
  return { shape, origins };
}

/** Places along one axis, in an order of their own, which takes the shape `inner`. */
export function takenAlong(
  trace: Trace,
  axis: number,
  places: readonly number[],
  inner: readonly number[],
): Trace | undefined {
  const length = trace.shape[axis];
  if (length === undefined || places.some((place) => !(place >= 0 && place < length)))
    return undefined;
  const behind = sizeOf(trace.shape.slice(axis + 1));
  const shape = [...trace.shape.slice(0, axis), ...inner, ...trace.shape.slice(axis + 1)];
  return rearranged(trace, shape, (place) => {
    const [rest, last] = [Math.floor(place / behind), place % behind];
    const [before, taken] = [Math.floor(rest / places.length), rest % places.length];
    return (before * length + Number(places[taken])) * behind + last;
  });
}

/** Values side by side along an axis. */
export function joinedAlong(traces: readonly Trace[], axis: number): Trace | undefined {
  const [first] = traces;
  if (first === undefined || axis >= first.shape.length) return undefined;
  const others = (shape: readonly number[]) => shape.filter((_, i) => i !== axis).join();
  if (traces.some(({ shape }) => others(shape) !== others(first.shape))) return undefined;
  if (traces.some(({ shape }) => shape.length !== first.shape.length)) return undefined;
  const shape = first.shape.map((dim, i) =>
    i === axis ? traces.reduce((sum, each) => sum + Number(each.shape[axis]), 0) : dim,
  );
  if (!(sizeOf(shape) <= mostValues)) return undefined;
  const before = sizeOf(first.shape.slice(0, axis));
  const origins = new Int32Array(sizeOf(shape));
  if (origins.length === 0) return { shape, origins };
  let at = 0;
  for (let i = 0; i < before; i++)
    for (const each of traces) {
      const run = each.origins.length / before;
      origins.set(each.origins.subarray(i * run, (i + 1) * run), at);
      at += run;
    }
  return { shape, origins };
}

/**
 * Values that are made of those at the same place, as numpy broadcasts; "mixed" where these come from two columns,
 * undefined for shapes that do not fit.
 */
export function broadcast(traces: readonly Trace[]): Trace | "mixed" | undefined {
  const rank = Math.max(...traces.map(({ shape }) => shape.length));
  const padded = traces.map(({ shape, origins }) => ({
    shape: [...Array<number>(rank - shape.length).fill(1), ...shape],
    origins,
  }));
  const shape = Array.from({ length: rank }, (_, i) => {
    const dims = padded.map((each) => Number(each.shape[i]));
    return dims.find((dim) => dim !== 1) ?? 1;
  });
  const fits = padded.every((each) => each.shape.every((dim, i) => dim === 1 || dim === shape[i]));
  if (!fits || !(sizeOf(shape) <= mostValues)) return undefined;
  const origins = new Int32Array(sizeOf(shape)).fill(-1);
  for (const each of padded)
    for (let place = 0; place < origins.length; place++) {
      let [rest, from, stride] = [place, 0, 1];
      for (let i = rank - 1; i >= 0; i--) {
        const dim = Number(shape[i]);
        if (each.shape[i] !== 1) from += (rest % dim) * stride;
        rest = Math.floor(rest / dim);
        stride *= Number(each.shape[i]);
      }
      const both = together(Number(origins[place]), Number(each.origins[from]));
      if (both === undefined) return "mixed";
      origins[place] = both;
    }
  return { shape, origins };
}
