/**
 * Mean and central moments in two passes, which keeps the digits of values far from 0.
 *
 * @param values n ≥ 1 finite values
 * @returns the mean, and the sum of the squared and cubed deviations from it
 */
export function moments(values: Float64Array): { mean: number; squares: number; cubes: number } {
  const n = values.length;
  // Deviations from one of the values: a constant sample has no rounding at all.
  const origin = values[0] as number;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (values[i] as number) - origin;
  const shift = sum / n;
  const mean = origin + shift;
  let rest = 0;
  let squares = 0;
  let cubes = 0;
  for (let i = 0; i < n; i++) {
    const deviation = (values[i] as number) - mean;
    const square = deviation * deviation;
    rest += deviation;
    squares += square;
    cubes += square * deviation;
  }
  // What the rounding of the mean added: Chan, Golub and LeVeque 1983.
  return { mean, squares: squares - (rest * rest) / n, cubes };
}
