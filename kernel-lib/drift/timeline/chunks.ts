import { AssayerError } from "../../errors";

const periods = ["hour", "day", "week", "month", "quarter", "year"] as const;

/** Calendar units, in UTC; weeks begin on Monday. */
export type Period = (typeof periods)[number];

/**
 * How rows are cut into chunks.
 *
 * - `size`: so many rows each, in the order of the source.
 * - `count`: rows divided by `chunks`, rounded down, in each. When rows are left over they are one more chunk.
 * - `period`: the rows of each calendar unit that has any. Rows without a time are in no chunk.
 */
export type Chunking =
  | { by: "size"; rows: number; incomplete?: IncompleteChunk }
  | { by: "count"; chunks: number; incomplete?: IncompleteChunk }
  | { by: "period"; column: string; period: Period };

/**
 * What becomes of the rows left over at the end: a chunk of their own (default, as NannyML has it), part of the last
 * one, or nothing. A chunk of a few rows is far from any reference: `append` spares its alarm.
 */
export type IncompleteChunk = "keep" | "append" | "drop";

/** How both sides are cut, where not in the same way; `whole` is a single chunk. */
export interface ChunkingOfSides {
  reference?: Chunking | "whole";
  current?: Chunking | "whole";
}

/** A stretch of rows. */
export interface Chunk {
  label: string;
  /** First row. */
  start: number;
  /** After the last row. */
  end: number;
  /** First and last millisecond of the period; null without one. */
  from: number | null;
  to: number | null;
}

/** As NannyML has it. */
export const defaultChunking: Chunking = { by: "count", chunks: 10 };

const day = 86_400_000;

/** The chunking of each side, from what a caller gave for both. */
export function chunkingOf(
  given: Chunking | ChunkingOfSides | undefined,
  side: "reference" | "current",
): Chunking {
  if (given === undefined) return defaultChunking;
  if (typeof given !== "object")
    throw new AssayerError(
      "invalid-argument",
      `chunking requires an object, such as { by: "count", chunks: 10 }; got ${String(given)}`,
    );
  if ("by" in given) return given;
  const own = given[side] ?? defaultChunking;
  return own === "whole" ? { by: "count", chunks: 1 } : own;
}

/**
 * Cuts rows into chunks, as NannyML 0.13.1 does: see its SizeBasedChunker, CountBasedChunker and PeriodBasedChunker.
 * Where NannyML fails, since there are fewer rows than chunks, each row is a chunk.
 *
 * @param rows number of rows
 * @param times for periods: the time of each row in milliseconds since the epoch, ascending, NaN at the end
 * @returns in order of the rows; none when there are no rows
 * @throws AssayerError "invalid-argument" for a size or count below 1, or an unknown period
 * @example chunksOf(5, { by: "size", rows: 2 }).map((chunk) => chunk.label) // ["0:1", "2:3", "4:4"]
 */
export function chunksOf(rows: number, chunking: Chunking, times?: Float64Array): Chunk[] {
  if (chunking.by === "period") {
    if (!periods.includes(chunking.period))
      throw new AssayerError(
        "invalid-argument",
        `unknown period: ${chunking.period as string}; expected one of ${periods.join(", ")}`,
      );
    return periodChunks(times ?? new Float64Array(0), chunking.period);
  }
  const wanted = chunking.by === "size" ? chunking.rows : chunking.chunks;
  if (!Number.isInteger(wanted) || wanted < 1)
    throw new AssayerError(
      "invalid-argument",
      `chunksOf requires a whole number of ${chunking.by === "size" ? "rows" : "chunks"}, 1 or more; got ${wanted}`,
    );
  const size = chunking.by === "size" ? wanted : Math.max(1, Math.floor(rows / wanted));
  return sizeChunks(rows, size, chunking.incomplete ?? "keep");
}

function sizeChunks(rows: number, size: number, incomplete: IncompleteChunk): Chunk[] {
  const starts = Array.from({ length: Math.ceil(rows / size) }, (_, i) => i * size);
  const hasRest = rows % size !== 0;
  if (hasRest && (incomplete === "drop" || (incomplete === "append" && starts.length > 1)))
    starts.pop();
  return starts.map((start, i) => {
    const last = incomplete === "append" && i === starts.length - 1;
    const end = last ? rows : Math.min(start + size, rows);
    return { label: `${start}:${end - 1}`, start, end, from: null, to: null };
  });
}

function periodChunks(times: Float64Array, period: Period): Chunk[] {
  const chunks: Chunk[] = [];
  for (let start = 0; start < times.length;) {
    const time = times[start] ?? NaN;
    if (Number.isNaN(time)) break;
    const from = periodStart(time, period);
    const next = nextPeriod(from, period);
    let end = start + 1;
    while (end < times.length && (times[end] ?? NaN) < next) end++;
    chunks.push({ label: periodLabel(from, period), start, end, from, to: next - 1 });
    start = end;
  }
  return chunks;
}

/** When the period begins that holds a moment; milliseconds since the epoch, UTC. */
export function periodStart(time: number, period: Period): number {
  const date = new Date(time);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  if (period === "hour") return Math.floor(time / 3_600_000) * 3_600_000;
  const midnight = Math.floor(time / day) * day;
  if (period === "day") return midnight;
  if (period === "week") return midnight - ((date.getUTCDay() + 6) % 7) * day;
  if (period === "month") return firstOfMonth(year, month);
  if (period === "quarter") return firstOfMonth(year, month - (month % 3));
  return firstOfMonth(year, 0);
}

/** `Date.UTC` takes the years 0 to 99 for those of the twentieth century. */
function firstOfMonth(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1);
}

/** When the next period begins after one that begins at `start`. */
export function nextPeriod(start: number, period: Period): number {
  const date = new Date(start);
  if (period === "hour") return start + 3_600_000;
  if (period === "day") return start + day;
  if (period === "week") return start + 7 * day;
  const months = period === "month" ? 1 : period === "quarter" ? 3 : 12;
  return firstOfMonth(date.getUTCFullYear(), date.getUTCMonth() + months);
}

/** As pandas writes a period: `2001-02-03 04:00`, `2001-02-03`, `2001-01-29/2001-02-04`, `2001-02`, `2001Q1`, `2001`. */
function periodLabel(start: number, period: Period): string {
  const text = new Date(start).toISOString();
  if (period === "hour") return `${text.slice(0, 10)} ${text.slice(11, 16)}`;
  if (period === "day") return text.slice(0, 10);
  if (period === "week")
    return `${text.slice(0, 10)}/${new Date(start + 6 * day).toISOString().slice(0, 10)}`;
  if (period === "month") return text.slice(0, 7);
  if (period === "year") return text.slice(0, 4);
  return `${text.slice(0, 4)}Q${Math.floor(new Date(start).getUTCMonth() / 3) + 1}`;
}
