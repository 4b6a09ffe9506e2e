import { AssayerError } from "../../errors";

/** Outside of which values a chunk alarms. */
export type Threshold =
  | {
      kind: "standard-deviation";
      /** How many standard deviations below and above the mean; null for no bound there. Default 3. */
      below?: number | null;
      above?: number | null;
    }
  | { kind: "constant"; lower?: number | null; upper?: number | null };

export interface Band {
  lower: number | null;
  upper: number | null;
}

/**
 * The band within which chunks do not alarm: mean ± 3 standard deviations (of the population, n) of the reference
 * chunks, or constants; a bound that is out of the measure's own range is the range's end. As NannyML 0.13.1.
 *
 * @param values the measure of each reference chunk; NaN for a chunk without one
 * @param limits range of the measure
 * @throws AssayerError "invalid-argument" for a negative multiple, or constants that are not in order
 * @example thresholdBand([1, 2, 3], { kind: "standard-deviation", below: null }) // { lower: null, upper: 4.449… }
 */
export function thresholdBand(
  values: ArrayLike<number>,
  threshold: Threshold,
  limits: Band = { lower: null, upper: null },
): Band {
  const { lower, upper } = bounds(values, threshold);
  return {
    lower: lower === null || limits.lower === null ? lower : Math.max(lower, limits.lower),
    upper: upper === null || limits.upper === null ? upper : Math.min(upper, limits.upper),
  };
}

function bounds(values: ArrayLike<number>, threshold: Threshold): Band {
  if (threshold.kind === "constant") {
    const { lower = null, upper = null } = threshold;
    if (lower !== null && upper !== null && !(lower < upper))
      throw new AssayerError(
        "invalid-argument",
        `thresholdBand requires a lower bound below the upper one; got ${lower} and ${upper}`,
      );
    return { lower, upper };
  }
  const { below = 3, above = 3 } = threshold;
  for (const multiple of [below, above])
    if (multiple !== null && !(multiple >= 0))
      throw new AssayerError(
        "invalid-argument",
        `thresholdBand requires a multiple of at least 0; got ${multiple}`,
      );
  const present = Array.from(values).filter((value) => !Number.isNaN(value));
  if (present.length === 0) return { lower: null, upper: null };
  const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
  const deviation = Math.sqrt(
    present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / present.length,
  );
  return {
    lower: below === null ? null : mean - below * deviation,
    upper: above === null ? null : mean + above * deviation,
  };
}

/** Whether a value is outside of a band; a missing value never is. */
export function outside(value: number, { lower, upper }: Band): boolean {
  return (lower !== null && value < lower) || (upper !== null && value > upper);
}
