import type { Estimate } from "./estimate";

/**
 * The area under the ROC curve with DeLong's variance, its interval made on the scale of log odds so that it stays
 * within 0 and 1. Where the classes do not overlap that variance is 0, and Newcombe's score interval stands in.
 *
 * @param codes n labels, 0 or 1, by rising score
 * @param scores n scores, ascending
 * @see DeLong, DeLong and Clarke-Pearson 1988; Newcombe 2006, "Confidence intervals for an effect size measure based on
 * the Mann–Whitney statistic, part 2", method 5
 */
export function aucEstimate(
  codes: ArrayLike<number>,
  scores: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Estimate {
  const n = codes.length;
  const weightAt = (i: number) => (weights === undefined ? 1 : (weights[i] as number));
  const rows = [0, 0];
  const total = [0, 0];
  for (let i = 0; i < n; i++) {
    const weight = weightAt(i);
    const code = codes[i] === 1 ? 1 : 0;
    if (weight === 0) continue;
    rows[code] = (rows[code] as number) + 1;
    total[code] = (total[code] as number) + weight;
  }
  const [negatives, positives] = rows as [number, number];
  const [negativeSum, positiveSum] = total as [number, number];
  if (negatives === 0 || positives === 0)
    return { value: NaN, limits: null, denominator: positives, method: null };
  // Of each row, the share of the other class that it stands on the right side of; ties count half.
  let area = 0;
  const visit = (of: (code: number, placement: number, weight: number) => void) => {
    let [negativeBelow, positiveBelow] = [0, 0];
    for (let start = 0; start < n;) {
      let [end, negativeTied, positiveTied] = [start, 0, 0];
      for (; end < n && scores[end] === scores[start]; end++)
        if (codes[end] === 1) positiveTied += weightAt(end);
        else negativeTied += weightAt(end);
      const forPositive = (negativeBelow + negativeTied / 2) / negativeSum;
      const forNegative = 1 - (positiveBelow + positiveTied / 2) / positiveSum;
      for (let i = start; i < end; i++) {
        const weight = weightAt(i);
        if (weight > 0) of(codes[i] as number, codes[i] === 1 ? forPositive : forNegative, weight);
      }
      negativeBelow += negativeTied;
      positiveBelow += positiveTied;
      start = end;
    }
  };
  visit((code, placement, weight) => {
    if (code === 1) area += (weight * placement) / positiveSum;
  });
  let [ofPositives, ofNegatives] = [0, 0];
  visit((code, placement, weight) => {
    const away = (weight * (placement - area)) ** 2;
    if (code === 1) ofPositives += away;
    else ofNegatives += away;
  });
  const variance =
    ((ofPositives / positiveSum ** 2) * positives) / (positives - 1) +
    ((ofNegatives / negativeSum ** 2) * negatives) / (negatives - 1);
  const limits =
    variance > 0 && positives > 1 && negatives > 1 && area > 0 && area < 1
      ? logitLimits(area, Math.sqrt(variance))
      : (z: number) => scoreLimits(area, positives, negatives, z);
  return { value: area, limits, denominator: positives, method: "delong" };
}

function logitLimits(area: number, error: number): (z: number) => [number, number] {
  const centre = Math.log(area / (1 - area));
  const scale = error / (area * (1 - area));
  const back = (x: number) => 1 / (1 + Math.exp(-x));
  return (z) => [back(centre - z * scale), back(centre + z * scale)];
}

/** The areas from which the observed one is at most `z` standard errors away. */
function scoreLimits(
  area: number,
  positives: number,
  negatives: number,
  z: number,
): [number, number] {
  const size = (positives + negatives) / 2 - 1;
  const outside = (x: number) => {
    const variance =
      (x * (1 - x) * (1 + (size * (1 - x)) / (2 - x) + (size * x) / (1 + x))) /
      (positives * negatives);
    return (area - x) ** 2 > z * z * variance;
  };
  const end = (edge: number) => {
    let [inner, outer] = [area, edge];
    for (let step = 0; step < 60; step++) {
      const middle = (inner + outer) / 2;
      if (outside(middle)) outer = middle;
      else inner = middle;
    }
    return (inner + outer) / 2;
  };
  return [end(0), end(1)];
}
