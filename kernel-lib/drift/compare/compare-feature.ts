import { twoProportionZ } from "../../stats/two-proportion-z";
import { alignedCounts, distinctUpTo } from "../methods/counts-of";
import { defaultMethod } from "../methods/default-method";
import { describeChange, shareMove, wordChange } from "./describe-change";
import { distributionOf } from "./distribution";
import type { DriftMethod } from "../methods/drift-method";
import { aucEffect, effectSize, shareEffect } from "./effect-size";
import type { CategoricalSample, FeatureSample, NumericalSample } from "../feature-sample";
import { categoricalSide, presentRows, type FeatureSide } from "./feature-side";
import { isIdentifier } from "./identifier";
import { driftMethod } from "../methods/methods";
import { countWords, numberWords } from "../number-words";
import type { EffectSize, FeatureDistribution, FeatureSummary, FeatureType } from "../report";
import { textDrift, wordsOf } from "./text-drift";
import { coverageWords, timeProfiles } from "./time-profile";

/** A test of its own that a feature takes beside its method: whether more, or fewer, of its values are missing. */
export interface MissingTest {
  pValue: number;
  effect: EffectSize;
  /** What moved, in words. */
  change: string;
}

/** A feature of two sides, before it is seen with the others. */
export interface ComparedFeature {
  feature: string;
  type: FeatureType;
  method: string;
  title: string;
  scoreKind: DriftMethod["scoreKind"];
  threshold: number;
  /** NaN where the method has no answer; `undecided` then tells why. */
  score: number;
  statistic: number | null;
  drifted: boolean;
  effect: EffectSize | null;
  change: string;
  undecided: string | null;
  missing: MissingTest | null;
  reference: FeatureSummary;
  current: FeatureSummary;
  distribution: FeatureDistribution | null;
}

/** How a feature is to be compared. */
export interface ComparedAs {
  feature: string;
  type: Exclude<FeatureType, "constant">;
  /** Whether nobody chose how: what looks like an identifier is then not compared. */
  inferred?: boolean;
  /** Instead of the default; it fits the type. */
  method?: DriftMethod | undefined;
  /** Instead of the method's. */
  threshold?: number | undefined;
  /** Level for what can be detected, corrected for the number of features. */
  alpha: number;
}

/** A classifier's ROC AUC is its distance; Evidently's limit. */
export const textMethod = {
  name: "text-classifier",
  title: "Classifier of the words",
  scoreKind: "distance",
  threshold: 0.55,
} as const;

const few = 6;

/** Distinct values of both sides, as far as the choice of a method needs them. */
function distinctOf(reference: FeatureSample, current: FeatureSample): number {
  if (reference.kind === "numerical" && current.kind === "numerical") {
    const most = Math.max(distinctUpTo(reference.sorted, few), distinctUpTo(current.sorted, few));
    if (most >= few) return most;
  }
  return alignedCounts(reference, current).reference.length;
}

function missingTest(
  { summary: a }: FeatureSide,
  { summary: b }: FeatureSide,
  alpha: number,
): MissingTest | null {
  if (a.rows === 0 || b.rows === 0) return null;
  const [left, right] = [a.missing + a.infinite, b.missing + b.infinite];
  if (left === 0 && right === 0) return null;
  const [from, to] = [left / a.rows, right / b.rows];
  const { pValue } = twoProportionZ(
    { successes: left, trials: a.rows },
    { successes: right, trials: b.rows },
  );
  return {
    pValue,
    effect: shareEffect({ share: from, rows: a.rows }, { share: to, rows: b.rows }, alpha),
    change: `missing ${a.infinite + b.infinite > 0 ? "or infinite " : ""}values ${shareMove(from, to) ?? "stayed as they were"}`,
  };
}

function whyEmpty(reference: FeatureSide, current: FeatureSide): string | null {
  const words = (name: string, side: FeatureSide) =>
    presentRows(side) > 0
      ? []
      : [
          side.summary.rows === 0
            ? `${name} has no rows`
            : `${name} has no value in ${countWords(side.summary.rows, "row")}`,
        ];
  const reasons = [...words("reference", reference), ...words("current", current)];
  return reasons.length === 0 ? null : reasons.join(", and ");
}

function whyUndecided(as: ComparedAs, reference: FeatureSide, current: FeatureSide): string | null {
  const empty = whyEmpty(reference, current);
  if (empty !== null || as.inferred !== true || !isIdentifier(reference, current)) return empty;
  return "no value comes twice, as in an identifier; it is compared where its type is given";
}

type Answer = Pick<
  ComparedFeature,
  | "type"
  | "method"
  | "title"
  | "scoreKind"
  | "threshold"
  | "score"
  | "statistic"
  | "drifted"
  | "effect"
  | "change"
  | "undecided"
  | "distribution"
>;

function scored(
  as: ComparedAs,
  method: DriftMethod,
  reference: FeatureSide,
  current: FeatureSide,
): Answer {
  const { name, title, scoreKind } = method;
  const threshold = as.threshold ?? method.threshold;
  const { score, statistic } = method.compare(reference.sample, current.sample);
  const isNumber = !Number.isNaN(score);
  return {
    type: as.type,
    method: name,
    title,
    scoreKind,
    threshold,
    score,
    statistic,
    drifted: isNumber && method.drifted(score, threshold),
    effect: effectSize(reference, current, as.alpha),
    change: describeChange(reference, current),
    undecided: isNumber ? null : `the ${title} has no answer for these values`,
    distribution: distributionOf(reference.sample, current.sample),
  };
}

function compareValues(as: ComparedAs, reference: FeatureSide, current: FeatureSide): Answer {
  const distinct = distinctOf(reference.sample, current.sample);
  const kind = reference.sample.kind;
  const method = as.method ?? driftMethod(defaultMethod(kind, presentRows(reference), distinct));
  const answer = scored(as, method, reference, current);
  if (distinct !== 1) return answer;
  const value =
    reference.sample.kind === "numerical"
      ? numberWords(Number(reference.sample.sorted[0]))
      : JSON.stringify([...reference.sample.counts.keys()][0]);
  return { ...answer, type: "constant", change: `both sides hold ${value} alone` };
}

/** How many rows have each word. */
function wordCounts(texts: readonly string[]): CategoricalSample {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const word of new Set(wordsOf(text))) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { kind: "categorical", counts, missing: 0 };
}

function compareTexts(as: ComparedAs, reference: FeatureSide, current: FeatureSide): Answer {
  const [left, right] = [reference.texts ?? [], current.texts ?? []];
  const { auc, reference: n, current: m } = textDrift(left, right);
  const threshold = as.threshold ?? textMethod.threshold;
  const [x, y] = [wordCounts(left), wordCounts(right)];
  const isNumber = !Number.isNaN(auc);
  const moved = wordChange(
    { rowsOfWord: x.counts, texts: left.length },
    { rowsOfWord: y.counts, texts: right.length },
  );
  return {
    ...textMethod,
    type: "text",
    method: textMethod.name,
    threshold,
    score: auc,
    statistic: null,
    drifted: isNumber && auc > threshold,
    effect: isNumber ? aucEffect(auc, n, m, as.alpha) : null,
    change: `words tell the sides apart with an AUC of ${numberWords(auc)}, where 0.5 is chance${moved === "" ? "" : `; ${moved}`}`,
    undecided: isNumber ? null : "there are too few texts to learn from",
    distribution: distributionOf(x, y),
  };
}

/** What is said where a method has no answer. */
function unanswered(
  { type, threshold }: Pick<ComparedAs, "type" | "threshold">,
  method: Pick<DriftMethod, "name" | "title" | "scoreKind" | "threshold">,
  undecided: string,
): Answer {
  const { name, title, scoreKind } = method;
  return {
    type,
    method: name,
    title,
    scoreKind,
    threshold: threshold ?? method.threshold,
    score: NaN,
    statistic: null,
    drifted: false,
    effect: null,
    change: "",
    undecided,
    distribution: null,
  };
}

function compareTimes(as: ComparedAs, reference: FeatureSide, current: FeatureSide): Answer {
  const [x, y] = [reference.sample, current.sample] as [NumericalSample, NumericalSample];
  const coverage = coverageWords(reference, current);
  const method = driftMethod("jensenshannon");
  const distribution = distributionOf(x, y);
  const answers = timeProfiles(x, y)
    .map((profile) => ({
      what: profile.what,
      ...scored(
        { ...as, method },
        method,
        categoricalSide(profile.reference.counts, 0),
        categoricalSide(profile.current.counts, 0),
      ),
    }))
    .sort((a, b) => b.score - a.score);
  const worst = answers[0];
  if (!worst)
    return {
      ...unanswered(as, method, `${coverage}; that is too short to compare hours or weekdays`),
      change: coverage,
      distribution,
    };
  const { what, ...answer } = worst;
  return { ...answer, change: `${coverage}; by ${what}, ${answer.change}`, distribution };
}

/** Bins and means of values whose range overflows a double have no answer. */
function whyTooWide(...sides: readonly FeatureSide[]): string | null {
  const ends = sides.flatMap(({ sample }) =>
    sample.kind === "numerical" ? [sample.sorted[0] ?? NaN, sample.sorted.at(-1) ?? NaN] : [],
  );
  return Math.max(...ends) - Math.min(...ends) === Infinity && ends.length > 0
    ? "its values lie further apart than a number can tell"
    : null;
}

/** Compares a feature, both sides of which are in the form that its type asks for. */
export function compareFeature(
  as: ComparedAs,
  reference: FeatureSide,
  current: FeatureSide,
): ComparedFeature {
  const rest = {
    feature: as.feature,
    missing: missingTest(reference, current, as.alpha),
    reference: reference.summary,
    current: current.summary,
  };
  const undecided = whyUndecided(as, reference, current) ?? whyTooWide(reference, current);
  if (undecided === null) {
    const compare =
      as.type === "text" ? compareTexts : as.type === "timestamp" ? compareTimes : compareValues;
    return { ...rest, ...compare(as, reference, current) };
  }
  const kind = reference.sample.kind;
  const method =
    as.type === "text"
      ? textMethod
      : (as.method ?? driftMethod(defaultMethod(kind, presentRows(reference), few)));
  return {
    ...rest,
    ...unanswered(as, method, undecided),
    distribution: distributionOf(reference.sample, current.sample),
  };
}

/** A feature that cannot be compared, whatever it holds. */
export function incomparable(
  feature: string,
  undecided: string,
  rows: { reference: number; current: number },
): ComparedFeature {
  const method = driftMethod("jensenshannon");
  const nothing = { sample: { kind: "categorical", counts: new Map(), missing: 0 } as const };
  const side = (count: number): FeatureSummary => ({
    ...categoricalSide(nothing.sample.counts, 0).summary,
    rows: count,
    distinct: null,
  });
  return {
    ...unanswered({ type: "categorical" }, method, undecided),
    feature,
    missing: null,
    reference: side(rows.reference),
    current: side(rows.current),
  };
}
