import { quantileOfSorted } from "../stats/quantile";
import type { CellValue } from "../explain/explanation";

/**
 * How high each value is among the others, for a colour: 0 at the 5th percentile and below, 1 at the 95th and above,
 * so that a few extremes leave the others apart; null for texts and missing values.
 *
 * @example columnLevels([1, 2, 3, "a", null]) // near [0, 0.5, 1, null, null]
 */
export function columnLevels(values: readonly CellValue[]): (number | null)[] {
  const isLevel = (value: CellValue): value is number =>
    typeof value === "number" && Number.isFinite(value);
  const sorted = Float64Array.from(values.filter(isLevel)).sort();
  if (sorted.length === 0) return values.map(() => null);
  let low = quantileOfSorted(sorted, 0.05);
  let high = quantileOfSorted(sorted, 0.95);
  // Of a rare mark both percentiles are the common value.
  if (low === high) [low, high] = [sorted[0] ?? low, sorted[sorted.length - 1] ?? high];
  return values.map((value) => {
    if (!isLevel(value)) return null;
    return low === high ? 0.5 : Math.min(1, Math.max(0, (value - low) / (high - low)));
  });
}
