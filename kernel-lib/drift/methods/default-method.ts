/** References of more present values than this are compared by distances, since at their size every p-value is small. */
const largestTested = 1000;
const fewNumbers = 5;

/**
 * The method that Evidently chooses for a feature.
 *
 * @param referenceRows present values of the reference
 * @param distinct distinct values of both sides together; beyond 5 the exact number does not matter
 * @returns a name in `driftMethods`
 * @see _get_default_stattest of Evidently 0.7.21
 */
export function defaultMethod(
  type: "numerical" | "categorical",
  referenceRows: number,
  distinct: number,
): string {
  const tested = referenceRows <= largestTested;
  if (type === "numerical" && distinct > fewNumbers) return tested ? "ks" : "wasserstein";
  if (!tested) return "jensenshannon";
  return distinct > 2 ? "chisquare" : "z";
}
