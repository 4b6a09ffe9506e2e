import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AssayerError,
  explanationReport,
  linearShap,
  openProject,
  type ModelVersion,
  type Project,
  type Run,
} from "../index";
import { evaluate, requireAgreement, type Evaluation } from "./evaluate";
import { confusionReport, rocSpec } from "./report";
import { trainBagging, trainLogistic, trainTree } from "./train";
import { tableOf, type Split } from "./split";
import { columns, loadWages } from "./wages";
import { flightsFile } from "./flights";
import { fairRuns, mendWages } from "./mend-wages";
import { watchedRuns, watchFlights } from "./watch-flights";

export { wageScores, type WageScores } from "./wage-scores";

export { flightsFile };

const modelName = "wage-model";

export interface CreateDemoOptions {
  /** Called with what is being done and the share that is done, 0 to 1. */
  onProgress?: (message: string, fraction: number) => void;
  /** Stops between two runs; what was logged until then stays. */
  signal?: AbortSignal;
}

export interface DemoResult {
  /** Folder of the project. */
  root: string;
  runs: number;
  versions: number;
  /** Name of the model that ended up in production. */
  model: string;
}

/** A registered version and its AUC on the test split. */
interface Candidate {
  version: ModelVersion;
  auc: number;
}

/** What the steps of the demo share. */
interface Demo {
  project: Project;
  train: Split;
  test: Split;
  begin: (message: string) => void;
  runs: number;
}

const treeSettings = [2, 3, 4, 6, 8, 12].flatMap((maxDepth) =>
  [3, 15].map((minNumSamples) => ({ maxDepth, minNumSamples })),
);
const learningRates = [1e-5, 5e-5, 2e-4, 1e-3];
const divergingRate = 50;
const logisticSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const baggingTrees = 25;
const folds = 4;
const backgroundRows = 100;
const explainedVersions = 2;
const totalRuns =
  treeSettings.length +
  learningRates.length +
  1 +
  2 +
  folds +
  1 +
  explainedVersions +
  watchedRuns +
  fairRuns;

function startRun(
  demo: Demo,
  experiment: string,
  name: string,
  params: Record<string, number | string>,
): Run {
  demo.begin(name);
  demo.runs++;
  return demo.project.startRun({
    experiment,
    name,
    params: { ...params, train_rows: demo.train.rows.length },
    tags: { data: "cps-wages-1985" },
  });
}

/** Logs what a model says of the test split, row by row, with the figures and pictures made of it. */
async function logEvaluation(run: Run, test: Split, evaluation: Evaluation): Promise<void> {
  const { yPred, yScore, metrics } = evaluation;
  const { requestId, labels } = test;
  run.logMetrics(metrics);
  const features = columns.map((name, c) => [name, test.rows.map((row) => row[c] ?? 0)] as const);
  await run.logFeatures({ requestId, ...Object.fromEntries(features) });
  await run.logPredictions({ requestId, yPred, yScore, yTrue: labels });
  run.logArtifact({ name: "report.md", data: confusionReport(labels, yPred) });
  run.logArtifact({ name: "roc.vl.json", data: JSON.stringify(rocSpec(labels, yScore)) });
}

/** Why the versions to choose between say what they say of the test split. */
async function explainVersions(
  { project, begin }: Demo,
  candidates: readonly Candidate[],
): Promise<void> {
  for (const { version } of candidates) {
    const { number } = version;
    begin(`why ${modelName}@${number}`);
    const run = project.startRun({
      experiment: "explanations",
      name: `why ${modelName}@${number}`,
      tags: { data: "cps-wages-1985", model: `${modelName}@${number}` },
    });
    const tested = project.source({ runId: version.runId ?? "", kind: "features" });
    const report = await explanationReport(tested, {
      model: { project, name: modelName, number },
      name: `${modelName}@${number}`,
    });
    run.logReport(report);
    await run.end();
  }
}

/** A trained model that may become a version. */
interface Entry {
  run: Run;
  onnx: Uint8Array;
  auc: number;
}

/** Registers the best of some models as the next version. */
async function registerBest(
  { project, train, test }: Demo,
  entries: readonly Entry[],
  note: string,
): Promise<Candidate> {
  const best = entries.reduce((a, b) => (b.auc > a.auc ? b : a));
  const version = await project.registry.register(modelName, best.onnx, {
    runId: best.run.id,
    input: [{ name: "input", shape: [-1, columns.length], columns: [...columns] }],
    sample: test.rows.slice(0, 3),
    background: tableOf(columns, train.rows.slice(0, backgroundRows)),
    note,
  });
  return { version, auc: best.auc };
}

async function sweepTrees(demo: Demo): Promise<Candidate> {
  const { train, test } = demo;
  const entries: Entry[] = [];
  for (const params of treeSettings) {
    const run = startRun(demo, "trees", `tree-${params.maxDepth}-${params.minNumSamples}`, params);
    for (let depth = 1; depth <= params.maxDepth; depth++) {
      const { onnx, predict } = trainTree(train, { ...params, maxDepth: depth });
      const [onTrain, onTest] = [await evaluate(onnx, train), await evaluate(onnx, test)];
      run.logMetric("train_auc", onTrain.metrics.auc, { step: depth });
      run.logMetric("test_auc", onTest.metrics.auc, { step: depth });
      if (depth < params.maxDepth) continue;
      requireAgreement(onTest.yPred, predict(test.rows));
      await logEvaluation(run, test, onTest);
      entries.push({ run, onnx, auc: onTest.metrics.auc });
    }
    await run.end();
  }
  return registerBest(demo, entries, "Best single tree of the sweep.");
}

async function sweepLogistic(demo: Demo): Promise<Candidate> {
  const { train, test } = demo;
  const entries: Entry[] = [];
  for (const learningRate of learningRates) {
    const run = startRun(demo, "logistic", `logistic-${learningRate}`, { learningRate });
    for (const numSteps of logisticSteps) {
      const trained = trainLogistic(train, { numSteps, learningRate });
      const onTrain = await evaluate(trained.onnx, train);
      const onTest = await evaluate(trained.onnx, test);
      run.logMetric("train_loss", onTrain.metrics.log_loss, { step: numSteps });
      run.logMetric("test_loss", onTest.metrics.log_loss, { step: numSteps });
      if (numSteps !== logisticSteps.at(-1)) continue;
      requireAgreement(onTest.yPred, trained.predict(test.rows));
      await logEvaluation(run, test, onTest);
      await run.logExplanations({
        requestId: test.requestId,
        columns: [...columns],
        ...linearShap(test.rows, trained),
      });
      entries.push({ run, onnx: trained.onnx, auc: onTest.metrics.auc });
    }
    run.setNote(
      "SHAP values of the test rows are logged, in log-odds of earning above the median.",
    );
    await run.end();
  }
  return registerBest(demo, entries, "Best logistic regression of the sweep.");
}

/** A run that fails as real ones do: a learning rate so high that the weights overflow. */
async function divergingRun(demo: Demo): Promise<void> {
  const run = startRun(demo, "logistic", `logistic-${divergingRate}`, {
    learningRate: divergingRate,
  });
  for (const numSteps of logisticSteps.slice(0, 5)) {
    const { onnx } = trainLogistic(demo.train, { numSteps, learningRate: divergingRate });
    const { metrics } = await evaluate(onnx, demo.train);
    run.logMetric("train_loss", metrics.log_loss, { step: numSteps });
  }
  await run.end("failed", new Error(`the loss diverged at learning rate ${divergingRate}`));
}

async function bag(demo: Demo, maxDepth: number): Promise<Candidate> {
  const { train, test } = demo;
  const params = { trees: baggingTrees, maxDepth, seed: 11 };
  const run = startRun(demo, "bagging", `bagging-${maxDepth}`, params);
  const onnx = await trainBagging(train, params, async (ensemble, trees) => {
    const { metrics } = await evaluate(ensemble, test);
    run.logMetric("test_auc", metrics.auc, { step: trees });
    run.logMetric("test_loss", metrics.log_loss, { step: trees });
  });
  const evaluation = await evaluate(onnx, test);
  await logEvaluation(run, test, evaluation);
  await run.end();
  const entry = { run, onnx, auc: evaluation.metrics.auc };
  return registerBest(demo, [entry], `Average of ${baggingTrees} trees of depth ${maxDepth}.`);
}

/** Cross-validation as a run with a run for each fold under it. */
async function crossValidate(demo: Demo): Promise<void> {
  const { train } = demo;
  const parent = startRun(demo, "bagging", "cross-validation", { folds, maxDepth: 6 });
  for (let fold = 0; fold < folds; fold++) {
    demo.begin(`fold ${fold + 1}`);
    demo.runs++;
    const run = parent.startRun({ name: `fold-${fold + 1}`, params: { fold: fold + 1 } });
    const pick = (held: boolean): Split => {
      const chosen = train.rows.map((_, i) => i).filter((i) => (i % folds === fold) === held);
      return {
        requestId: chosen.map((i) => train.requestId[i] ?? ""),
        rows: chosen.map((i) => train.rows[i] ?? []),
        labels: chosen.map((i) => train.labels[i] ?? 0),
      };
    };
    const params = { trees: 10, maxDepth: 6, seed: fold };
    const onnx = await trainBagging(pick(false), params, () => Promise.resolve());
    const { metrics } = await evaluate(onnx, pick(true));
    run.logMetrics(metrics);
    parent.logMetrics(metrics, { step: fold + 1 });
    await run.end();
  }
  await parent.end();
}

/** The rows with their labels, as the commands of the README read them. */
function csvOf({ requestId, rows, labels }: Split): string {
  const lines = rows.map((row, i) => [requestId[i], ...row, labels[i]].join(","));
  return `${["request_id", ...columns, "y_true"].join(",")}\n${lines.join("\n")}\n`;
}

/**
 * Makes a project on real data: trains some two dozen models of the CPS wages, logs and registers them, and
 * promotes the best; then watches a model of late flights from winter to summer, and mends one that is unfair.
 *
 * @param root folder of the new project
 * @throws AssayerError "invalid-argument" when there is a project already
 */
export async function createDemo(
  root: string,
  options: CreateDemoOptions = {},
): Promise<DemoResult> {
  if (existsSync(join(root, ".assayer")))
    throw new AssayerError(
      "invalid-argument",
      `the demo requires a folder without a project; got ${root}`,
    );
  mkdirSync(root, { recursive: true });
  const project = await openProject(root, { name: "demo" });
  const { train, test } = loadWages();
  const demo: Demo = {
    project,
    train,
    test,
    runs: 0,
    begin(message) {
      options.signal?.throwIfAborted();
      options.onProgress?.(message, demo.runs / totalRuns);
    },
  };
  try {
    const { registry } = project;
    const promote = ({ version }: Candidate, stage: string, reason: string) =>
      registry.promote(modelName, version.number, stage, { reason });
    const figure = (auc: number) => auc.toFixed(3);
    const tree = await sweepTrees(demo);
    await promote(tree, "staging", `best tree of the sweep: test AUC ${figure(tree.auc)}`);
    await promote(tree, "production", "a first baseline to serve");
    const logistic = await sweepLogistic(demo);
    await divergingRun(demo);
    const gain = `test AUC ${figure(logistic.auc)} against ${figure(tree.auc)} of the tree`;
    await promote(logistic, "staging", gain);
    await promote(logistic, "production", `${gain}, and it can be explained`);
    await crossValidate(demo);
    await bag(demo, 3);
    const bagging = await bag(demo, 6);
    await promote(
      bagging,
      "staging",
      `candidate to compare: test AUC ${figure(bagging.auc)} against ${figure(logistic.auc)}`,
    );
    const begin = (message: string) => {
      demo.begin(message);
      demo.runs++;
    };
    await explainVersions({ ...demo, begin }, [logistic, bagging]);
    await watchFlights(project, begin);
    await mendWages(project, begin);
    copyFileSync(flightsFile, join(root, "flights.parquet"));
    writeFileSync(join(root, "wages.csv"), csvOf(test));
    options.onProgress?.("done", 1);
    const versions = await registry.versions(modelName);
    return { root, runs: demo.runs, versions: versions.length, model: modelName };
  } finally {
    await project.close();
  }
}
