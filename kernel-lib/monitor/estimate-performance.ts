import { setImmediate as nextTurn } from "node:timers/promises";
import { AssayerError } from "../errors";
import { assemblePerformance } from "../drift/performance/assemble-performance";
import { cbpe, type CbpeOptions } from "../drift/performance/cbpe";
import { cbpeMetricNames, type CbpeMetricName } from "../drift/performance/cbpe-metrics";
import {
  chunkingOf,
  type Chunk,
  type Chunking,
  type ChunkingOfSides,
} from "../drift/timeline/chunks";
import type { ClassifierRows } from "../drift/performance/classifier-rows";
import type { PerformanceReport } from "../drift/performance-report";
import type { ReportSide } from "../drift/report";
import type { TimelineChunk } from "../drift/timeline";
import type { LongWork } from "../store/long-work";
import type { DataSource } from "../store/scan/data-source";
import { openScan } from "../store/scan/open-scan";
import { throwIfStopped } from "../store/scan/scan-database";
import type { TableScan } from "../store/scan/table-scan";
import { estimateLoss, type EstimateLossOptions } from "./estimate-loss";
import { readClassifier, type ClassifierColumns } from "./read-classifier";

export interface EstimatePerformanceOptions
  extends LongWork, Omit<CbpeOptions, "period">, ClassifierColumns {
  /**
   * By NannyML's names: `roc_auc`, `average_precision`, `f1`, `precision`, `recall`, `specificity` and `accuracy` by
   * default; `confusion_matrix` and `business_value` when asked for. Without `yPred` the first two alone.
   */
  metrics?: readonly CbpeMetricName[];
  /** How rows are cut into chunks, for both sides or each; into ten by default. */
  chunking?: Chunking | ChunkingOfSides;
  /** Default `performance`. */
  name?: string;
  /** When the report is made. Default now. */
  now?: Date;
}

/**
 * Estimates how a classifier does on current data whose labels are not there yet, from its scores: confidence-based
 * performance estimation (CBPE), with the values, bounds and alarms of NannyML 0.13.1. Where current rows have labels,
 * how it really did stands beside.
 *
 * A regression's losses are learnt by boosted trees instead: direct loss estimation (DLE).
 *
 * @param reference rows with labels that the model was not trained on, of a time when it did well
 * @param current rows with scores; labels may be missing in some rows, or the column may be
 * @returns plain JSON
 * @throws AssayerError "invalid-argument" for unknown columns, metrics, classes or chunkings, "invalid-source" or
 *   "invalid-sql" for data that cannot be read, "aborted" once the signal says so
 * @see https://nannyml.readthedocs.io/en/stable/how_it_works/performance_estimation.html
 * @example await estimatePerformance("winter.parquet", "spring.parquet", { problem: "binary", yTrue: "late", yPred: "predicted", yScore: "score" })
 */
export async function estimatePerformance(
  reference: DataSource,
  current: DataSource,
  options: EstimatePerformanceOptions | EstimateLossOptions,
): Promise<PerformanceReport> {
  if (options.problem === "regression") return estimateLoss(reference, current, options);
  if (!["binary", "multiclass"].includes(options.problem))
    throw new AssayerError(
      "invalid-argument",
      `unknown problem: ${options.problem as string}; expected one of binary, multiclass, regression`,
    );
  const metrics = metricsOf(options);
  const { onProgress, signal, chunking } = options;
  const stop: LongWork = signal ? { signal } : {};
  const read = (source: DataSource, side: "reference" | "current") =>
    openScan(
      source,
      async (scan) => {
        onProgress?.(`reading ${side}`, side === "reference" ? 0 : 0.15);
        const own = chunkingOf(chunking, side);
        return {
          side: sideOf(scan),
          chunking: own,
          ...(await readClassifier(scan, options, own, side, stop)),
        };
      },
      stop,
    );
  const left = await read(reference, "reference");
  const right = await read(current, "current");
  const [ofLeft, ofRight] = [left.rows, right.rows];
  const warnings = [...left.warnings, ...right.warnings];
  const own: CbpeOptions = { ...options };
  if (right.chunking.by === "period") own.period = right.chunking.period;
  if (options.calibration === undefined && !areProbabilities(ofLeft, ofRight)) {
    own.calibration = "always";
    warnings.push("scores are not all from 0 to 1, so that they are calibrated");
  }
  onProgress?.("calibration", 0.3);
  throwIfStopped(signal);
  const estimator = cbpe(ofLeft, ofRight, metrics, own);
  const work: ["reference" | "current", Chunk][] = [
    ...left.chunks.map((chunk) => ["reference", chunk] as ["reference", Chunk]),
    ...right.chunks.map((chunk) => ["current", chunk] as ["current", Chunk]),
  ];
  const estimates: TimelineChunk[][] = [];
  for (const [side, chunk] of work) {
    await nextTurn();
    throwIfStopped(signal);
    onProgress?.(`chunk ${chunk.label}`, 0.4 + (0.6 * estimates.length) / work.length);
    estimates.push(estimator.estimate(side, chunk));
  }
  onProgress?.("performance estimated", 1);
  return assemblePerformance({
    name: options.name ?? "performance",
    now: options.now ?? new Date(),
    reference: left.side,
    current: right.side,
    method: "cbpe",
    problem: options.problem,
    metrics: estimator.timelines(estimates),
    warnings,
  });
}

function metricsOf({ metrics, yPred }: EstimatePerformanceOptions): readonly CbpeMetricName[] {
  const ranking = ["roc_auc", "average_precision"];
  const possible = cbpeMetricNames.filter((name) => yPred !== undefined || ranking.includes(name));
  const byDefault = possible.filter(
    (name) => name !== "confusion_matrix" && name !== "business_value",
  );
  const wanted = metrics ?? byDefault;
  if (typeof wanted === "string")
    throw new AssayerError(
      "invalid-argument",
      `estimatePerformance requires metrics as a list of names; got ${wanted as string}`,
    );
  if (wanted.length === 0)
    throw new AssayerError("invalid-argument", "estimatePerformance requires a metric; got none");
  const needs = wanted.find((name) => cbpeMetricNames.includes(name) && !possible.includes(name));
  if (needs !== undefined)
    throw new AssayerError(
      "invalid-argument",
      `estimatePerformance requires yPred for the metric ${needs}; got none`,
    );
  return [...new Set(wanted)];
}

function areProbabilities(...sides: ClassifierRows[]): boolean {
  return sides.every(({ yScore }) =>
    yScore.every((scores) =>
      scores.every((score) => !Number.isFinite(score) || (score >= 0 && score <= 1)),
    ),
  );
}

function sideOf({ rows, description, origin }: TableScan): ReportSide {
  return { rows, description, origin };
}
