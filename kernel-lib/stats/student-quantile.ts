import { studentTails } from "./beta-share";
import { normalQuantile } from "./normal-quantile";

/**
 * The number that a variable of Student's distribution is below with a given probability.
 *
 * @param share 0.5 to 1, without the ends' infinite 1
 * @param degreesOfFreedom > 0
 * @returns relative error about 1e-12
 * @see `scipy.stats.t.ppf`; here the tails' area is bisected
 * @example studentQuantile(0.975, 9) // 2.262157…
 */
export function studentQuantile(share: number, degreesOfFreedom: number): number {
  const tails = 2 * (1 - share);
  let low = 0;
  let high = Math.max(1, normalQuantile(share));
  while (studentTails(high, degreesOfFreedom) > tails) high *= 2;
  for (let step = 0; step < 100 && high - low > 1e-13 * high; step++) {
    const middle = (low + high) / 2;
    if (studentTails(middle, degreesOfFreedom) > tails) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
