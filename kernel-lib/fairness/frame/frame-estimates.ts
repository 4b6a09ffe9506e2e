import type { CountMetric } from "../../evaluate/metric";
import { bcaInterval, percentileInterval } from "../../stats/bootstrap-interval";
import { aucEstimate } from "../intervals/auc-estimate";
import { countEstimate, type CountEvidence } from "../intervals/count-estimate";
import { estimateOf, figureOf, type Estimate } from "../intervals/estimate";
import { meanEstimate, rowLossOf } from "../intervals/mean-estimate";
import { countCells, countsOf, type Cells } from "./cells";
import type { FrameData, FrameMetric } from "./frame-input";
import { resampleCounts, resampleRows, type Resampled } from "./resample";
import { computeOfRows, rowEvidence, type RowEvidence, type RowMetric } from "./row-evidence";
import { segmentsOf, type Leaves, type Segment } from "./segments";

/** The figures of every segment of a frame, and what they are made of. Segments are known by their number. */
export class FrameEstimates {
  readonly #segments: Segment[] = [];
  readonly #cells: Cells | null;
  readonly #evidence = new Map<number, { evidence: RowEvidence; positions: Uint32Array | null }>();
  readonly #estimates = new Map<FrameMetric, Estimate[]>();
  readonly #resampled = new Map<FrameMetric, Resampled[]>();
  readonly #rows: Uint32Array;

  constructor(
    readonly data: FrameData,
    readonly leaves: Leaves,
  ) {
    const { sensitive, controls, codes } = leaves;
    const { actual, predicted, weights } = data;
    const segment = segmentsOf(leaves);
    for (let group = -1; group < sensitive; group++)
      for (let control = -1; control < this.#width - 1; control++)
        this.#segments.push(segment(group < 0 ? null : group, control < 0 ? null : control));
    this.#cells =
      actual !== null && predicted !== null
        ? countCells(codes, sensitive * controls, actual, predicted, weights)
        : null;
    this.#rows = new Uint32Array(sensitive * controls);
    if (this.#cells !== null)
      this.#cells.rows.forEach((rows, cell) => (this.#rows[cell >> 2]! += rows));
    else for (let i = 0; i < codes.length; i++) this.#rows[codes[i] as number]!++;
  }

  /** The number of a segment. @param group null for any; @param control null for any */
  segment(group: number | null, control: number | null): number {
    const within = this.#width === 1 ? -1 : (control ?? -1);
    return ((group ?? -1) + 1) * this.#width + within + 1;
  }

  /** Segments of each group: any control group and each of them, which are the same where there is but one. */
  get #width(): number {
    return this.leaves.controls === 1 ? 1 : this.leaves.controls + 1;
  }

  rows(segment: number): number {
    return this.#segmentOf(segment).leaves.reduce((sum, leaf) => sum + (this.#rows[leaf] ?? 0), 0);
  }

  counts(segment: number): CountEvidence | null {
    if (this.#cells === null) return null;
    const { leaves } = this.#segmentOf(segment);
    const { rows, weights, squares } = this.#cells;
    return {
      counts: countsOf(weights, leaves),
      rowCounts: countsOf(rows, leaves),
      weightSquares: this.data.weights === undefined ? null : countsOf(squares, leaves),
    };
  }

  /** A metric of a segment, with its interval as the frame's `interval` asks for it. */
  estimate(metric: FrameMetric, segment: number): Estimate {
    const known = this.#estimates.get(metric) ?? [];
    this.#estimates.set(metric, known);
    return (known[segment] ??= this.#estimate(metric, segment));
  }

  #estimate(metric: FrameMetric, segment: number): Estimate {
    const { interval, confidence, resamples } = this.data;
    const analytic = this.#analytic(metric, segment);
    if (confidence === null || resamples === 0 || !Number.isFinite(analytic.value)) return analytic;
    const always = interval === "percentile" || interval === "bca";
    if (analytic.limits !== null && !always) return analytic;
    const { replicates, jackknife } = this.resampled(metric, segment);
    const ends =
      interval === "percentile"
        ? percentileInterval(replicates, confidence)
        : bcaInterval(analytic.value, replicates, jackknife(), confidence);
    const [low, high] = ends ?? [null, null];
    const method = ends === null ? null : interval === "percentile" ? "percentile" : "bca";
    const figure = figureOf({ ...analytic, limits: null }, confidence);
    return estimateOf({ ...figure, low, high, interval: method }, confidence);
  }

  /** What the bootstrap says of a metric of a segment. All segments are drawn together, the first time one is asked for. */
  resampled(metric: FrameMetric, segment: number): Resampled {
    if (!this.#resampled.has(metric)) this.#resample(metric);
    return this.#resampled.get(metric)?.[segment] as Resampled;
  }

  #resample(metric: FrameMetric): void {
    const { data, leaves } = this;
    const isCount = metric.input === "counts";
    const always = data.interval === "percentile" || data.interval === "bca";
    const list = data.metrics.filter(
      (each) =>
        each === metric ||
        // Those that are sure to be asked for share the draws.
        (!this.#resampled.has(each) &&
          (each.input === "counts") === isCount &&
          (isCount || always)),
    );
    const numbers = this.#segments.map((_, segment) => segment);
    const all =
      isCount && this.#cells !== null
        ? resampleCounts(
            list as CountMetric[],
            this.#segments,
            this.#cells,
            { ...data, codes: leaves.codes },
            data,
          )
        : resampleRows(
            list as RowMetric[],
            numbers.map((segment) => this.#rowsOf(segment)),
            data.rows,
            data,
          );
    list.forEach((each, m) => {
      this.#resampled.set(
        each,
        all.map((results) => results[m] as Resampled),
      );
    });
  }

  #analytic(metric: FrameMetric, segment: number): Estimate {
    if (metric.input === "counts") {
      const evidence = this.counts(segment) as CountEvidence;
      return countEstimate(metric, evidence, this.data.interval === "exact" ? "exact" : "wilson");
    }
    const { evidence } = this.#rowsOf(segment);
    const denominator = evidence.rows;
    const nothing = { value: NaN, limits: null, denominator, method: null };
    if (denominator === 0) return nothing;
    const { scored, numbers, weights } = evidence;
    if (metric.known === "rocAuc" && scored !== null)
      return aucEstimate(scored.codes, scored.scores, scored.weights);
    const value = computeOfRows(metric, evidence);
    const loss = rowLossOf(metric.known);
    if (loss === undefined) return { ...nothing, value };
    if (metric.input === "scores" && scored !== null)
      return meanEstimate(loss, value, scored.codes, scored.scores, scored.weights);
    if (metric.input === "values" && numbers !== null)
      return meanEstimate(loss, value, numbers.yTrue, numbers.yPred, weights);
    return { ...nothing, value };
  }

  #rowsOf(segment: number): { evidence: RowEvidence; positions: Uint32Array | null } {
    const known = this.#evidence.get(segment);
    if (known !== undefined) return known;
    const positions = this.#segmentOf(segment).rows();
    const made = { evidence: rowEvidence(this.data, positions), positions };
    this.#evidence.set(segment, made);
    return made;
  }

  #segmentOf(segment: number): Segment {
    return this.#segments[segment] as Segment;
  }
}
