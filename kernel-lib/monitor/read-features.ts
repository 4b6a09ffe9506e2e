import { AssayerError } from "../errors";
import type { Chunk, Chunking } from "../drift/timeline/chunks";
import type { FeatureValues } from "../drift/multivariate/feature-values";
import { ownValue } from "../drift/own-value";
import type { FeatureType } from "../drift/report";
import type { LongWork } from "../store/long-work";
import type { ScanColumn, TableScan, WantedColumn } from "../store/scan/table-scan";
import { readChunked } from "./read-columns";

/** Which columns are features that are looked at together. */
export interface TogetherChoices {
  /** Default: all columns of both sides that hold numbers, booleans or categories. */
  features?: readonly string[];
  /** `categorical` for numbers that are names of something. */
  types?: Readonly<Record<string, FeatureType>>;
}

/** Features as both sides are read, and what is left out of them. */
export interface TogetherFeatures {
  wanted: WantedColumn[];
  warnings: string[];
}

/**
 * Says how features of two tables are read, to be looked at together. Unless they are named, times and free text (more
 * than half of the reference's values are distinct) are left out.
 */
export async function togetherFeatures(
  caller: string,
  [reference, current]: readonly [TableScan, TableScan],
  { features, types = {} }: TogetherChoices,
  except: readonly string[],
  work: LongWork,
): Promise<TogetherFeatures> {
  const ofCurrent = new Map(current.columns.map((column) => [column.name, column]));
  const pairs = reference.columns.flatMap((column) => {
    const other = ofCurrent.get(column.name);
    return other && fits(column, other) && !except.includes(column.name) ? [[column, other]] : [];
  });
  const known = new Map(pairs.map((pair) => [pair[0]?.name ?? "", pair]));
  const unknown = features?.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires features that both sides hold as numbers, text, booleans or times; got ${unknown}`,
    );
  const free = features ? [] : await freeText(reference, [...known.values()].flat(), types, work);
  const names =
    features ??
    [...known.entries()].flatMap(([name, pair]) =>
      pair.some(({ type }) => type === "time") || free.includes(name) ? [] : [name],
    );
  if (names.length === 0)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires features that both sides have; got none`,
    );
  const wanted = names.map((name): WantedColumn => {
    const given = ownValue(types, name);
    const chosen = given === "categorical" || given === "text";
    const numbers = known.get(name)?.every(({ type }) => type === "number" || type === "time");
    return { name, as: !chosen && numbers === true ? "number" : "category" };
  });
  const warnings = free.map((name) => `${name} is left out: most of its values are distinct`);
  return { wanted, warnings };
}

/** Numbers on one side and text on the other are another feature. */
function fits(a: ScanColumn, b: ScanColumn): boolean {
  return a.type !== "other" && b.type !== "other" && (a.type === "text") === (b.type === "text");
}

async function freeText(
  scan: TableScan,
  columns: readonly ScanColumn[],
  types: NonNullable<TogetherChoices["types"]>,
  work: LongWork,
): Promise<string[]> {
  const texts = new Set(
    columns.flatMap(({ name, type }) =>
      type === "text" && ownValue(types, name) === undefined ? [name] : [],
    ),
  );
  if (texts.size === 0) return [];
  const counts = await scan.distinctCounts([...texts], work);
  return counts.flatMap(({ name, distinct, present }) => (distinct > present / 2 ? [name] : []));
}

/** All rows of the columns that are wanted, in the order of the chunks. */
export async function readFeatures(
  scan: TableScan,
  wanted: readonly WantedColumn[],
  chunking: Chunking,
  work: LongWork,
): Promise<{ columns: FeatureValues[]; chunks: Chunk[] }> {
  const { chunks, columns: read } = await readChunked(scan, wanted, chunking, work);
  const columns: FeatureValues[] = [];
  for await (const column of read) columns.push(column);
  return { columns, chunks };
}
