import type { DecisionRule } from "../../kernel-lib/fairness/decision-rule";
import { openSession } from "../../kernel-lib/onnx/session";
import { decisionRuleToOnnx } from "../../kernel-lib/onnx/write-decision-rule";
import { columns, rows } from "../onnx/wages";
import { wageTree } from "./wage-project";

/** A rule with randomness for the wage trees: women below a score are drawn, men above another. */
export const wageRule: DecisionRule = {
  kind: "decision-rule",
  format: 1,
  constraint: "demographicParity",
  objective: "accuracy",
  sensitiveFeatures: ["sex"],
  groups: [
    { group: "female", thresholds: [0.2, 0.45], levels: [0.1, 0.6, 1] },
    { group: "male", thresholds: [0.5, 0.8], levels: [0, 0.75, 1] },
  ],
  otherwise: { thresholds: [0.5], levels: [0, 1] },
  key: "key of the wages",
};

export const sex = rows.map((row) => (row[columns.indexOf("female")] === 1 ? "female" : "male"));

/** A tree that decides by the rule. */
export function fairWageTree(maxDepth: number): Uint8Array {
  return decisionRuleToOnnx(wageTree(maxDepth), wageRule, {
    score: { output: "probabilities", column: 1 },
    groups: { columns: [columns.indexOf("female")], values: { female: [1], male: [0] } },
  });
}

/** Scores of all rows, as the tree without the rule gives them. */
export async function wageScores(maxDepth: number): Promise<number[]> {
  const session = await openSession(wageTree(maxDepth));
  const [, probabilities] = await session.predict(rows);
  await session.close();
  return (probabilities?.data as number[]).filter((_, i) => i % 2 === 1);
}
