import { setImmediate as nextTurn } from "node:timers/promises";
import { AssayerError } from "../errors";
import { metric, type MetricName } from "../evaluate/named-metric";
import type { ConstraintResult, FairnessConstraint } from "../fairness/constraint";
import { metricFrame, type MetricFrame } from "../fairness/metric-frame";
import type {
  FairnessGroup,
  FairnessGrouping,
  FairnessReport,
  GroupScores,
} from "../fairness/report";
import { noFigure } from "../fairness/intervals/estimate";
import { errorTree } from "../fairness/slices/error-tree";
import { findSlices } from "../fairness/slices/find-slices";
import { ThresholdExplorer } from "../fairness/threshold-explorer";
import { judgeFairness } from "../fairness/verdict/judge-fairness";
import { regressionLoss } from "../fairness/verdict/judged-metrics";
import type { LongWork } from "../store/long-work";
import type { DataSource } from "../store/scan/data-source";
import { throwIfStopped } from "../store/scan/scan-database";
import { fairnessSummary, fairnessVerdictOf } from "./fairness-summary";
import { labelledRows, type LabelledRows } from "./labelled-rows";
import { readFairness, type FairnessColumns } from "./read-fairness";
import type { RowGroups } from "./row-groups";

export interface FairnessReportOptions extends LongWork, FairnessColumns {
  /** Default `fairness`. */
  name?: string;
  /** Default `binary`. */
  problem?: "binary" | "regression";
  /** The label that counts as positive. Default 1, or true. */
  posLabel?: string | number | boolean;
  /** A score above it is a positive answer where there are no predicted labels. Default 0.5. */
  threshold?: number;
  /**
   * Default selection rate, accuracy, true and false positive rate, precision, and with scores the area under the ROC
   * curve; of numbers the mean absolute error, RMSE and R². Where none of those asked for keeps what verdicts are made of
   * (counts of answers, or the mean absolute error), the selection rate, or that error, is added.
   */
  metrics?: readonly MetricName[];
  /** Groups by several sensitive features together as well, while there are at most 100 of them. Default true. */
  intersections?: boolean;
  /**
   * What is required. Default demographic parity, equal opportunity and equalized odds, each with a gap of at most 0.1;
   * of numbers nothing.
   */
  constraints?: readonly FairnessConstraint[];
  /** Of every interval. Default 0.95. */
  confidence?: number;
  /** Default 0: intervals are analytic. */
  resamples?: number;
  seed?: number;
  /** Groups with fewer rows are called small and never pass. Default 30. */
  smallGroup?: number;
  /** The registered version whose predictions these are. */
  model?: { name: string; number: number };
  /** When the report is made. Default now. */
  now?: Date;
}

const metricsOf = {
  binary: ["selectionRate", "accuracy", "truePositiveRate", "falsePositiveRate", "precision"],
  regression: ["mae", "rmse", "r2"],
} as const satisfies Record<string, readonly MetricName[]>;

const requiredByDefault: readonly FairnessConstraint[] = [
  { constraint: "demographicParity", maxDifference: 0.1 },
  { constraint: "equalOpportunity", maxDifference: 0.1 },
  { constraint: "equalizedOdds", maxDifference: 0.1 },
];

/** More groups say little to a reader; intersections with more are left out, and the report says so. */
const mostGroups = 100;
/** Curves of more groups cannot be told apart. */
const mostCurves = 24;
/** An overlap of more features has hardly a row in each group. */
const mostTogether = 3;

/**
 * How a model treats groups of people: its metrics of each group with confidence intervals, how far groups are apart,
 * whether that is within what was required, and where it errs most. The verdict on a requirement is `pass`, `fail` or
 * `insufficient`: not enough evidence, with the number of labelled rows that would tell. The report holds counts of
 * groups and never a row.
 *
 * @param source predictions with labels, and the sensitive features unless those are kept apart
 * @returns plain JSON
 * @throws AssayerError "invalid-argument" for unknown columns, a third class, weights that are negative, a sensitive
 *   feature of more than 1,000 values; what reading the source throws; "aborted" once the signal says so
 * @example await fairnessReport(project.source({ runId, kind: "predictions" }), { sensitiveFeatures: ["sex"], sensitiveSource: { source: "people.parquet", key: "request_id" } })
 */
export async function fairnessReport(
  source: DataSource,
  options: FairnessReportOptions,
): Promise<FairnessReport> {
  const { problem = "binary", onProgress, signal, sensitiveFeatures } = options;
  if (!["binary", "regression"].includes(problem))
    throw new AssayerError(
      "invalid-argument",
      `unknown problem: ${problem}; expected one of binary, regression`,
    );
  if (!Array.isArray(sensitiveFeatures) || sensitiveFeatures.length === 0)
    throw new AssayerError(
      "invalid-argument",
      "fairnessReport requires one sensitive feature or more; got none",
    );
  const read = await readFairness(source, options, problem, options);
  throwIfStopped(signal);
  const labelled = labelledRows(read, problem, options);
  const warnings = [...read.warnings, ...labelled.warnings];
  const metrics = namesOf(options, problem, labelled.yScore !== null);
  const sets = featureSets(sensitiveFeatures, options.intersections ?? true);
  const groupings: FairnessGrouping[] = [];
  let overall: FairnessGroup | undefined;
  for (const [i, features] of sets.entries()) {
    await nextTurn();
    throwIfStopped(signal);
    onProgress?.(`groups by ${features.join(" and ")}`, 0.3 + (0.4 * i) / sets.length);
    const by = labelled.groupsBy(features);
    if (by.groups.length > mostGroups && features.length > 1) {
      warnings.push(
        `${features.join(" and ")} make ${by.groups.length} groups, more than ${mostGroups}: left out`,
      );
      continue;
    }
    const made = groupingOf(labelled, features, by, metrics, options);
    overall ??= made.overall;
    groupings.push(made.grouping);
  }
  const { confidence = 0.95, smallGroup = 30, model = null, name = "fairness" } = options;
  const { positiveLabel } = labelled;
  const evidence = {
    problem,
    groupings,
    confidence,
    overall: overall as FairnessGroup,
    smallGroup,
    positiveLabel,
  };
  const constraints = options.constraints ?? (problem === "binary" ? requiredByDefault : []);
  await nextTurn();
  throwIfStopped(signal);
  onProgress?.("judging", 0.7);
  const results: ConstraintResult[] =
    constraints.length === 0 ? [] : judgeFairness(evidence, constraints);
  await nextTurn();
  throwIfStopped(signal);
  onProgress?.("looking for slices", 0.8);
  const { features, loss } = labelled;
  const hasFeatures = Object.keys(features).length > 0;
  const slices = hasFeatures ? findSlices({ features, loss }, { confidence }) : [];
  await nextTurn();
  throwIfStopped(signal);
  onProgress?.("error tree", 0.9);
  const tree = hasFeatures ? errorTree({ features, loss }) : null;
  onProgress?.("fairness told", 1);
  return {
    kind: "fairness",
    format: 1,
    name,
    createdAt: (options.now ?? new Date()).toISOString(),
    data: read.data,
    model,
    ...evidence,
    metrics: metrics.map((each) => {
      const { label, better, denominator } = metric(each);
      return { name: each, label, better, denominator };
    }),
    results,
    slices,
    errorTree: tree,
    verdict: fairnessVerdictOf(results),
    summary: fairnessSummary(results),
    warnings,
  };
}

/** With one that keeps the evidence that verdicts are made of, where nothing asked for would. */
function namesOf(
  { metrics }: FairnessReportOptions,
  problem: "binary" | "regression",
  hasScores: boolean,
): readonly MetricName[] {
  const names =
    metrics ??
    (problem === "binary" && hasScores ? [...metricsOf.binary, "rocAuc"] : metricsOf[problem]);
  const isKept = names.some((name) =>
    problem === "binary" ? metric(name).input === "counts" : name === regressionLoss,
  );
  const needed = problem === "binary" ? "selectionRate" : regressionLoss;
  return [...new Set<MetricName>(isKept ? names : [...names, needed])];
}

/** Each feature by itself, then every two, then three of them. */
function featureSets(features: readonly string[], intersections: boolean): string[][] {
  const names = [...new Set(features)];
  let sets = names.map((name) => [name]);
  const all = [...sets];
  for (let size = 2; intersections && size <= Math.min(names.length, mostTogether); size++) {
    sets = sets.flatMap((set) =>
      names.slice(names.indexOf(set.at(-1) ?? "") + 1).map((name) => [...set, name]),
    );
    all.push(...sets);
  }
  return all;
}

function groupingOf(
  rows: LabelledRows,
  features: string[],
  { groups: names, codes }: RowGroups,
  metrics: readonly MetricName[],
  { confidence, resamples, seed, smallGroup }: FairnessReportOptions,
): { overall: FairnessGroup; grouping: FairnessGrouping } {
  const { yTrue, yPred, yScore, sampleWeight } = rows;
  const frame = metricFrame({
    metrics,
    yTrue,
    yPred,
    ...(yScore && { yScore }),
    ...(sampleWeight && { sampleWeight }),
    ...(confidence !== undefined && { confidence }),
    ...(resamples !== undefined && { resamples }),
    ...(seed !== undefined && { seed }),
    ...(smallGroup !== undefined && { smallGroup }),
    sensitiveFeatures: { [features.join(" and ")]: codes },
  });
  const scores = scoresOf(rows, codes);
  const found = new Map(frame.byGroup.map((group) => [group.name, group]));
  const nameOf = (code: string | null) =>
    code === null ? null : (names[Number(code)]?.name ?? null);
  return {
    overall: { ...frame.overall, scores: scores?.overall ?? null },
    grouping: {
      features,
      groups: names.map((group, code) => ({
        ...(found.get(String(code)) ?? emptyGroup(frame)),
        ...group,
        scores: names.length <= mostCurves ? (scores?.groups.get(String(code)) ?? null) : null,
      })),
      disparities: Object.fromEntries(
        Object.entries(frame.disparities()).map(([name, each]) => [
          name,
          { ...each, lowest: nameOf(each.lowest), highest: nameOf(each.highest) },
        ]),
      ),
    },
  };
}

/** @param codes the group of each row */
function scoresOf(
  { yTrue, yScore, sampleWeight }: LabelledRows,
  codes: Uint32Array,
): { overall: GroupScores; groups: Map<string, GroupScores> } | null {
  if (!yScore) return null;
  const explorer = new ThresholdExplorer({
    yTrue,
    yScore,
    groups: codes,
    ...(sampleWeight && { sampleWeight }),
  });
  const thin = explorer.thin();
  return {
    overall: thin.overall,
    groups: new Map(thin.groups.map(({ group, scores }) => [group, scores])),
  };
}

/** What is known of a group none of whose rows can be judged: it stays in sight. */
function emptyGroup({ overall, metrics }: MetricFrame): Omit<FairnessGroup, "name" | "values"> {
  const none = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
  return {
    rows: 0,
    counts: overall.counts && none,
    rowCounts: overall.rowCounts && none,
    weightSquares: overall.weightSquares && none,
    small: true,
    figures: Object.fromEntries(metrics.map((each) => [each, noFigure(0)])),
    scores: null,
  };
}
