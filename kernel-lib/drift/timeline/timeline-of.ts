import { AssayerError } from "../../errors";
import { assembleTimeline } from "./assemble-timeline";
import type { Chunk, Period } from "./chunks";
import type { Threshold } from "./threshold";
import type { DriftTimeline, TimelineChunk } from "../timeline";
import { timelineHint } from "./timeline-hint";
import { timelineMethod, type ChunkMeasure } from "./timeline-methods";

/** A feature row by row: numbers, NaN where missing; or positions in `categories`, -1 where missing. */
export type TimelineColumn =
  | { kind: "number"; values: Float64Array }
  | { kind: "category"; codes: Int32Array; categories: readonly string[] };

/** A column and how its rows are cut. */
export interface TimelineSide {
  column: TimelineColumn;
  chunks: readonly Chunk[];
}

export interface TimelineOptions {
  /** By NannyML's name; `jensen_shannon` by default. */
  method?: string;
  /** Upper bound at mean + 3 standard deviations of the reference chunks by default; not for `chi2`. */
  threshold?: Threshold;
  /** Kolmogorov–Smirnov and Wasserstein exactly, where NannyML estimates by bins: from 10,000 reference values on. */
  exact?: boolean;
  /** For the hint: what the current chunks are cut by. */
  period?: Period;
}

/** As NannyML has it for drift: nothing is too little. */
const aboveAlone: Threshold = { kind: "standard-deviation", below: null };

/**
 * How far each chunk of a feature is from the whole reference, with the band outside of which it alarms: NannyML
 * 0.13.1's univariate drift. Infinite values count as missing. Chunks without a value, and all of them when the
 * reference has none, have no value and no alarm.
 *
 * @throws AssayerError "invalid-argument" for an unknown method, or sides of different kinds
 */
export function timelineOf(
  reference: TimelineSide,
  current: TimelineSide,
  options: TimelineOptions = {},
): DriftTimeline {
  if (reference.column.kind !== current.column.kind)
    throw new AssayerError(
      "invalid-argument",
      `timelineOf requires both sides as numbers or as categories; got ${reference.column.kind} and ${current.column.kind}`,
    );
  const isNumber = reference.column.kind === "number";
  const method = timelineMethod(isNumber ? "numerical" : "categorical", options.method);
  const categories = new Map<string, number>();
  const read = {
    reference: readerOf(reference.column, categories),
    current: readerOf(current.column, categories),
  };
  const width = categories.size;
  const all = read.reference(0, rowsOf(reference.column), width);
  const measure =
    all.length > 0 && !(isNumber && isTooWide(all))
      ? method.fit(all, options.exact === true)
      : undefined;
  const chunksOfSide = (side: "reference" | "current"): TimelineChunk[] =>
    (side === "reference" ? reference : current).chunks.map((chunk) => {
      const { value, alarm } = score(read[side](chunk.start, chunk.end, width), measure);
      return {
        ...chunk,
        side,
        value,
        low: null,
        high: null,
        realised: null,
        alarm: alarm === true,
      };
    });
  const chunks = [...chunksOfSide("reference"), ...chunksOfSide("current")];
  const { period, threshold = aboveAlone } = options;
  if (method.name === "chi2")
    return {
      measure: method.name,
      chunks,
      lower: null,
      upper: null,
      hint: timelineHint(chunks, period),
    };
  return assembleTimeline(method.name, chunks, {
    of: "value",
    limits: method.limits,
    threshold,
    ...(period !== undefined && { period }),
  });
}

/** The range overflows a double, so that there are no bins. */
function isTooWide(values: Float64Array): boolean {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low === Infinity;
}

function score(
  chunk: Float64Array,
  measure: ChunkMeasure<Float64Array> | undefined,
): { value: number | null; alarm?: boolean } {
  return measure === undefined || chunk.length === 0 ? { value: null } : measure(chunk);
}

type Reader = (start: number, end: number, width: number) => Float64Array;

/** Reads rows as methods want them: finite values, or counts of the categories of both sides; empty without any. */
function readerOf(column: TimelineColumn, categories: Map<string, number>): Reader {
  if (column.kind === "number") return (start, end) => finiteOf(column.values.subarray(start, end));
  const places = Int32Array.from(column.categories, (name) => {
    const place = categories.get(name) ?? categories.size;
    categories.set(name, place);
    return place;
  });
  return (start, end, width) => {
    const counts = new Float64Array(width);
    let present = 0;
    for (let row = start; row < end; row++) {
      const code = column.codes[row] as number;
      if (code < 0) continue;
      const place = places[code] as number;
      counts[place] = (counts[place] as number) + 1;
      present++;
    }
    return present === 0 ? new Float64Array(0) : counts;
  };
}

function rowsOf(column: TimelineColumn): number {
  return column.kind === "number" ? column.values.length : column.codes.length;
}

/** The array itself where all of it is finite. */
function finiteOf(values: Float64Array): Float64Array {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) count++;
  if (count === values.length) return values;
  const result = new Float64Array(count);
  for (let i = 0, filled = 0; i < values.length; i++)
    if (Number.isFinite(values[i])) result[filled++] = values[i] as number;
  return result;
}
