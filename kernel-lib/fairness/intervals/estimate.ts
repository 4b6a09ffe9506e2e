import { normalQuantile } from "../../stats/normal-quantile";
import type { Figure, IntervalMethod } from "../figure";

/** A value, and how far the truth may be from it. */
export interface Estimate {
  /** NaN where it cannot be told. */
  value: number;
  /** The ends of the interval of `z` standard errors: at 1.96 that of 95%. Null where nothing is known of them. */
  limits: ((z: number) => readonly [number, number]) | null;
  /** Rows it divides by. */
  denominator: number;
  method: IntervalMethod | null;
}

/** Standard errors on either side of an interval of this confidence, such as 0.95. */
export function standardErrors(confidence: number): number {
  return normalQuantile((1 + confidence) / 2);
}

/** @param confidence null for no interval */
export function figureOf(estimate: Estimate, confidence: number | null): Figure {
  const { value, limits, denominator, method } = estimate;
  if (!Number.isFinite(value)) return noFigure(denominator);
  if (confidence === null || limits === null)
    return { value, low: null, high: null, denominator, interval: null };
  const [low, high] = limits(standardErrors(confidence));
  if (!Number.isFinite(low) || !Number.isFinite(high))
    return { value, low: null, high: null, denominator, interval: null };
  return { value, low, high, denominator, interval: method };
}

export function noFigure(denominator: number): Figure {
  return { value: null, low: null, high: null, denominator, interval: null };
}

/**
 * The estimate that a figure tells of. Its limits at another confidence keep the proportions of both sides.
 *
 * @param confidence of the figure's interval
 */
export function estimateOf(figure: Figure, confidence: number): Estimate {
  const { value, low, high, denominator, interval } = figure;
  if (value === null) return { value: NaN, limits: null, denominator, method: null };
  if (low === null || high === null) return { value, limits: null, denominator, method: null };
  const per = standardErrors(confidence);
  const limits = (z: number) =>
    [value - ((value - low) * z) / per, value + ((high - value) * z) / per] as const;
  return { value, limits, denominator, method: interval };
}
