/**
 * The chance that the Kolmogorov–Smirnov distance of two samples of one distribution is at least `distance` / (n·m):
 * that a random lattice path from (0, 0) to (n, m) touches the lines at that distance from the diagonal. Exact up to
 * rounding: the chance of each point is the mean of those of its two neighbours, weighted by the number of paths, so
 * that nothing cancels.
 *
 * @param n ≥ 1
 * @param m ≥ 1
 * @param distance the largest |i·m − j·n|, a whole number
 * @see Hodges 1957, "The significance probability of the Smirnov two-sample test"
 */
export function twoSampleKolmogorovTail(n: number, m: number, distance: number): number {
  if (distance <= 0) return 1;
  const statistic = distance / (n * m);
  // Beyond the bound of Wei and Dudley 2012 no double is left.
  if (2 * ((n * m) / (n + m)) * statistic * statistic > 760) return 0;
  return n === m ? equalSizesTail(n, Math.round(distance / n)) : pathTail(n, m, distance);
}

/** Reflection: 2 Σ (−1)^(k − 1) C(2n, n − kh) / C(2n, n), nested so that no term is large. */
function equalSizesTail(n: number, h: number): number {
  let result = 0;
  for (let k = Math.floor(n / h); k >= 0; k--) {
    let ratio = 1;
    for (let j = 0; j < h; j++) ratio *= (n - k * h - j) / (n + k * h + j + 1);
    result = ratio * (1 - result);
  }
  return Math.min(1, 2 * result);
}

function pathTail(n: number, m: number, distance: number): number {
  const [long, short] = n > m ? [n, m] : [m, n];
  // Of the column before: outside[j] for low ≤ j ≤ high; everything beyond is outside already.
  const outside = new Float64Array(short + 2).fill(1);
  let high = Math.min(short, Math.ceil(distance / long) - 1);
  outside.fill(0, 0, high + 1);
  for (let i = 1; i <= long; i++) {
    const low = Math.max(0, Math.floor((short * i - distance) / long) + 1);
    const top = Math.min(short, Math.ceil((short * i + distance) / long) - 1);
    if (top < low) return 1;
    if (low > 0) outside[low - 1] = 1;
    let below = low === 0 ? 0 : 1;
    for (let j = low; j <= top; j++) {
      below = ((outside[j] as number) * i + below * j) / (i + j);
      outside[j] = below;
    }
    high = top;
  }
  return high < short ? 1 : Math.min(1, outside[short] as number);
}
