const halfLogTwoPi = 0.9189385332046728;
/** From here on the series below is exact to a double. */
const seriesFrom = 15;

/**
 * The natural logarithm of the gamma function.
 *
 * @param x > 0
 * @see Abramowitz and Stegun 1964, 6.1.15 and 6.1.41
 */
export function logGamma(x: number): number {
  let product = 1;
  while (x < seriesFrom) product *= x++;
  return (x - 0.5) * Math.log(x) - x + halfLogTwoPi + series(x) - Math.log(product);
}

/**
 * What Stirling's formula leaves out: x! = √(2πx) (x/e)^x e^stirlingError(x). With it, ratios of factorials keep the
 * digits that differences of `logGamma` lose.
 *
 * @param x > 0
 * @see Loader 2000, "Fast and accurate computation of binomial probabilities"
 */
export function stirlingError(x: number): number {
  if (x >= seriesFrom) return series(x);
  return logGamma(x) - (x - 0.5) * Math.log(x) + x - halfLogTwoPi;
}

function series(x: number): number {
  const z = 1 / (x * x);
  return (
    (1 / 12 -
      z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z * (1 / 1188 - (z * 691) / 360360))))) /
    x
  );
}
