import { stirlingError } from "./log-gamma";

/**
 * The logarithm of the chance to draw `x` white balls with `drawn` draws of `white` and `black` balls, without
 * replacement.
 *
 * @see Loader 2000, "Fast and accurate computation of binomial probabilities"
 */
export function logHypergeometric(x: number, white: number, black: number, drawn: number): number {
  if (x < 0 || x > white || drawn - x < 0 || drawn - x > black) return -Infinity;
  const p = drawn / (white + black);
  return (
    logBinomial(x, white, p) +
    logBinomial(drawn - x, black, p) -
    logBinomial(drawn, white + black, p)
  );
}

function logBinomial(x: number, n: number, p: number): number {
  if (n === 0) return 0;
  if (x === 0) return n * Math.log1p(-p);
  if (x === n) return n * Math.log(p);
  const rest = n - x;
  return (
    stirlingError(n) -
    stirlingError(x) -
    stirlingError(rest) -
    deviance(x, n * p) -
    deviance(rest, n * (1 - p)) +
    0.5 * Math.log(n / (2 * Math.PI * x * rest))
  );
}

/** x log(x / mean) − x + mean */
function deviance(x: number, mean: number): number {
  const offset = (mean - x) / x;
  return x * (offset - Math.log1p(offset));
}

/** So few white balls are asked for one after the other. */
const oneByOneUpTo = 16;

/**
 * A draw from the hypergeometric distribution, by inversion from the mode outwards: as many steps as its standard
 * deviation.
 *
 * @param random gives numbers from 0, below 1
 */
export function drawHypergeometric(
  random: () => number,
  white: number,
  black: number,
  drawn: number,
): number {
  const low = Math.max(0, drawn - black);
  const high = Math.min(white, drawn);
  if (low === high) return low;
  if (white <= oneByOneUpTo) return drawOneByOne(random, white, black, drawn);
  const mode = Math.floor(((drawn + 1) * (white + 1)) / (white + black + 2));
  const atMode = Math.exp(logHypergeometric(mode, white, black, drawn));
  let left = random() - atMode;
  let [down, up] = [mode, mode];
  let [chanceDown, chanceUp] = [atMode, atMode];
  while (left > 0 && (down > low || up < high)) {
    if (up < high) {
      chanceUp *= ((white - up) * (drawn - up)) / ((up + 1) * (black - drawn + up + 1));
      left -= chanceUp;
      up++;
      if (left <= 0) return up;
    }
    if (down > low) {
      chanceDown *= (down * (black - drawn + down)) / ((white - down + 1) * (drawn - down + 1));
      left -= chanceDown;
      down--;
      if (left <= 0) return down;
    }
  }
  return mode;
}

/** Whether each white ball is among the drawn ones, given those before it. */
function drawOneByOne(random: () => number, white: number, black: number, drawn: number): number {
  let left = drawn;
  for (let balls = white + black; balls > black; balls--) if (random() * balls < left) left--;
  return drawn - left;
}
