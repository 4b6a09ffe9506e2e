import { AssayerError } from "../../errors";
import type { ConstraintResult, FairnessConstraint } from "../constraint";
import type { FairnessGrouping, FairnessReport } from "../report";
import { constraintNames } from "./judged-metrics";
import { judgeGroups, type Measure } from "./judge-groups";
import { rowsNeeded } from "./rows-needed";
import { verdictSentence } from "./verdict-sentence";

/** What a verdict is made of: counts and figures of groups, as a report keeps them. */
export type FairnessEvidence = Pick<
  FairnessReport,
  "problem" | "groupings" | "confidence" | "overall"
> &
  Partial<Pick<FairnessReport, "smallGroup" | "positiveLabel">>;

const defaultDifference = 0.1;
const defaultSmallGroup = 30;

/**
 * Whether a model keeps what was asked of it, by stored evidence alone: the same report always gets the same verdicts.
 * Of every grouping the true gap between its groups is told with an interval that holds for all of its groups
 * together. It passes when the whole interval keeps the limit, fails when the whole of it is beyond, and else is
 * `insufficient`; so a wrong pass, and a wrong fail, has at most the chance that the confidence leaves. A group that
 * cannot be judged never passes: one that is small, or has no row that the metric divides by.
 *
 * @param evidence a report, or the part of it that counts
 * @param constraints each judged of the grouping it names, or of every one
 * @returns a result for each constraint and grouping, in their order
 * @throws AssayerError "invalid-argument" for an unknown constraint or grouping, a limit or a confidence out of range, no grouping, or
 * a constraint that a regression has no answer to: its only one is `boundedGroupLoss`, with a limit in the unit of the error
 * @see Lehmann and Romano 2005, "Testing Statistical Hypotheses", 3.7, for why either end keeps its level
 */
export function judgeFairness(
  evidence: FairnessEvidence,
  constraints: readonly FairnessConstraint[],
): ConstraintResult[] {
  if (evidence.groupings.length === 0)
    throw invalid("judgeFairness requires a grouping or more; got none");
  if (!(evidence.confidence > 0 && evidence.confidence < 1))
    throw invalid(
      `judgeFairness requires a confidence between 0 and 1; got ${evidence.confidence}`,
    );
  return constraints.flatMap((constraint) => {
    const measure = measureOf(constraint, evidence.problem);
    return groupingsOf(constraint, evidence.groupings).map((grouping) =>
      judge(constraint, measure, evidence, grouping),
    );
  });
}

function judge(
  constraint: FairnessConstraint,
  measure: Measure,
  { problem, confidence, smallGroup = defaultSmallGroup, positiveLabel = null }: FairnessEvidence,
  { features, groups }: FairnessGrouping,
): ConstraintResult {
  const evidence = { problem, groups, confidence, smallGroup };
  const judgement = judgeGroups(constraint, measure, evidence);
  const { verdict, figure, lowest, highest, unjudged } = judgement;
  const needed = verdict === "insufficient" ? rowsNeeded(constraint, measure, evidence) : null;
  return {
    constraint,
    features,
    verdict,
    figure,
    between: lowest === null || highest === null ? null : [lowest.name, highest.name],
    unjudged,
    rowsNeeded: needed,
    sentence: verdictSentence({
      measure,
      judgement,
      groups,
      confidence,
      rowsNeeded: needed,
      positiveLabel,
    }),
  };
}

function measureOf(
  { constraint, maxDifference, minRatio }: FairnessConstraint,
  problem: FairnessReport["problem"],
): Measure {
  if (!constraintNames.includes(constraint))
    throw invalid(
      `unknown constraint: ${constraint}; expected one of ${constraintNames.join(", ")}`,
    );
  if (maxDifference !== undefined && minRatio !== undefined)
    throw invalid("judgeFairness requires maxDifference or minRatio of a constraint; got both");
  const isLoss = constraint === "boundedGroupLoss";
  if (problem === "regression" && !isLoss)
    throw invalid(`judgeFairness requires boundedGroupLoss for a regression; got ${constraint}`);
  if (problem === "regression" && maxDifference === undefined)
    throw invalid("judgeFairness requires maxDifference in the error's unit; got none");
  if (minRatio !== undefined) {
    if (isLoss)
      throw invalid("judgeFairness requires maxDifference of boundedGroupLoss; got minRatio");
    if (!(minRatio > 0 && minRatio <= 1))
      throw invalid(`judgeFairness requires minRatio above 0 and up to 1; got ${minRatio}`);
    return { kind: "ratio", limit: minRatio };
  }
  const limit = maxDifference ?? defaultDifference;
  const most = problem === "regression" ? Number.MAX_VALUE : 1;
  if (!(limit >= 0 && limit <= most))
    throw invalid(
      `judgeFairness requires maxDifference ${most === 1 ? "from 0 to 1" : "of 0 or more"}; got ${limit}`,
    );
  return { kind: isLoss ? "loss" : "difference", limit };
}

function groupingsOf(
  { features }: FairnessConstraint,
  groupings: readonly FairnessGrouping[],
): readonly FairnessGrouping[] {
  if (features === undefined) return groupings;
  const wanted = new Set(features);
  const found = groupings.filter(
    (each) => each.features.length === wanted.size && each.features.every((one) => wanted.has(one)),
  );
  if (found.length > 0) return found;
  const known = groupings.map((each) => each.features.join(" and ")).join(", ");
  throw invalid(`unknown grouping: ${features.join(" and ")}; expected one of ${known}`);
}

function invalid(message: string): AssayerError {
  return new AssayerError("invalid-argument", message);
}
