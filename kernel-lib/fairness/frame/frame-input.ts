import { AssayerError } from "../../errors";
import { binaryCodes, type Label } from "../../evaluate/binary-codes";
import { finiteNumbers, weightsOf } from "../../evaluate/check";
import type { Labels, Metric } from "../../evaluate/metric";
import { metric, metricNames, type MetricName } from "../../evaluate/named-metric";

/** A metric of one's own: of the rows of a group. NaN where it cannot be told. */
export type MetricFunction = (
  yTrue: ArrayLike<number | string | boolean>,
  y: ArrayLike<number | string | boolean>,
  sampleWeight?: ArrayLike<number>,
) => number;

/**
 * `auto`: analytic where there is one (Wilson, DeLong, normal), else BCa if `resamples` are asked for; between groups
 * the hybrid of their intervals. `exact`: the same with Clopper and Pearson's for rates. `percentile` and `bca`: the
 * bootstrap for everything, as Fairlearn has it. Between groups that are alike it covers far too seldom.
 */
export type FrameInterval = "auto" | "exact" | "percentile" | "bca";

export interface MetricFrameInput {
  /** Names, or metrics and functions by a name. */
  metrics: readonly MetricName[] | Readonly<Record<string, Metric | MetricFunction>>;
  /** n labels, or numbers for metrics of numbers. */
  yTrue: Labels;
  /** n predicted labels or numbers; metrics of counts and numbers need them. */
  yPred?: Labels;
  /** n scores; metrics of scores need them. */
  yScore?: ArrayLike<number>;
  /** The label that counts as positive; default 1. True counts as 1, false as 0. */
  posLabel?: Label;
  /** Of each feature one value a row. Null, undefined and NaN make the group `(missing)`. */
  sensitiveFeatures: Readonly<Record<string, ArrayLike<unknown>>>;
  /** Features within whose groups the sensitive ones are compared. */
  controlFeatures?: Readonly<Record<string, ArrayLike<unknown>>>;
  /** n weights of 0 or more. */
  sampleWeight?: ArrayLike<number>;
  /** Of every interval; default 0.95, null for none. */
  confidence?: number | null;
  /** Default `auto`. */
  interval?: FrameInterval;
  /** Default 0; 1000 is usual. */
  resamples?: number;
  /** A whole number; the same gives the same intervals. Default 0. */
  seed?: number;
  /** Groups with fewer rows are marked `small`. Default 30. */
  smallGroup?: number;
}

/** With the name by which the library knows it, which need not be the name it was given here. */
export type FrameMetric = { known: string | null } & (
  Metric | { input: "function"; name: string; denominator: "rows"; compute: MetricFunction }
);

/** What was asked for, checked. */
export interface FrameData {
  metrics: readonly FrameMetric[];
  rows: number;
  yTrue: Labels;
  /** What functions get. */
  y: Labels;
  /** Labels as 0 and 1, where a metric needs them. */
  actual: Uint8Array | null;
  predicted: Uint8Array | null;
  scores: Float64Array | null;
  numbers: { yTrue: Float64Array; yPred: Float64Array } | null;
  weights: Float64Array | undefined;
  confidence: number | null;
  interval: FrameInterval;
  resamples: number;
  seed: number;
  smallGroup: number;
}

const intervals: readonly FrameInterval[] = ["auto", "exact", "percentile", "bca"];

/** @throws AssayerError "invalid-argument", see `metricFrame` */
export function checkFrame(caller: string, input: MetricFrameInput): FrameData {
  const { yTrue, yPred, yScore, posLabel = 1, confidence = 0.95, interval = "auto" } = input;
  const { resamples = 0, seed = 0, smallGroup = 30 } = input;
  const refuse = (what: string, got: unknown): never => {
    throw new AssayerError("invalid-argument", `${caller} requires ${what}; got ${String(got)}`);
  };
  const metrics = metricsOf(caller, input.metrics);
  const rows = yTrue.length;
  if (rows === 0) refuse("one row or more", "none");
  for (const [name, column] of [
    ["yPred", yPred],
    ["yScore", yScore],
  ] as const)
    if (column !== undefined && column.length !== rows)
      refuse(`arrays of one length`, `${rows} of yTrue and ${column.length} of ${name}`);
  if (confidence !== null && !(confidence > 0 && confidence < 1))
    refuse("a confidence between 0 and 1, or null", confidence);
  if (!intervals.includes(interval))
    throw new AssayerError(
      "invalid-argument",
      `unknown interval: ${interval}; expected one of ${intervals.join(", ")}`,
    );
  if (!Number.isSafeInteger(resamples) || resamples < 0)
    refuse("resamples as a whole number of 0 or more", resamples);
  if ((interval === "percentile" || interval === "bca") && resamples < 2)
    refuse(`resamples of 2 or more for the interval ${interval}`, resamples);
  if (!Number.isSafeInteger(seed)) refuse("a whole number as seed", seed);
  if (!(smallGroup >= 0)) refuse("smallGroup of 0 or more", smallGroup);
  const needs = (kind: FrameMetric["input"]) => metrics.find((each) => each.input === kind);
  const wanted = (kind: FrameMetric["input"], column: string) =>
    refuse(`${column} for the metric ${needs(kind)?.name ?? ""}`, "none");
  if (needs("counts") && yPred === undefined) wanted("counts", "yPred");
  if (needs("values") && yPred === undefined) wanted("values", "yPred");
  if (needs("scores") && yScore === undefined) wanted("scores", "yScore");
  const y = yPred ?? yScore;
  if (y === undefined) return refuse("yPred or yScore", "neither");
  const weights = weightsOf(caller, input.sampleWeight, rows);
  let [actual, predicted]: (Uint8Array | null)[] = [null, null];
  if (needs("counts") && yPred !== undefined)
    [actual, predicted] = binaryCodes(caller, posLabel, yTrue, yPred) as [Uint8Array, Uint8Array];
  else if (needs("scores")) [actual] = binaryCodes(caller, posLabel, yTrue) as [Uint8Array];
  return {
    metrics,
    rows,
    yTrue,
    y,
    actual: actual ?? null,
    predicted: predicted ?? null,
    scores:
      needs("scores") && yScore !== undefined ? finiteNumbers(caller, "yScore", yScore) : null,
    numbers:
      needs("values") && yPred !== undefined
        ? {
            yTrue: finiteNumbers(caller, "yTrue", yTrue as ArrayLike<number>),
            yPred: finiteNumbers(caller, "yPred", yPred as ArrayLike<number>),
          }
        : null,
    weights,
    confidence,
    interval,
    resamples,
    seed,
    smallGroup,
  };
}

function metricsOf(caller: string, metrics: MetricFrameInput["metrics"]): FrameMetric[] {
  const list = isList(metrics)
    ? metrics.map((name): FrameMetric => ({ ...metric(name), known: name }))
    : Object.entries(metrics).map(([name, each]): FrameMetric =>
        typeof each === "function"
          ? { input: "function", name, denominator: "rows", compute: each, known: null }
          : { ...each, name, known: isKnown(each) ? each.name : null },
      );
  if (list.length === 0)
    throw new AssayerError("invalid-argument", `${caller} requires one metric or more; got none`);
  return list;
}

function isKnown(each: Metric): boolean {
  return (
    (metricNames as readonly string[]).includes(each.name) &&
    metric(each.name).compute === each.compute
  );
}

function isList(metrics: MetricFrameInput["metrics"]): metrics is readonly MetricName[] {
  return Array.isArray(metrics);
}
