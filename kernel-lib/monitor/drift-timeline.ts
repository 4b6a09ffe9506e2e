import { AssayerError } from "../errors";
import { chunkingOf, type Chunking, type ChunkingOfSides } from "../drift/timeline/chunks";
import { ownValue } from "../drift/own-value";
import type { FeatureType } from "../drift/report";
import type { Threshold } from "../drift/timeline/threshold";
import type { DriftTimeline } from "../drift/timeline";
import { timelineMethod } from "../drift/timeline/timeline-methods";
import { timelineOf, type TimelineOptions } from "../drift/timeline/timeline-of";
import type { LongWork } from "../store/long-work";
import type { DataSource } from "../store/scan/data-source";
import { openScan } from "../store/scan/open-scan";
import { throwIfStopped } from "../store/scan/scan-database";
import type { ScanColumn, TableScan, WantedColumn } from "../store/scan/table-scan";
import { readChunked } from "./read-columns";

export interface DriftTimelineOptions extends LongWork {
  /** Default: all columns of both sides that hold numbers, text or booleans. */
  features?: readonly string[];
  /** `categorical` for numbers that are names of something. */
  types?: Readonly<Record<string, FeatureType>>;
  /** How rows are cut into chunks, for both sides or each; into ten by default. */
  chunking?: Chunking | ChunkingOfSides;
  /**
   * `jensen_shannon` (default) or `hellinger`; `kolmogorov_smirnov` or `wasserstein` for numbers; `chi2` or
   * `l_infinity` for categories. Features for which it is not made are compared by the default.
   */
  method?: string;
  /** Upper bound at mean + 3 standard deviations of the reference chunks by default. */
  threshold?: Threshold;
  /** Kolmogorov–Smirnov and Wasserstein exactly, where NannyML estimates by bins: from 10,000 reference values on. */
  exact?: boolean;
}

/**
 * How far each chunk of the reference and of the current data is from the whole reference, feature by feature: the
 * values and alarms of NannyML 0.13.1's univariate drift, with a hint where they show a trend or a season.
 *
 * @returns by feature; a feature that holds numbers on one side and text on the other is compared as categories
 * @throws AssayerError "invalid-argument" for unknown features, methods or chunkings, "invalid-source" or "invalid-sql"
 *   for data that cannot be read, "aborted" once the signal says so
 * @see https://nannyml.readthedocs.io/en/stable/how_it_works/univariate_drift_detection.html
 * @example await driftTimeline("winter.parquet", "spring.parquet", { chunking: { by: "period", column: "date", period: "week" } })
 */
export async function driftTimeline(
  reference: DataSource,
  current: DataSource,
  options: DriftTimelineOptions = {},
): Promise<Record<string, DriftTimeline>> {
  return (await timelinesWithWarnings(reference, current, options)).timelines;
}

/** Timelines as `driftTimeline` makes them. */
export interface TimelinesWithWarnings {
  timelines: Record<string, DriftTimeline>;
  /** Rows that are in no chunk. */
  warnings: string[];
}

/** As `driftTimeline`, with what the reader should know. */
export async function timelinesWithWarnings(
  reference: DataSource,
  current: DataSource,
  options: DriftTimelineOptions,
): Promise<TimelinesWithWarnings> {
  timelineMethod("numerical", options.method);
  return openScan(
    reference,
    (left) => openScan(current, (right) => timelinesOf(left, right, options), options),
    options,
  );
}

async function timelinesOf(
  reference: TableScan,
  current: TableScan,
  { chunking, onProgress, signal, ...options }: DriftTimelineOptions,
): Promise<TimelinesWithWarnings> {
  const cut = {
    reference: chunkingOf(chunking, "reference"),
    current: chunkingOf(chunking, "current"),
  };
  const wanted = wantedColumns(reference, current, options);
  const work: LongWork = signal ? { signal } : {};
  const left = await readChunked(reference, wanted, cut.reference, work);
  const right = await readChunked(current, wanted, cut.current, work);
  const ofCurrent = right.columns[Symbol.asyncIterator]();
  const given: TimelineOptions = { ...options };
  if (cut.current.by === "period") given.period = cut.current.period;
  const timelines: [string, DriftTimeline][] = [];
  try {
    for await (const column of left.columns) {
      onProgress?.(`timeline of ${column.name}`, timelines.length / wanted.length);
      const own = (await ofCurrent.next()) as IteratorYieldResult<typeof column>;
      throwIfStopped(signal);
      timelines.push([
        column.name,
        timelineOf(
          { column, chunks: left.chunks },
          { column: own.value, chunks: right.chunks },
          given,
        ),
      ]);
    }
  } finally {
    await ofCurrent.return?.();
  }
  onProgress?.("timelines done", 1);
  const warnings = [
    ["reference", left.untimed, reference.rows] as const,
    ["current", right.untimed, current.rows] as const,
  ].flatMap(([side, untimed, rows]) =>
    untimed > 0 ? [`${untimed} of ${rows} ${side} rows have no time, and are in no chunk`] : [],
  );
  return { timelines: Object.fromEntries(timelines), warnings };
}

/** What is read of each feature, as numbers only if both sides hold such. */
function wantedColumns(
  reference: TableScan,
  current: TableScan,
  { features, types = {} }: Pick<DriftTimelineOptions, "features" | "types">,
): WantedColumn[] {
  const ofCurrent = new Map(current.columns.map((column) => [column.name, column]));
  const pairs = new Map(
    reference.columns.flatMap((column) => {
      const other = ofCurrent.get(column.name);
      const fit = other !== undefined && column.type !== "other" && other.type !== "other";
      return fit ? [[column.name, [column, other] as const] as const] : [];
    }),
  );
  const names =
    features ??
    [...pairs].flatMap(([name, sides]) =>
      sides.some(({ type }) => type === "time") ? [] : [name],
    );
  return names.map((name) => {
    const sides = pairs.get(name);
    if (sides === undefined)
      throw new AssayerError(
        "invalid-argument",
        `driftTimeline requires features that both sides hold as numbers, text, booleans or times; got ${name}`,
      );
    const chosen = ownValue(types, name);
    const category = chosen === "categorical" || chosen === "text";
    return { name, as: !category && sides.every(isNumber) ? "number" : "category" };
  });
}

function isNumber({ type }: ScanColumn): boolean {
  return type === "number" || type === "time";
}
