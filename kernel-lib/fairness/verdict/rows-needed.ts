import { normalQuantile } from "../../stats/normal-quantile";
import type { FairnessConstraint } from "../constraint";
import type { GroupEvidence } from "./group-estimates";
import { judgeGroups, type Measure } from "./judge-groups";

/** In how many repetitions the verdict is to be settled. */
const power = 0.8;
const mostRows = 1e9;
/** Of the number itself. */
const precision = 0.01;

/**
 * How many further labelled rows would settle a verdict that is open. If the groups' true values are those seen, and
 * the new rows are spread over the groups as these are, then with so many more about four in five repetitions are
 * settled, or more: each interval keeps, beside its own width, the distance from the limit that chance takes away. To
 * fail, one pair of groups must keep it; to pass, all of them (Bonferroni).
 *
 * @returns null where no number up to a billion would do: a group without rows or positives, a value on the limit
 */
export function rowsNeeded(
  constraint: FairnessConstraint,
  measure: Measure,
  evidence: GroupEvidence,
): number | null {
  const rows = evidence.groups.reduce((sum, group) => sum + group.rows, 0);
  if (rows === 0) return null;
  const verdictAt = (factor: number, contrasts: number) =>
    judgeGroups(constraint, measure, evidence, {
      factor,
      margin: normalQuantile(1 - (1 - power) / contrasts),
    });
  const settles = (factor: number) => {
    const { verdict, contrasts } = verdictAt(factor, 1);
    if (verdict !== "pass" || contrasts < 2) return verdict !== "insufficient";
    return verdictAt(factor, contrasts).verdict === "pass";
  };
  const most = 1 + mostRows / rows;
  let [low, high] = [1, 2];
  while (!settles(high)) {
    if (high >= most) return null;
    low = high;
    high = Math.min(most, high * 2);
  }
  while ((high - low) * rows > Math.max(0.5, precision * (high - 1) * rows)) {
    const middle = (low + high) / 2;
    if (settles(middle)) high = middle;
    else low = middle;
  }
  return Math.max(1, Math.ceil((high - 1) * rows));
}
