import { AssayerError } from "../errors";
import { assembleReport } from "../drift/assemble-report";
import type { Chunking, ChunkingOfSides } from "../drift/timeline/chunks";
import {
  compareFeature,
  incomparable,
  type ComparedFeature,
} from "../drift/compare/compare-feature";
import {
  asCategories,
  categoricalSide,
  numericalSide,
  type FeatureSide,
} from "../drift/compare/feature-side";
import { mostWholeCategories } from "../drift/compare/feature-type";
import { isDataProfile, type DataProfile } from "../drift/profile/data-profile";
import { foldOthers } from "../drift/profile/profile-side";
import type { PerformanceReport } from "../drift/performance-report";
import type { DriftReport, MultivariateDrift, FeatureType, ReportSide } from "../drift/report";
import type { DriftTimeline } from "../drift/timeline";
import type { LongWork } from "../store/long-work";
import type { DataSource } from "../store/scan/data-source";
import { throwIfStopped } from "../store/scan/scan-database";
import { timelinesWithWarnings } from "./drift-timeline";
import { multivariateDrift } from "./multivariate";
import { openFeatures, type FeatureSource } from "./feature-source";
import {
  ChosenMethods,
  planFeatures,
  type FeatureChoices,
  type FeaturePlan,
  type PlannedFeature,
} from "./plan-features";
import { requireReportOptions } from "./require-report-options";

export interface DriftReportOptions extends FeatureChoices, LongWork {
  /** Default `drift`. */
  name?: string;
  /** The data set drifted when so many of its features did, from 0 to 1. Default 0.5. */
  driftShare?: number;
  /** Of p-values across features. Default `benjamini-hochberg`. */
  correction?: DriftReport["correction"];
  /** Level at which an alarm is given on two samples of one distribution, for the whole report. Default 0.05. */
  alpha?: number;
  /** Weights of the model's features: mean absolute SHAP values, coefficients of standardised features, and such. */
  importance?: Readonly<Record<string, number>>;
  /** What `estimatePerformance` said of the same data: its change is told in the report. */
  performance?: PerformanceReport;
  /** Beside the whole, chunk by chunk: each feature of numbers or categories gets a timeline, as `driftTimeline` makes it. */
  overTime?: Chunking | ChunkingOfSides;
  /** Looks at all features together too: `reconstructionError` and `domainClassifier`. Default false. */
  multivariate?: boolean;
  /** When the report is made. Default now. */
  now?: Date;
}

function sideOf({ rows, description, origin }: FeatureSource): ReportSide {
  return { rows, description, origin };
}

function emptySide({ as }: PlannedFeature, rows: number): FeatureSide {
  return as === "numbers"
    ? numericalSide(new Float64Array(rows).fill(NaN))
    : categoricalSide(new Map(), rows);
}

/** Whole numbers of few values are categories, which is known once they were read. */
function lookedAt(
  feature: PlannedFeature,
  sides: [FeatureSide, FeatureSide],
): { type: PlannedFeature["type"]; sides: [FeatureSide, FeatureSide] } {
  const few = sides.every(({ summary }) => Number(summary.distinct) <= mostWholeCategories);
  if (feature.type !== "numerical" || !feature.inferred || !feature.integer || !few)
    return { type: feature.type, sides };
  return { type: "categorical", sides: [asCategories(sides[0]), asCategories(sides[1])] };
}

/** Times come later by nature, and free text has no chunks to compare. */
function isFollowed(type: FeatureType): boolean {
  return type === "numerical" || type === "categorical" || type === "constant";
}

/** Reads both sides, feature by feature, and compares them. */
async function compareAll(
  reference: FeatureSource,
  current: FeatureSource,
  plan: FeaturePlan,
  methods: ChosenMethods,
  { alpha, onProgress, signal }: LongWork & { alpha: number },
): Promise<ComparedFeature[]> {
  const work = signal ? { signal } : {};
  const read = (source: FeatureSource, side: "reference" | "current") =>
    source.sides(
      plan.features.filter(({ empty }) => empty !== side),
      work,
    );
  const [left, right] = [read(reference, "reference"), read(current, "current")];
  const next = async (
    sides: AsyncGenerator<FeatureSide>,
    source: FeatureSource,
    feature: PlannedFeature,
    side: "reference" | "current",
  ) => {
    if (feature.empty === side) return emptySide(feature, source.rows);
    const { value } = (await sides.next()) as IteratorYieldResult<FeatureSide>;
    return value;
  };
  const compared: ComparedFeature[] = [];
  try {
    for (const [i, feature] of plan.features.entries()) {
      throwIfStopped(signal);
      onProgress?.(`feature ${feature.name}`, i / plan.features.length);
      const { type, sides } = lookedAt(
        feature,
        foldOthers(
          await Promise.all([
            next(left, reference, feature, "reference"),
            next(right, current, feature, "current"),
          ]),
        ),
      );
      compared.push(
        compareFeature(
          {
            feature: feature.name,
            type,
            inferred: feature.inferred && !methods.hasOwn(feature.name),
            method: methods.methodOf(feature.name, type),
            threshold: methods.thresholdOf(feature.name, type),
            alpha,
          },
          ...sides,
        ),
      );
    }
  } finally {
    await Promise.allSettled([left.return(undefined), right.return(undefined)]);
  }
  onProgress?.("features compared", 1);
  return compared;
}

/** A weight whose feature is not there takes its share of the importance from the others. */
function unusedWeights(
  importance: Readonly<Record<string, number>>,
  compared: readonly ComparedFeature[],
): string[] {
  const known = new Set(compared.map(({ feature }) => feature));
  const unused = Object.keys(importance).filter((name) => !known.has(name));
  const named = unused.slice(0, 5).join(", ");
  const more = unused.length > 5 ? ` and ${unused.length - 5} more` : "";
  return unused.length === 0
    ? []
    : [`importance names what is no compared feature: ${named}${more}`];
}

function requireTable(what: string, source: DataSource | DataProfile): DataSource {
  if (!isDataProfile(source)) return source;
  throw new AssayerError(
    "invalid-argument",
    `driftReport with ${what} requires tables on both sides; got a profile, which holds no rows`,
  );
}

function timelinesOf(
  reference: DataSource | DataProfile,
  current: DataSource | DataProfile,
  features: readonly ComparedFeature[],
  chunking: Chunking | ChunkingOfSides,
  work: LongWork,
): Promise<{ timelines: Record<string, DriftTimeline>; warnings: string[] }> {
  const followed = features.filter(({ type, undecided }) => undecided === null && isFollowed(type));
  return timelinesWithWarnings(
    requireTable("overTime", reference),
    requireTable("overTime", current),
    {
      ...work,
      features: followed.map(({ feature }) => feature),
      types: Object.fromEntries(followed.map(({ feature, type }) => [feature, type])),
      chunking,
    },
  );
}

function togetherOf(
  reference: DataSource | DataProfile,
  current: DataSource | DataProfile,
  features: readonly ComparedFeature[],
  plan: FeaturePlan,
  work: LongWork,
): Promise<{ multivariate: MultivariateDrift[]; warnings: string[] }> {
  const empty = new Set(plan.features.flatMap((each) => (each.empty ? [each.name] : [])));
  const known = features.filter(
    ({ feature, type, undecided }) => undecided === null && isFollowed(type) && !empty.has(feature),
  );
  return multivariateDrift(
    requireTable("multivariate", reference),
    requireTable("multivariate", current),
    {
      ...work,
      features: known.map(({ feature }) => feature),
      types: Object.fromEntries(known.map(({ feature, type }) => [feature, type])),
    },
  );
}

/**
 * Compares two tables, feature by feature: does the current data still look like the reference?
 *
 * Each feature is compared by Evidently's default method for its type and size, or by the one that is asked for, and
 * gets a verdict beside: `alarm` only where the method says drift, the p-value holds after the correction across
 * features (or the distance is more than such numbers of rows show by chance), and the effect is not negligible;
 * `watch` where only some of that is so. A jump of the share of missing values is a test of its own.
 *
 * Whole numbers of 10 distinct values or fewer, booleans and text are categories; text of which more than half is
 * distinct is compared by a classifier of its words, on at most 5000 rows of a side; times by hour and weekday. NaN,
 * null and infinities are missing. Tables are read a few columns at a time.
 *
 * Of either side a profile will do, as `dataProfile` makes it: distribution functions are then off by the error that
 * the side's description tells, free text is not compared, and p-values are those of 4 million rows at most.
 *
 * @param reference what the model was trained on
 * @param current what it sees now
 * @returns plain JSON
 * @throws AssayerError "invalid-source" or "invalid-sql" for data that cannot be read, "invalid-argument" for unknown
 *   features and methods, "aborted" once the signal says so
 * @see Evidently 0.7.21 for methods, thresholds and the share of drifted features
 * @example await driftReport("january.parquet", "june.parquet")
 */
export async function driftReport(
  reference: DataSource | DataProfile,
  current: DataSource | DataProfile,
  options: DriftReportOptions = {},
): Promise<DriftReport> {
  const {
    name = "drift",
    driftShare = 0.5,
    correction = "benjamini-hochberg",
    alpha = 0.05,
    importance = {},
    performance = null,
    overTime,
    multivariate = false,
    now = new Date(),
    onProgress,
    signal,
  } = options;
  requireReportOptions(options);
  const methods = new ChosenMethods(options);
  const work: LongWork = { ...(onProgress && { onProgress }), ...(signal && { signal }) };
  return openFeatures(
    reference,
    (left) =>
      openFeatures(
        current,
        async (right) => {
          const plan = await planFeatures(left, right, options, signal ? { signal } : {});
          const ofEach = correction === "none" ? alpha : alpha / Math.max(1, plan.features.length);
          const compared = await compareAll(left, right, plan, methods, { ...work, alpha: ofEach });
          for (const { name: feature, reason } of plan.incomparable)
            compared.push(
              incomparable(feature, reason, { reference: left.rows, current: right.rows }),
            );
          const { timelines, warnings: told } = overTime
            ? await timelinesOf(reference, current, compared, overTime, signal ? { signal } : {})
            : { timelines: {}, warnings: [] };
          const together = multivariate
            ? await togetherOf(reference, current, compared, plan, signal ? { signal } : {})
            : { multivariate: [], warnings: [] };
          return assembleReport(compared, {
            name,
            createdAt: now.toISOString(),
            reference: sideOf(left),
            current: sideOf(right),
            driftShareThreshold: driftShare,
            correction,
            alpha,
            importance,
            timelines,
            performance,
            multivariate: together.multivariate,
            missingFeatures: plan.missingFeatures,
            newFeatures: plan.newFeatures,
            warnings: [
              ...plan.warnings,
              ...unusedWeights(importance, compared),
              ...told,
              ...together.warnings,
            ],
          });
        },
        work,
      ),
    work,
  );
}
