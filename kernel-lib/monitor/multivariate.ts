import { setImmediate as nextTurn } from "node:timers/promises";
import { AssayerError } from "../errors";
import { assembleTimeline } from "../drift/timeline/assemble-timeline";
import { FeatureBins } from "../drift/boosted-trees/bins";
import {
  chunkingOf,
  type Chunk,
  type Chunking,
  type ChunkingOfSides,
} from "../drift/timeline/chunks";
import { domainClassifier as classifierOf } from "../drift/multivariate/domain-classifier";
import { joinColumns, type FeatureValues } from "../drift/multivariate/feature-values";
import { fitReconstruction } from "../drift/multivariate/reconstruction-error";
import type { MultivariateDrift } from "../drift/report";
import { outside, type Threshold } from "../drift/timeline/threshold";
import type { DriftTimeline, TimelineChunk } from "../drift/timeline";
import type { LongWork } from "../store/long-work";
import type { DataSource } from "../store/scan/data-source";
import { openScan } from "../store/scan/open-scan";
import { throwIfStopped } from "../store/scan/scan-database";
import { readFeatures, togetherFeatures, type TogetherChoices } from "./read-features";

export interface MultivariateOptions extends TogetherChoices, LongWork {
  /** How rows are cut into chunks, for both sides or each; into ten by default. */
  chunking?: Chunking | ChunkingOfSides;
  threshold?: Threshold;
}

export interface ReconstructionErrorOptions extends MultivariateOptions {
  /** Variance that the kept components explain together, between 0 and 1. Default 0.65. */
  share?: number;
}

export interface DomainClassifierOptions extends MultivariateOptions {
  /** Default 5. */
  folds?: number;
  /** Of each side that is compared; more rows are thinned evenly. Default 100,000. */
  maxRows?: number;
}

/** Drift of all features together. */
export interface MultivariateResult {
  /** Chunk by chunk. */
  timeline: DriftTimeline;
  /** Of all current rows, for a drift report. */
  drift: MultivariateDrift;
  /** Features that were left out and why, and what was thinned. */
  warnings: string[];
}

interface Side {
  columns: FeatureValues[];
  chunks: Chunk[];
  rows: number;
}

/**
 * How far rows are from what the principal components of the reference make of them: finds features that no longer go
 * together, though each alone may look as ever. Values and alarms of NannyML 0.13.1's `DataReconstructionDriftCalculator`,
 * but that what is reconstructed without an error has no alarm from rounding.
 *
 * @param options.threshold mean ± 3 standard deviations of the reference chunks by default
 * @throws AssayerError "invalid-argument" for unknown features or chunkings, "empty-sample" for a reference in which
 *   nothing varies, "invalid-source" or "invalid-sql" for data that cannot be read, "aborted" once the signal says so
 * @see https://nannyml.readthedocs.io/en/stable/how_it_works/multivariate_drift.html
 * @example (await reconstructionError("winter.parquet", "spring.parquet")).timeline
 */
export function reconstructionError(
  reference: DataSource,
  current: DataSource,
  options: ReconstructionErrorOptions = {},
): Promise<MultivariateResult> {
  return withSides("reconstructionError", reference, current, options, async (sides) => {
    const { onProgress, signal, threshold, share } = options;
    onProgress?.("principal components", 0.3);
    await nextTurn();
    throwIfStopped(signal);
    const reconstruction = fitReconstruction(
      sides.reference.columns,
      share === undefined ? {} : { share },
    );
    const chunks: TimelineChunk[] = [];
    let whole = NaN;
    for (const side of ["reference", "current"] as const) {
      onProgress?.(`reconstruction of ${side}`, side === "reference" ? 0.5 : 0.75);
      await nextTurn();
      throwIfStopped(signal);
      const errors = reconstruction.errors(sides[side].columns);
      for (const chunk of sides[side].chunks) {
        const { mean, error } = meanOf(errors.subarray(chunk.start, chunk.end));
        const [low, high] = [Math.max(0, mean - 3 * error), mean + 3 * error];
        chunks.push({ ...chunk, side, value: mean, low, high, realised: null, alarm: false });
      }
      whole = meanOf(errors).mean;
    }
    onProgress?.("reconstruction errors done", 1);
    const leftOut = reconstruction.leftOut.map((name) => `${name} is left out: it has no value`);
    return {
      ...resultOf("pca-reconstruction-error", chunks, whole, {
        limits: { lower: 0, upper: null },
        threshold: threshold ?? { kind: "standard-deviation" },
        period: sides.period,
      }),
      warnings: [...sides.warnings, ...leftOut],
    };
  });
}

/**
 * How well boosted trees tell the rows of a chunk from the reference, as the area under the ROC curve over held-out
 * folds: finds any change of the features, alone or together. As NannyML 0.13.1's `DomainClassifierCalculator`, with own
 * trees in place of LightGBM's: on real data within 0.02 of it. A reference chunk is told from the rest of the
 * reference.
 *
 * Each chunk takes as many fits as there are folds.
 *
 * @param options.threshold 0.45 to 0.65 by default
 * @throws AssayerError as `reconstructionError`
 * @see https://nannyml.readthedocs.io/en/stable/how_it_works/multivariate_drift.html
 */
export async function domainClassifier(
  reference: DataSource,
  current: DataSource,
  options: DomainClassifierOptions = {},
): Promise<MultivariateResult> {
  const { folds = 5, maxRows = 100_000, onProgress, signal, threshold } = options;
  if (!Number.isInteger(folds) || folds < 2 || !(maxRows >= folds))
    throw new AssayerError(
      "invalid-argument",
      `domainClassifier requires 2 or more folds, and as many rows; got ${folds} and ${maxRows}`,
    );
  return withSides("domainClassifier", reference, current, options, async (sides) => {
    const split = sides.reference.rows;
    const all = joinColumns(sides.reference.columns, sides.current.columns, 0, sides.current.rows);
    const binned = FeatureBins.of(all).apply(all);
    const jobs = [
      ...sides.reference.chunks.map((chunk) => ({ chunk, side: "reference" as const, at: 0 })),
      ...sides.current.chunks.map((chunk) => ({ chunk, side: "current" as const, at: split })),
    ];
    let done = 0;
    const aucOf = async (start: number, end: number): Promise<number> => {
      const group = thinned(end - start, maxRows, (i) => start + i);
      // The reference without the group, which may be a part of it.
      const first = Math.min(start, split);
      const left = split - Math.max(0, Math.min(end, split) - first);
      const rest = thinned(left, maxRows, (i) => (i < first ? i : i + split - left));
      const inOrder = [...rest, ...group].sort((a, b) => a - b);
      const chosen = new Set(group);
      const classifier = classifierOf(
        binned,
        Uint32Array.from(inOrder),
        Uint8Array.from(inOrder, (row) => Number(chosen.has(row))),
        folds,
      );
      for (let fold = 0; fold < classifier.folds; fold++) {
        await nextTurn();
        throwIfStopped(signal);
        onProgress?.("telling rows apart", (done + fold / folds) / (jobs.length + 1));
        classifier.learn(fold);
      }
      done++;
      return classifier.auc();
    };
    const chunks: TimelineChunk[] = [];
    for (const { chunk, side, at } of jobs) {
      const value = await aucOf(at + chunk.start, at + chunk.end);
      chunks.push({ ...chunk, side, value, low: null, high: null, realised: null, alarm: false });
    }
    const [only, ...others] = chunks.filter(({ side }) => side === "current");
    const isWhole = others.length === 0 && only?.start === 0 && only.end === sides.current.rows;
    const whole = isWhole ? (only.value ?? NaN) : await aucOf(split, split + sides.current.rows);
    onProgress?.("rows told apart", 1);
    const most = Math.max(split, sides.current.rows);
    return {
      ...resultOf("domain-classifier", chunks, whole, {
        limits: { lower: 0, upper: 1 },
        threshold: threshold ?? { kind: "constant", lower: 0.45, upper: 0.65 },
        period: sides.period,
      }),
      warnings: [
        ...sides.warnings,
        ...(most > maxRows ? [`at most ${maxRows} rows of a side are compared`] : []),
      ],
    };
  });
}

/** Both measures of all current rows, for a drift report; what cannot be told is a warning. */
export async function multivariateDrift(
  reference: DataSource,
  current: DataSource,
  options: TogetherChoices & LongWork & { features: readonly string[] },
): Promise<{ multivariate: MultivariateDrift[]; warnings: string[] }> {
  if (options.features.length === 0)
    return { multivariate: [], warnings: ["there are no features to look at together"] };
  const found: MultivariateDrift[] = [];
  const warnings: string[] = [];
  const measures = [
    () => reconstructionError(reference, current, { ...options, chunking: { current: "whole" } }),
    () =>
      domainClassifier(reference, current, {
        ...options,
        chunking: { reference: "whole", current: "whole" },
      }),
  ];
  for (const measure of measures)
    try {
      const { drift, warnings: told } = await measure();
      if (Number.isFinite(drift.value)) found.push(drift);
      warnings.push(...told.filter((warning) => !warnings.includes(warning)));
    } catch (error) {
      if (!(error instanceof AssayerError) || error.code !== "empty-sample") throw error;
      warnings.push(`features are not looked at together: ${error.message}`);
    }
  return { multivariate: found, warnings };
}

type Sides = Record<"reference" | "current", Side> & {
  warnings: string[];
  period: Parameters<typeof assembleTimeline>[2]["period"];
};

function withSides<T>(
  caller: string,
  reference: DataSource,
  current: DataSource,
  options: MultivariateOptions,
  work: (sides: Sides) => Promise<T>,
): Promise<T> {
  const { chunking, signal, onProgress } = options;
  const stop: LongWork = signal ? { signal } : {};
  return openScan(
    reference,
    (left) =>
      openScan(
        current,
        async (right) => {
          const { wanted, warnings } = await togetherFeatures(
            caller,
            [left, right],
            options,
            [],
            stop,
          );
          onProgress?.("reading", 0);
          const cut = (side: "reference" | "current") => chunkingOf(chunking, side);
          const sides = {
            reference: {
              ...(await readFeatures(left, wanted, cut("reference"), stop)),
              rows: left.rows,
            },
            current: {
              ...(await readFeatures(right, wanted, cut("current"), stop)),
              rows: right.rows,
            },
          };
          const ofCurrent = cut("current");
          const period = ofCurrent.by === "period" ? ofCurrent.period : undefined;
          return work({ ...sides, warnings, period });
        },
        stop,
      ),
    stop,
  );
}

function resultOf(
  method: MultivariateDrift["method"],
  chunks: readonly TimelineChunk[],
  whole: number,
  options: {
    limits: { lower: number; upper: number | null };
    threshold: Threshold;
    period: Sides["period"];
  },
): Pick<MultivariateResult, "timeline" | "drift"> {
  const { period, ...band } = options;
  const timeline = assembleTimeline(method, chunks, {
    ...band,
    of: "value",
    ...(period !== undefined && { period }),
  });
  // A bound at the end of the range is none, as NannyML has it for reconstruction errors.
  if (method === "pca-reconstruction-error" && timeline.lower === 0) timeline.lower = null;
  const { lower, upper } = timeline;
  const alarm = outside(whole, { lower, upper });
  return { timeline, drift: { method, value: whole, lower, upper, alarm } };
}

/** Mean, and its standard error; NaN of too few. */
function meanOf(values: Float64Array): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}

/** At most so many of `rows` positions, evenly spread. */
function thinned(rows: number, most: number, positionOf: (row: number) => number): number[] {
  const kept = Math.min(rows, Math.floor(most));
  return Array.from({ length: kept }, (_, i) => positionOf(Math.floor((i * rows) / kept)));
}
