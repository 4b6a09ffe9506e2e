import { requireSamples } from "./check";

/**
 * Pearson's correlation: how near the pairs lie to a straight line, and whether it rises or falls.
 * NaN when one of the arrays is constant or holds a value that is not finite.
 *
 * @param x n ≥ 2 values
 * @param y n values
 * @returns −1 to 1, or NaN
 * @throws AssayerError "invalid-argument" for arrays of different length, or fewer than 2 pairs
 * @see Pearson 1895, "Notes on regression and inheritance in the case of two parents"
 * @example pearson([1, 2, 3], [2, 4, 6]) // 1
 */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number {
  requireSamples("pearson", x, y);
  const meanX = mean(x);
  const meanY = mean(y);
  let products = 0;
  let squaresX = 0;
  let squaresY = 0;
  for (let i = 0; i < x.length; i++) {
    const fromX = Number(x[i]) - meanX;
    const fromY = Number(y[i]) - meanY;
    products += fromX * fromY;
    squaresX += fromX * fromX;
    squaresY += fromY * fromY;
  }
  // The slope, scaled: no product of two sums of squares, which could overflow.
  const correlation = (products / squaresX) * Math.sqrt(squaresX / squaresY);
  return Math.max(-1, Math.min(1, correlation));
}

/** A constant array gives its value without rounding, so that its squares are 0. */
function mean(values: ArrayLike<number>): number {
  let result = 0;
  for (let i = 0; i < values.length; i++) result += (Number(values[i]) - result) / (i + 1);
  return result;
}
