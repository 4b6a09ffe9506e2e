import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  accuracy,
  applyRule,
  decisionRuleToOnnx,
  fairnessReport,
  optimizeThresholds,
  rocAuc,
  type DecisionRule,
  type FairnessReport,
  type Project,
  type Run,
} from "../index";
import { tableOf } from "./split";
import { columns } from "./wages";
import { wageScores, type WageScores } from "./wage-scores";

export const fairModel = "fair-wages";

/** How many runs `mendWages` logs. */
export const fairRuns = 2;

const required = [
  { constraint: "demographicParity", maxDifference: 0.15 },
  { constraint: "equalOpportunity", maxDifference: 0.2 },
] as const;

const steps = { constraint: "demographicParity", objective: "accuracy" } as const;

/** The rule that gives both sexes the same share of yes, found on some of the people. */
function ruleOf(scores: WageScores, wanted: (row: number) => boolean): DecisionRule {
  const kept = scores.yTrue.flatMap((_, row) => (wanted(row) ? [row] : []));
  const take = <Value>(values: readonly Value[]) => kept.map((row) => values[row] as Value);
  return optimizeThresholds({
    ...steps,
    yTrue: take(scores.yTrue),
    yScore: take(scores.yScore),
    sensitiveFeatures: { sex: take(scores.people.sex) },
    key: fairModel,
  }).rule;
}

/** Answers by rules that were found without the person they are about. */
function mendedAnswers(scores: WageScores): number[] {
  const answers = new Array<number>(scores.yTrue.length).fill(0);
  for (const held of new Set(scores.fold)) {
    const rule = ruleOf(scores, (row) => scores.fold[row] !== held);
    const decided = applyRule(rule, {
      yScore: scores.yScore,
      sensitiveFeatures: { sex: scores.people.sex },
      requestId: scores.requestId,
    });
    scores.fold.forEach((fold, row) => {
      if (fold === held) answers[row] = decided[row] ?? 0;
    });
  }
  return answers;
}

/**
 * A model that is unfair, found, mended and gated: who earns more than the median, asked of a model that knows a
 * person's sex. Sex and region are kept out of the log, in people.csv, and joined for the report alone.
 */
export async function mendWages(project: Project, begin: (name: string) => void): Promise<void> {
  begin("wages, as they were learned");
  const scores = await wageScores();
  const { requestId, yTrue, yScore, people, features, model, rows } = scores;
  const path = join(project.root, "people.csv");
  const lines = requestId.map((id, i) => `${id},${people.sex[i] ?? ""},${people.region[i] ?? ""}`);
  writeFileSync(path, `request_id,sex,region\n${lines.join("\n")}\n`);
  const log = async (
    name: string,
    yPred: number[],
    number: number,
  ): Promise<{ run: Run; report: FairnessReport }> => {
    const run = project.startRun({
      experiment: "fairness",
      name,
      tags: { data: "cps-wages-1985", model: `${fairModel}@${number}` },
    });
    run.logMetrics({ accuracy: accuracy(yTrue, yPred), auc: rocAuc(yTrue, yScore) });
    await run.logFeatures({ requestId, ...features });
    await run.logPredictions({ requestId, yPred, yScore, yTrue });
    const report = await fairnessReport(project.source({ runId: run.id, kind: "predictions" }), {
      name: `${fairModel} ${name}`,
      sensitiveFeatures: ["sex", "region"],
      sensitiveSource: { source: path, key: "request_id" },
      featureSource: {
        source: project.source({ runId: run.id, kind: "features" }),
        key: "request_id",
      },
      features: Object.keys(features),
      constraints: required.map((each) => ({ ...each, features: ["sex"] })),
      model: { name: fairModel, number },
    });
    run.logReport(report);
    await run.end();
    return { run, report };
  };
  const register = (onnx: Uint8Array, { id: runId }: Run, note: string) =>
    project.registry.register(fairModel, onnx, {
      runId,
      input: [{ name: "input", shape: [-1, columns.length], columns: [...columns] }],
      sample: rows.slice(0, 3),
      background: tableOf(columns, rows.slice(0, 100)),
      note,
    });
  const found = await log(
    "as learned",
    yScore.map((score) => Number(score > 0.5)),
    1,
  );
  await register(model, found.run, "Logistic regression that knows a person's sex.");
  begin("wages, mended");
  const mended = await log("mended", mendedAnswers(scores), 2);
  const rule = ruleOf(scores, () => true);
  const onnx = decisionRuleToOnnx(model, rule, {
    score: { output: "probabilities", column: 1 },
    groups: { columns: [columns.indexOf("female")], values: { women: [1], men: [0] } },
  });
  const { number } = await register(onnx, mended.run, "The same with a threshold for each sex.");
  await project.registry.promote(fairModel, number, "production", {
    reason: "keeps what was required between women and men",
    requireFairness: true,
  });
}
