import { logGamma } from "./log-gamma";

/**
 * How many of `trials` succeed, drawn by chance.
 *
 * @param trials whole number, 0 or more
 * @param share chance of success, 0 to 1
 * @param random gives numbers, 0 ≤ number < 1
 * @see Hörmann 1993, "The generation of binomial random variates": BTRS where 10 successes or more are expected, else
 * inversion; both exact
 */
export function binomialDraw(trials: number, share: number, random: () => number): number {
  if (trials === 0 || share <= 0) return 0;
  if (share >= 1) return trials;
  if (share > 0.5) return trials - binomialDraw(trials, 1 - share, random);
  return trials * share < 10
    ? invertedDraw(trials, share, random)
    : rejectedDraw(trials, share, random);
}

function invertedDraw(trials: number, share: number, random: () => number): number {
  const odds = share / (1 - share);
  let rest = random();
  let chance = Math.exp(trials * Math.log1p(-share));
  for (let k = 0; k < trials; k++) {
    if (rest < chance) return k;
    rest -= chance;
    chance *= (odds * (trials - k)) / (k + 1);
    if (chance === 0) return k;
  }
  return trials;
}

function rejectedDraw(trials: number, share: number, random: () => number): number {
  const rest = 1 - share;
  const deviation = Math.sqrt(trials * share * rest);
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * share;
  const c = trials * share + 0.5;
  const squeeze = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * deviation;
  const logOdds = Math.log(share / rest);
  const mode = Math.floor((trials + 1) * share);
  const atMode = logGamma(mode + 1) + logGamma(trials - mode + 1);
  for (;;) {
    const u = random() - 0.5;
    const v = random();
    const edge = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / edge + b) * u + c);
    if (!(k >= 0 && k <= trials)) continue;
    if (edge >= 0.07 && v <= squeeze) return k;
    const height = Math.log((v * alpha) / (a / (edge * edge) + b));
    if (height <= atMode - logGamma(k + 1) - logGamma(trials - k + 1) + (k - mode) * logOdds)
      return k;
  }
}

/**
 * How `trials` fall on cells, drawn by chance: what resampling that many rows does to their counts.
 *
 * @param counts k numbers of 0 or more, not all 0, in whose proportion the cells are hit
 * @param into k numbers that are overwritten
 */
export function multinomialDraw(
  trials: number,
  counts: ArrayLike<number>,
  random: () => number,
  into: Float64Array,
): void {
  let left = 0;
  for (let cell = 0; cell < counts.length; cell++) left += counts[cell] as number;
  for (let cell = 0; cell < counts.length; cell++) {
    const count = counts[cell] as number;
    const drawn = count === 0 ? 0 : binomialDraw(trials, count / left, random);
    into[cell] = drawn;
    trials -= drawn;
    left -= count;
  }
}
