import type { DecisionRule } from "../../kernel-lib/fairness/decision-rule";
import { optimizeThresholds } from "../../kernel-lib/fairness/mitigation/optimize-thresholds";
import { openSession } from "../../kernel-lib/onnx/session";
import { decisionRuleToOnnx } from "../../kernel-lib/onnx/write-decision-rule";
import { aboveMedian, columns, rows } from "../onnx/wages";
import { wageTree } from "./wage-project";

const female = columns.indexOf("female");

export const sex = rows.map((row) => (row[female] === 1 ? "female" : "male"));

export interface FairModel {
  onnx: Uint8Array;
  rule: DecisionRule;
  /** Scores of all rows, as the tree without the rule gives them. */
  yScore: number[];
}

/** A tree of the wages whose answers keep equalized odds between women and men, by draws. */
export async function fairWageTree(): Promise<FairModel> {
  const tree = wageTree(6);
  const session = await openSession(tree);
  const [, probabilities] = await session.predict(rows);
  await session.close();
  const yScore = (probabilities?.data as number[]).filter((_, i) => i % 2 === 1);
  const { rule } = optimizeThresholds({
    yTrue: aboveMedian,
    yScore,
    sensitiveFeatures: { sex },
    constraint: "equalizedOdds",
    key: "key of the wages",
  });
  const onnx = decisionRuleToOnnx(tree, rule, {
    score: { output: "probabilities", column: 1 },
    groups: { columns: [female], values: { female: [1], male: [0] } },
  });
  return { onnx, rule, yScore };
}
