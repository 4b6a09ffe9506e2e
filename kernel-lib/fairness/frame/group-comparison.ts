import { bcaInterval, percentileInterval } from "../../stats/bootstrap-interval";
import type { Comparison, Figure } from "../figure";
import type { Disparity } from "../report";
import {
  estimatesAsContrasts,
  joined,
  negated,
  pairDifferences,
  pairRatios,
  type Contrasts,
} from "../intervals/contrasts";
import type { CountEvidence } from "../intervals/count-estimate";
import { disparityOf } from "../intervals/disparity";
import { estimateOf, figureOf, noFigure, type Estimate } from "../intervals/estimate";
import { highest } from "../intervals/highest";
import { meanOfHighest } from "../intervals/mean-of-highest";
import { overallContrasts } from "../intervals/to-overall";
import { derive, type Derived } from "./derived";
import type { FrameEstimates } from "./frame-estimates";
import type { FrameGroup } from "./frame-group";
import type { FrameMetric } from "./frame-input";
import type { GroupNames } from "./group-codes";

/** Groups side by side. All figures are by metric. */
export class GroupComparison {
  /** Of all rows. */
  readonly overall: FrameGroup;
  /** Every group, also those that have no rows. */
  readonly byGroup: readonly FrameGroup[];
  readonly #estimates: FrameEstimates;
  readonly #groupSegments: readonly number[];
  readonly #overallSegment: number;

  /** @internal */
  constructor(
    estimates: FrameEstimates,
    groups: readonly GroupNames[],
    control: number | null,
    name = "all",
  ) {
    this.#estimates = estimates;
    this.#overallSegment = estimates.segment(null, control);
    this.#groupSegments = groups.map((_, group) => estimates.segment(group, control));
    this.overall = this.#group({ name, values: {} }, this.#overallSegment);
    this.byGroup = groups.map((group, g) => this.#group(group, this.#groupSegments[g] ?? 0));
  }

  /** The lowest value of any group. Groups without one are left out. */
  groupMin(): Record<string, Figure> {
    return this.#byMetric((metric) => this.#extreme(metric, "groupMin"));
  }

  /** The highest value of any group. */
  groupMax(): Record<string, Figure> {
    return this.#byMetric((metric) => this.#extreme(metric, "groupMax"));
  }

  /**
   * How far groups are apart: the highest minus the lowest, or the farthest from all rows. Null where fewer than two
   * groups have a value.
   */
  difference(method: Comparison = "betweenGroups"): Record<string, Figure> {
    return this.#byMetric((metric) => this.#disparity([metric], method).difference);
  }

  /** The lowest by the highest, or the lowest ratio of a group and all rows, the smaller by the larger. */
  ratio(method: Comparison = "betweenGroups"): Record<string, Figure> {
    return this.#byMetric((metric) => this.#disparity([metric], method).ratio);
  }

  /** Difference and ratio, and between which groups they are. */
  disparities(method: Comparison = "betweenGroups"): Record<string, Disparity> {
    return Object.fromEntries(
      this.#estimates.data.metrics.map((metric) => [
        metric.name,
        this.#disparity([metric], method),
      ]),
    );
  }

  /**
   * The worse of several metrics: the largest difference and the smallest ratio of any of them.
   *
   * @internal
   */
  worst(method: Comparison): Disparity {
    return this.#disparity(this.#estimates.data.metrics, method);
  }

  /**
   * The mean of the disparities of two metrics that are of different rows, such as true and false positive rate.
   *
   * @internal
   */
  mean(method: Comparison): { difference: Figure; ratio: Figure } {
    const { metrics, confidence } = this.#estimates.data;
    const each = metrics.map((metric) => this.#disparity([metric], method));
    const of = (kind: "difference" | "ratio"): Figure => {
      const figures = each.map((disparity) => disparity[kind]);
      const denominator = Math.min(...figures.map((figure) => figure.denominator));
      if (figures.some(({ value }) => value === null)) return noFigure(denominator);
      if (this.#bootstrapped)
        return this.#resampledFigure(metrics, kind, method, denominator, meanOf);
      const [first, second] = metrics.map((metric) => {
        const contrasts = this.#contrasts(metric, method);
        return kind === "difference" ? contrasts.differences : negated(contrasts.ratios);
      }) as [Contrasts, Contrasts];
      const value = meanOf(figures.map((figure) => figure.value ?? NaN));
      const { low, high } = meanOfHighest(first, second, confidence);
      return kind === "difference"
        ? figureFrom(value, atLeastZero(low), high, denominator)
        : figureFrom(value, atLeastZero(minus(high)), atMostOne(minus(low)), denominator);
    };
    return { difference: of("difference"), ratio: of("ratio") };
  }

  #group(group: GroupNames, segment: number): FrameGroup {
    const { metrics, smallGroup, confidence } = this.#estimates.data;
    const rows = this.#estimates.rows(segment);
    const evidence = this.#estimates.counts(segment);
    return {
      ...group,
      rows,
      counts: evidence?.counts ?? null,
      rowCounts: evidence?.rowCounts ?? null,
      weightSquares: evidence?.weightSquares ?? null,
      small: rows < smallGroup,
      figures: Object.fromEntries(
        metrics.map((metric) => [
          metric.name,
          figureOf(this.#estimates.estimate(metric, segment), confidence),
        ]),
      ),
    };
  }

  #byMetric(of: (metric: FrameMetric) => Figure): Record<string, Figure> {
    return Object.fromEntries(
      this.#estimates.data.metrics.map((metric) => [metric.name, of(metric)]),
    );
  }

  #named(metric: FrameMetric): (Estimate & { name: string })[] {
    return this.#groupSegments.map((segment, g) => ({
      ...this.#estimates.estimate(metric, segment),
      name: this.byGroup[g]?.name ?? "",
    }));
  }

  get #bootstrapped(): "percentile" | "bca" | null {
    const { interval, confidence } = this.#estimates.data;
    return confidence !== null && (interval === "percentile" || interval === "bca")
      ? interval
      : null;
  }

  #extreme(metric: FrameMetric, kind: "groupMin" | "groupMax"): Figure {
    const known = this.#named(metric).filter(({ value }) => Number.isFinite(value));
    const contrasts = estimatesAsContrasts(known);
    const found =
      kind === "groupMax"
        ? highest(contrasts, this.#estimates.data.confidence)
        : highest(negated(contrasts), this.#estimates.data.confidence);
    const at = known[found.at];
    if (at === undefined) return noFigure(0);
    if (this.#bootstrapped)
      return this.#resampledFigure([metric], kind, "betweenGroups", at.denominator);
    const { low, high } = found;
    const [from, to] =
      kind === "groupMax"
        ? [low, high]
        : [high === null ? null : -high, low === null ? null : -low];
    const interval = from === null ? null : "simultaneous";
    return { value: at.value, low: from, high: to, denominator: at.denominator, interval };
  }

  #disparity(metrics: readonly FrameMetric[], method: Comparison): Disparity {
    const { confidence } = this.#estimates.data;
    const named = metrics.map((metric) => this.#named(metric));
    const between = disparityOf(named, { confidence });
    if (between.difference.value === null && between.lowest === null) return between;
    const { denominator } = between.difference;
    if (this.#bootstrapped) {
      const figure = (kind: "difference" | "ratio") =>
        this.#resampledFigure(metrics, kind, method, denominator);
      return { ...between, difference: figure("difference"), ratio: figure("ratio") };
    }
    if (method === "betweenGroups") return between;
    return { ...between, ...this.#againstOverall(metrics, denominator) };
  }

  /** Each group against all rows. */
  #againstOverall(
    metrics: readonly FrameMetric[],
    denominator: number,
  ): { difference: Figure; ratio: Figure } {
    const estimates = this.#estimates;
    const { confidence, resamples } = estimates.data;
    const items = metrics.map((metric) => {
      const known = this.#groupSegments.filter((segment) =>
        Number.isFinite(estimates.estimate(metric, segment).value),
      );
      const values = known.map((segment) => estimates.estimate(metric, segment).value);
      const overall = estimates.estimate(metric, this.#overallSegment).value;
      return { values, overall };
    });
    const value = (kind: "difference" | "ratio") => {
      const all = items.map(({ values, overall }) => derive(kind, "toOverall", values, overall));
      return kind === "difference" ? Math.max(...all) : Math.min(...all);
    };
    const isRate = (metric: FrameMetric) => metric.input === "counts" && metric.isRate;
    if (confidence === null || (resamples === 0 && !metrics.every(isRate)))
      return {
        difference: figureFrom(value("difference"), null, null, denominator),
        ratio: figureFrom(value("ratio"), null, null, denominator),
      };
    const contrasts = metrics.map((metric) => this.#contrasts(metric, "toOverall"));
    const difference = highest(joined(contrasts.map((each) => each.differences)), confidence);
    const ratio = highest(negated(joined(contrasts.map((each) => each.ratios))), confidence);
    return {
      difference: figureFrom(
        value("difference"),
        atLeastZero(difference.low),
        difference.high,
        denominator,
      ),
      ratio: figureFrom(
        value("ratio"),
        atLeastZero(minus(ratio.high)),
        atMostOne(minus(ratio.low)),
        denominator,
      ),
    };
  }

  /** Of all groups that have a value. */
  #contrasts(
    metric: FrameMetric,
    method: Comparison,
  ): { differences: Contrasts; ratios: Contrasts } {
    const estimates = this.#estimates;
    const known = this.#groupSegments.filter((segment) =>
      Number.isFinite(estimates.estimate(metric, segment).value),
    );
    const all = known.map((segment) => estimates.estimate(metric, segment));
    if (method === "betweenGroups")
      return { differences: pairDifferences(all), ratios: pairRatios(all) };
    if (metric.input === "counts" && metric.isRate)
      return overallContrasts(
        metric,
        known.map((segment) => estimates.counts(segment) as CountEvidence),
      );
    const overall = estimates.estimate(metric, this.#overallSegment).value;
    const of = (pairs: readonly ((group: number, whole: number) => number)[]) =>
      estimatesAsContrasts(
        known.flatMap((segment, g) =>
          pairs.map((pair) =>
            this.#resampledPair(metric, segment, all[g]?.value ?? NaN, overall, pair),
          ),
        ),
      );
    return {
      differences: of([(group, whole) => group - whole, (group, whole) => whole - group]),
      ratios: of([(group, whole) => group / whole, (group, whole) => whole / group]),
    };
  }

  #resampledPair(
    metric: FrameMetric,
    segment: number,
    group: number,
    whole: number,
    pair: (group: number, whole: number) => number,
  ): Estimate {
    const { confidence } = this.#estimates.data;
    const ofAll = this.#estimates.resampled(metric, this.#overallSegment).replicates;
    const replicates = this.#estimates
      .resampled(metric, segment)
      .replicates.map((value, r) => pair(value, ofAll[r] ?? NaN));
    const ends = confidence === null ? null : percentileInterval(replicates, confidence);
    const [low, high] = ends ?? [null, null];
    const figure = { value: pair(group, whole), low, high, denominator: 0, interval: null };
    return estimateOf(figure, confidence ?? 0.95);
  }

  /** Straight from the resamples, as Fairlearn has it. */
  #resampledFigure(
    metrics: readonly FrameMetric[],
    kind: Derived,
    method: Comparison,
    denominator: number,
    together = kind === "ratio" || kind === "groupMin" ? lowest : greatest,
  ): Figure {
    const estimates = this.#estimates;
    const { confidence, resamples } = estimates.data;
    const items = metrics.map((metric) => ({
      values: this.#groupSegments.map((segment) => estimates.estimate(metric, segment).value),
      overall: estimates.estimate(metric, this.#overallSegment).value,
      groups: this.#groupSegments.map((segment) => estimates.resampled(metric, segment)),
      whole: estimates.resampled(metric, this.#overallSegment),
    }));
    const value = together(
      items.map(({ values, overall }) => derive(kind, method, values, overall)),
    );
    if (confidence === null) return figureFrom(value, null, null, denominator);
    const replicates = Float64Array.from({ length: resamples }, (_, r) =>
      together(
        items.map(({ groups, whole }) =>
          derive(
            kind,
            method,
            groups.map((group) => group.replicates[r] ?? NaN),
            whole.replicates[r] ?? NaN,
          ),
        ),
      ),
    );
    // Against all rows, a row that is left out is missing on both sides, which the groups' jackknife does not tell.
    const corrected =
      this.#bootstrapped === "bca" && method === "betweenGroups" && items.length === 1;
    let ends: [number, number] | null;
    if (corrected) {
      const [{ values, groups, overall }] = items as [(typeof items)[number]];
      const left = groups.map((group) => group.jackknife());
      const jackknife = {
        values: left.flatMap((each, g) =>
          Array.from(each.values, (without) =>
            derive(
              kind,
              method,
              values.map((own, other) => (other === g ? without : own)),
              overall,
            ),
          ),
        ),
        times: left.flatMap(({ times }) => Array.from(times)),
      };
      ends = bcaInterval(value, replicates, jackknife, confidence);
    } else ends = percentileInterval(replicates, confidence);
    const [low, high] = ends ?? [null, null];
    const figure = figureFrom(value, low, high, denominator);
    return figure.interval === null
      ? figure
      : { ...figure, interval: corrected ? "bca" : "percentile" };
  }
}

function figureFrom(
  value: number,
  low: number | null,
  high: number | null,
  denominator: number,
): Figure {
  if (!Number.isFinite(value)) return noFigure(denominator);
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high))
    return { value, low: null, high: null, denominator, interval: null };
  return { value, low, high, denominator, interval: "simultaneous" };
}

function atLeastZero(value: number | null): number | null {
  return value === null ? null : Math.max(0, value);
}

function atMostOne(value: number | null): number | null {
  return value === null ? null : Math.min(1, value);
}

function minus(value: number | null): number | null {
  return value === null ? null : -value;
}

function lowest(values: readonly number[]): number {
  return Math.min(...values);
}

function greatest(values: readonly number[]): number {
  return Math.max(...values);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
