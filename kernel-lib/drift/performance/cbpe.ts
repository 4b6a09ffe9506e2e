import { assembleTimeline } from "../timeline/assemble-timeline";
import type { Chunk, Period } from "../timeline/chunks";
import type { CalibrationRule } from "./calibration";
import { CbpeChunk } from "./cbpe-chunk";
import {
  cbpeMetrics,
  type CbpeMetric,
  type CbpeMetricName,
  type CbpeMetricOptions,
} from "./cbpe-metrics";
import {
  calibrateRows,
  fitCalibrations,
  scoredClasses,
  type ClassifierRows,
} from "./classifier-rows";
import type { Threshold } from "../timeline/threshold";
import type { DriftTimeline, TimelineChunk } from "../timeline";

export interface CbpeOptions extends CbpeMetricOptions {
  /** By metric: mean ± 3 standard deviations of the realised performance on reference chunks by default. */
  thresholds?: Readonly<Record<string, Threshold>>;
  /** Whether scores are calibrated; `auto` asks whether it helps. */
  calibration?: CalibrationRule;
  /** For the hint: what the current chunks are cut by. */
  period?: Period;
}

/** Confidence-based performance estimation, learned from a reference. */
export interface Cbpe {
  /** Classes whose scores had to be calibrated. */
  calibrated: readonly string[];
  metrics: readonly CbpeMetric[];
  /** What each metric is estimated to be in a chunk. */
  estimate(side: "reference" | "current", chunk: Chunk): TimelineChunk[];
  /** One for each metric, of what `estimate` gave for each chunk: reference before current. */
  timelines(chunks: readonly (readonly TimelineChunk[])[]): DriftTimeline[];
}

/** How many standard errors the bounds of an estimate are apart from it. */
const errors = 3;

/**
 * Estimates how a classifier does without labels, from its scores alone: CBPE of NannyML 0.13.1. Scores are calibrated
 * on the labelled reference where that helps; the metrics then follow from how often a row with such a score is right.
 * It holds while the relation of scores to labels stays as it was: what it cannot see is concept drift.
 *
 * Rows that miss a score, a prediction or a label are left out of the metrics that need it.
 *
 * @param reference rows with labels
 * @param names of metrics; `confusion_matrix` gives one for each cell
 * @throws AssayerError "invalid-argument" for an unknown metric, or a reference without labels
 * @see https://nannyml.readthedocs.io/en/stable/how_it_works/performance_estimation.html
 */
export function cbpe(
  reference: ClassifierRows,
  current: ClassifierRows,
  names: readonly CbpeMetricName[],
  options: CbpeOptions = {},
): Cbpe {
  const calibrations = fitCalibrations(reference, options.calibration);
  const rows = {
    reference: calibrateRows(reference, calibrations),
    current: calibrateRows(current, calibrations),
  };
  const metrics = cbpeMetrics(names, rows.reference, options);
  return {
    calibrated: scoredClasses(reference).flatMap((code, i) =>
      calibrations[i] ? [String(reference.classes[code])] : [],
    ),
    metrics,
    estimate: (side, chunk) => {
      const shared = new CbpeChunk(rows[side], chunk.start, chunk.end);
      return metrics.map((metric) => estimateChunk(metric, shared, chunk, side));
    },
    timelines: (chunks) =>
      metrics.map((metric, i) =>
        timeline(
          metric,
          chunks.flatMap((estimates) => estimates.slice(i, i + 1)),
          options,
        ),
      ),
  };
}

function estimateChunk(
  metric: CbpeMetric,
  shared: CbpeChunk,
  chunk: Chunk,
  side: "reference" | "current",
): TimelineChunk {
  const value = metric.estimate(shared);
  const reach = errors * metric.error(shared);
  const { lower, upper } = metric.limits;
  return {
    ...chunk,
    side,
    value: orNull(value),
    low: orNull(lower === null ? value - reach : Math.max(lower, value - reach)),
    high: orNull(upper === null ? value + reach : Math.min(upper, value + reach)),
    realised: orNull(metric.realised(shared)),
    alarm: false,
  };
}

function timeline(
  metric: CbpeMetric,
  estimates: readonly TimelineChunk[],
  { thresholds, period }: CbpeOptions,
): DriftTimeline {
  const threshold = thresholds?.[metric.name];
  return assembleTimeline(metric.name, estimates, {
    of: "realised",
    limits: metric.limits,
    ...(threshold && { threshold }),
    ...(period !== undefined && { period }),
  });
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
