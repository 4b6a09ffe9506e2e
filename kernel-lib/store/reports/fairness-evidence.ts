import type { FairnessGroup, FairnessReport } from "../../fairness/report";

const answers = ["truePositives", "falsePositives", "falseNegatives", "trueNegatives"] as const;

/**
 * What contradicts itself in the counts of a report, since a promotion can depend on them: every row is in one group of
 * each grouping, and the counts of a group are of its rows.
 *
 * @returns null where nothing does
 */
export function faultOfEvidence(
  report: Pick<FairnessReport, "problem" | "overall" | "groupings" | "smallGroup">,
): string | null {
  const { overall, groupings, problem, smallGroup = 30 } = report;
  const isCounted = problem === "binary";
  for (const group of [overall, ...groupings.flatMap(({ groups }) => groups)]) {
    const fault = faultOfGroup(group, isCounted);
    if (fault !== null) return `${fault} of ${group.name}`;
  }
  for (const { features, groups } of groupings) {
    const by = features.join(" and ");
    if (features.length === 0) return "a feature of each grouping";
    if (new Set(groups.map(({ name }) => name)).size !== groups.length)
      return `groups of different names by ${by}`;
    if (groups.some(({ rows, small }) => small !== rows < Math.max(1, smallGroup)))
      return `groups by ${by} that are small where they have fewer than ${smallGroup} rows`;
    if (groups.reduce((sum, { rows }) => sum + rows, 0) !== overall.rows)
      return `groups by ${by} that have the ${overall.rows} rows together`;
  }
  return null;
}

function faultOfGroup(group: FairnessGroup, isCounted: boolean): string | null {
  const { rows, counts, rowCounts, weightSquares } = group;
  if (!isCounted) return null;
  if (counts === null || rowCounts === null) return "counts";
  if (answers.reduce((sum, answer) => sum + rowCounts[answer], 0) !== rows)
    return "as many counted rows as rows";
  const isWeighted = weightSquares !== undefined && weightSquares !== null;
  const agree = (answer: (typeof answers)[number]) =>
    isWeighted
      ? // The square of a sum is at most as many times the sum of squares as there are terms.
        counts[answer] ** 2 <= rowCounts[answer] * weightSquares[answer] * (1 + 1e-9)
      : counts[answer] === rowCounts[answer];
  return answers.every(agree) ? null : "weights that fit the counted rows";
}
