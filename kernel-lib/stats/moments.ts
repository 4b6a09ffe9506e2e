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
  const mean = origin + sumOfDeviations(values, origin) / n;
  const [rest, squares, cubes] = sumsOfPowers(values, mean);
  // What the rounding of the mean added: Chan, Golub and LeVeque 1983.
  return { mean, squares: squares - (rest * rest) / n, cubes };
}

type Sums = [number, number, number];

// Each loop is a function of its own: V8 leaves the optimized code of a loop that more code follows, each time anew.

function sumOfDeviations(values: Float64Array, origin: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) - origin;
  return sum;
}

function sumsOfPowers(values: Float64Array, mean: number): Sums {
  let rest = 0;
  let squares = 0;
  let cubes = 0;
  for (let i = 0; i < values.length; i++) {
    const deviation = (values[i] as number) - mean;
    const square = deviation * deviation;
    rest += deviation;
    squares += square;
    cubes += square * deviation;
  }
  return [rest, squares, cubes];
}
