import type { ConstraintResult } from "../fairness/constraint";
import type { FairnessReport } from "../fairness/report";

/** One verdict of all: a failure tells, then what cannot be told. `watch` when nothing was required. */
export function fairnessVerdictOf(results: readonly ConstraintResult[]): FairnessReport["verdict"] {
  if (results.length === 0) return "watch";
  if (results.some(({ verdict }) => verdict === "fail")) return "alarm";
  return results.some(({ verdict }) => verdict === "insufficient") ? "undecided" : "stable";
}

/** How many requirements hold, and the sentence of the one that matters most. */
export function fairnessSummary(results: readonly ConstraintResult[]): string {
  if (results.length === 0) return "Nothing was required, so there is no verdict.";
  const of = (verdict: ConstraintResult["verdict"]) =>
    results.filter((result) => result.verdict === verdict);
  const [failed, open] = [of("fail"), of("insufficient")];
  if (failed.length === 0 && open.length === 0)
    return results.length === 1
      ? `The requirement is kept. ${results[0]?.sentence ?? ""}`
      : `${results.length === 2 ? "Both" : `All ${results.length}`} requirements are kept.`;
  const [worst] = [...failed, ...open];
  const counts = [
    failed.length > 0 ? `${failed.length} of ${results.length} requirements failed` : "",
    open.length > 0
      ? `${failed.length > 0 ? open.length : `${open.length} of ${results.length} requirements`} cannot be told yet`
      : "",
  ].filter((words) => words !== "");
  return `${counts.join(", ")}. ${worst?.sentence ?? ""}`;
}
