import { ascending } from "./ascending";

/**
 * Energy distance: the root of twice the area of the squared distance between the two cumulative distributions.
 *
 * @param reference n ≥ 1 values; those that are not finite are left out. Sorted once, a sample is not sorted again
 * @param current m ≥ 1 values
 * @returns ≥ 0, in the root of the unit of the values
 * @throws AssayerError "empty-sample" if a sample has no finite value
 * @see Székely 2003, "E-statistics: the energy of statistical samples"; SciPy's `energy_distance`
 * @example energyDistance([0], [2]) // 2
 */
export function energyDistance(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const x = ascending("energyDistance", "reference", reference);
  const y = ascending("energyDistance", "current", current);
  const n = x.length;
  const m = y.length;
  let i = 0;
  let j = 0;
  let area = 0;
  let before = Math.min(x[0] as number, y[0] as number);
  while (i < n || j < m) {
    const value = Math.min(
      i < n ? (x[i] as number) : Infinity,
      j < m ? (y[j] as number) : Infinity,
    );
    const gap = i / n - j / m;
    area += gap * gap * (value - before);
    before = value;
    if (i < n && x[i] === value) i++;
    if (j < m && y[j] === value) j++;
  }
  return Math.sqrt(2 * area);
}
