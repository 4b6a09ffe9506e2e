/**
 * How alike values are to those `lag` places before: the sample autocorrelation, over all n values.
 *
 * @param values n finite values in the order of time
 * @param lag 0 to n - 1
 * @returns −1 to 1; NaN for values that are all equal
 * @see Box and Jenkins 1976; statsmodels' `acf(values, adjusted=False)`
 * @example autocorrelation([1, -1, 1, -1], 1) // -0.75
 */
export function autocorrelation(values: ArrayLike<number>, lag: number): number {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += (values[i] as number) / n;
  let product = 0;
  let square = 0;
  for (let i = 0; i < n; i++) {
    const deviation = (values[i] as number) - mean;
    square += deviation * deviation;
    if (i >= lag) product += deviation * ((values[i - lag] as number) - mean);
  }
  return product / square;
}
