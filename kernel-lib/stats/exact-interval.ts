import { betaShare } from "./beta-share";

/**
 * The interval of a share that never covers less often than it says: the ends are the shares under which as many
 * successes or more, and as few or fewer, have just the chance `tail`.
 *
 * @param successes 0 to `trials`; with weights the effective number, which need not be whole
 * @param trials > 0
 * @param tail chance outside on either side, 0.025 for 95%
 * @returns both ends, 0 to 1
 * @see Clopper and Pearson 1934, "The use of confidence or fiducial limits illustrated in the case of the binomial"
 * @example exactInterval(8, 10, 0.025) // [0.4439…, 0.9748…]
 */
export function exactInterval(successes: number, trials: number, tail: number): [number, number] {
  const failures = trials - successes;
  return [
    successes <= 0 ? 0 : betaQuantile(tail, successes, failures + 1),
    failures <= 0 ? 1 : 1 - betaQuantile(tail, failures, successes + 1),
  ];
}

/** The number that a beta variable is below with probability `share`, by bisection. */
function betaQuantile(share: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (betaShare(middle, 1 - middle, a, b) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
