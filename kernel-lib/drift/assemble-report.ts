import { adjustPValues } from "./compare/adjust-p-values";
import type { ComparedFeature } from "./compare/compare-feature";
import { effectStrength } from "./compare/effect-size";
import { countWords, shareWords } from "./number-words";
import { metricChangeOf } from "./performance/metric-change";
import { ownValue } from "./own-value";
import type { PerformanceReport } from "./performance-report";
import type { DriftReport, FeatureDrift } from "./report";
import type { DriftTimeline } from "./timeline";
import { judge, verdictOrder } from "./compare/verdict";

/** What a report says beside its features. */
export interface ReportContext extends Pick<
  DriftReport,
  | "name"
  | "createdAt"
  | "reference"
  | "current"
  | "driftShareThreshold"
  | "correction"
  | "missingFeatures"
  | "newFeatures"
  | "multivariate"
  | "warnings"
> {
  alpha: number;
  /** Weights of the model's features, of any sign and scale. */
  importance: Readonly<Record<string, number>>;
  timelines: Readonly<Record<string, DriftTimeline>>;
  /** Where the model's performance was estimated, its change is told. */
  performance: PerformanceReport | null;
}

function importanceShares(weights: Readonly<Record<string, number>>): Map<string, number> {
  const entries = Object.entries(weights).map(
    ([name, weight]) => [name, Math.abs(weight)] as const,
  );
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  return new Map(total > 0 ? entries.map(([name, weight]) => [name, weight / total]) : []);
}

/** How far a feature moved, by its values or by what is missing of them. */
function strengthOf({ effect, missing }: ComparedFeature): number {
  return Math.max(
    effect ? effectStrength(effect) : 0,
    missing ? effectStrength(missing.effect) : 0,
  );
}

/** The features that count for the share: times come later by nature, and some have no answer. */
function countedOf(features: readonly FeatureDrift[]): FeatureDrift[] {
  return features.filter(({ type, score }) => type !== "timestamp" && score !== null);
}

function summaryOf(report: Omit<DriftReport, "summary">): string {
  const { features, driftedShare, missingFeatures } = report;
  const counted = countedOf(features);
  const drifted = counted.filter((each) => each.drifted).length;
  const alarms = features.filter(({ verdict }) => verdict === "alarm");
  const [first] = alarms;
  return [
    counted.length === 0
      ? "there was no feature to compare"
      : `${drifted} of ${countWords(counted.length, "feature")} drifted by ${drifted === 1 ? "its" : "their"} method (${shareWords(driftedShare)})`,
    ...(missingFeatures.length === 0
      ? []
      : [
          `${countWords(missingFeatures.length, "feature")} of the reference ${missingFeatures.length === 1 ? "is" : "are"} not there any more`,
        ]),
    first
      ? `${countWords(alarms.length, "alarm")}, first ${first.feature}: ${first.reason}`
      : "no feature gives an alarm",
  ].join("; ");
}

/** Sees the compared features together: corrects p-values, gives verdicts, ranks. */
export function assembleReport(
  compared: readonly ComparedFeature[],
  context: ReportContext,
): DriftReport {
  const { alpha, importance, timelines, performance, ...rest } = context;
  // One family of tests: of a method with a p-value, and of missing values.
  const tests = compared.flatMap((each, i) => [
    ...(each.scoreKind === "p-value" && !Number.isNaN(each.score)
      ? [{ i, kind: "method", p: each.score } as const]
      : []),
    ...(each.missing ? [{ i, kind: "missing", p: each.missing.pValue } as const] : []),
  ]);
  const adjusted = adjustPValues(
    tests.map(({ p }) => p),
    rest.correction,
  );
  const adjustedOf = compared.map(() => ({ method: null as number | null, missing: 1 }));
  for (const [t, { i, kind }] of tests.entries())
    Object.assign(adjustedOf[i] ?? {}, { [kind]: adjusted[t] });
  const shares = importanceShares(importance);
  const ranked = compared
    .map((each, i) => {
      const pValues = adjustedOf[i] ?? { method: null, missing: 1 };
      const share = shares.size === 0 ? null : (shares.get(each.feature) ?? 0);
      const strength = strengthOf(each);
      const feature: FeatureDrift = {
        feature: each.feature,
        type: each.type,
        method: each.method,
        score: each.undecided === null ? each.score : null,
        scoreKind: each.scoreKind,
        threshold: each.threshold,
        statistic: each.statistic,
        adjustedPValue: pValues.method,
        drifted: each.drifted,
        effect: each.effect,
        ...judge(each, pValues, alpha),
        importance: share,
        impact: share === null ? null : share * strength,
        reference: each.reference,
        current: each.current,
        distribution: each.distribution,
        timeline: ownValue(timelines, each.feature) ?? null,
      };
      return { feature, strength };
    })
    .sort(
      (a, b) =>
        verdictOrder.indexOf(a.feature.verdict) - verdictOrder.indexOf(b.feature.verdict) ||
        (b.feature.impact ?? 0) - (a.feature.impact ?? 0) ||
        b.strength - a.strength,
    );
  const features = ranked.map(({ feature }) => feature);
  const counted = countedOf(features);
  const driftedShare =
    counted.length === 0 ? 0 : counted.filter(({ drifted }) => drifted).length / counted.length;
  const report = {
    kind: "drift",
    format: 1,
    ...rest,
    features,
    driftedShare,
    drifted: counted.length > 0 && driftedShare >= rest.driftShareThreshold,
    verdict: rest.missingFeatures.length > 0 ? "alarm" : (features[0]?.verdict ?? "undecided"),
    metricChange: performance && metricChangeOf(performance),
  } as const;
  return { ...report, summary: summaryOf(report) };
}
