import { normalTail } from "../../stats/gamma-tail";
import { largestGap } from "../../stats/largest-gap";
import type { CategoricalSample, NumericalSample } from "../feature-sample";
import { alignedCounts } from "../methods/counts-of";
import { presentRows, type FeatureSide } from "./feature-side";
import {
  detectableAssociation,
  detectableAuc,
  detectableGap,
  detectableMeanShift,
  normalLimit,
} from "./minimum-detectable";
import type { EffectSize } from "../report";

type Magnitude = EffectSize["magnitude"];

/** @see Cohen 1988, "Statistical Power Analysis for the Behavioral Sciences" */
const shiftLimits = [0.2, 0.5, 0.8] as const;
const associationLimits = [0.1, 0.3, 0.5] as const;

function magnitudeOf(
  value: number,
  [small, medium, large]: readonly [number, number, number],
): Magnitude {
  if (value < small) return "negligible";
  if (value < medium) return "small";
  return value < large ? "medium" : "large";
}

/** The gap between two normal distributions whose means are `shift` standard deviations apart, and back. */
function gapOfShift(shift: number): number {
  return 1 - 2 * normalTail(shift / 2);
}
function shiftOfGap(gap: number): number {
  return gap >= 1 ? Infinity : 2 * normalLimit(Math.max((1 - gap) / 2, 1e-300));
}

/** The move of the mean in standard deviations pooled over both sides; NaN where there is no spread. */
export function meanShift({ summary: x }: FeatureSide, { summary: y }: FeatureSide): number {
  const spread = Math.sqrt(((x.standardDeviation ?? 0) ** 2 + (y.standardDeviation ?? 0) ** 2) / 2);
  return spread > 0 ? ((y.mean ?? NaN) - (x.mean ?? NaN)) / spread : NaN;
}

/**
 * How far numbers moved: Cohen's d where the mean moved most, the Kolmogorov–Smirnov distance where it is the shape,
 * both by the words that Cohen gave to a shift of normal distributions.
 */
function numericalEffect(reference: FeatureSide, current: FeatureSide, alpha: number): EffectSize {
  const [n, m] = [presentRows(reference), presentRows(current)];
  const [x, y] = [reference.sample, current.sample] as [NumericalSample, NumericalSample];
  const gap = largestGap(x.sorted, y.sorted) / (x.sorted.length * y.sorted.length);
  const shift = meanShift(reference, current);
  const magnitude = magnitudeOf(Math.max(Math.abs(shift) || 0, shiftOfGap(gap)), shiftLimits);
  // The two differ by chance: the mean, which says more, has the lead.
  if (1.25 * Math.abs(shift) >= shiftOfGap(gap))
    return {
      name: "Cohen's d",
      value: shift,
      magnitude,
      minimumDetectable: detectableMeanShift(n, m, alpha),
    };
  return {
    name: "Kolmogorov–Smirnov distance",
    value: gap,
    magnitude,
    minimumDetectable: detectableGap(n, m, alpha),
  };
}

/**
 * Cramér's V of two sides of equal weight, so that their sizes do not matter, without what chance adds to it.
 *
 * @see Cramér 1946; Bergsma 2013 for the correction
 */
function categoricalEffect(
  reference: FeatureSide,
  current: FeatureSide,
  alpha: number,
): EffectSize {
  const [left, right] = [reference.sample, current.sample] as [
    CategoricalSample,
    CategoricalSample,
  ];
  const [n, m] = [presentRows(reference), presentRows(current)];
  // In an order of their own: the database counts in any, and sums would differ in their last bits.
  const counts = alignedCounts(left, right);
  const categories = counts.reference.length;
  const sum = counts.reference.reduce((total, count, i) => {
    const [p, q] = [count / n, (counts.current[i] ?? 0) / m];
    return total + (p - q) ** 2 / (2 * (p + q));
  }, 0);
  const byChance = ((categories - 1) / 4) * (1 / n + 1 / m);
  const value = Math.sqrt(Math.max(0, sum - byChance));
  return {
    name: "Cramér's V",
    value,
    magnitude: magnitudeOf(value, associationLimits),
    minimumDetectable: detectableAssociation(n, m, categories, alpha),
  };
}

/** The effect of a feature whose sides have values both. */
export function effectSize(
  reference: FeatureSide,
  current: FeatureSide,
  alpha: number,
): EffectSize {
  return reference.sample.kind === "numerical" && current.sample.kind === "numerical"
    ? numericalEffect(reference, current, alpha)
    : categoricalEffect(reference, current, alpha);
}

/** The effect that a classifier of the two sides shows, tried on `n` and `m` rows. */
export function aucEffect(auc: number, n: number, m: number, alpha: number): EffectSize {
  return {
    name: "ROC AUC",
    value: auc,
    magnitude: magnitudeOf(shiftOfGap(Math.max(0, 2 * auc - 1)) / Math.SQRT2, shiftLimits),
    minimumDetectable: detectableAuc(n, m, alpha),
  };
}

/** Cohen's h of two shares. */
export function shareEffect(
  reference: { share: number; rows: number },
  current: { share: number; rows: number },
  alpha: number,
): EffectSize {
  const angle = (share: number) => 2 * Math.asin(Math.sqrt(share));
  const value = angle(current.share) - angle(reference.share);
  return {
    name: "Cohen's h",
    value,
    magnitude: magnitudeOf(Math.abs(value), shiftLimits),
    minimumDetectable: detectableMeanShift(reference.rows, current.rows, alpha),
  };
}

/** An effect as a number from 0, nothing moved, to 1, nothing is as it was; the same for all measures. */
export function effectStrength({ name, value }: EffectSize): number {
  if (name === "Cohen's d" || name === "Cohen's h") return gapOfShift(Math.abs(value));
  return name === "ROC AUC" ? Math.max(0, 2 * value - 1) : value;
}
