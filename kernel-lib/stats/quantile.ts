import { AssayerError } from "../errors";
import { ascending } from "./ascending";

/**
 * The value below which a share of the values lies, linear between neighbours.
 *
 * @param values n ≥ 1 values; those that are not finite are left out
 * @param share 0 for the minimum, 0.5 for the median, 1 for the maximum
 * @returns in the unit of the values
 * @throws AssayerError "empty-sample" if no value is finite
 * @throws AssayerError "invalid-argument" for a share outside 0 to 1
 * @see Hyndman and Fan 1996, "Sample quantiles in statistical packages", type 7; `numpy.quantile`
 * @example quantile([1, 2, 3, 4], 0.5) // 2.5
 */
export function quantile(values: ArrayLike<number>, share: number): number {
  if (!(share >= 0 && share <= 1))
    throw new AssayerError(
      "invalid-argument",
      `quantile requires a share from 0 to 1; got ${share}`,
    );
  return quantileOfSorted(ascending("quantile", "sample", values), share);
}

/** @param sorted n ≥ 1 finite values, ascending */
export function quantileOfSorted(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  const part = place - below;
  return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part);
}
