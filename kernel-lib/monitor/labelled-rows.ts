import { AssayerError } from "../errors";
import { missingGroup } from "../fairness/frame/group-codes";
import type { FairnessRows, ReadColumn } from "./read-fairness";

/** Rows that can be judged: with a label and a prediction. */
export interface LabelledRows {
  /** Of a classifier 0 and 1. */
  yTrue: Float64Array;
  yPred: Float64Array;
  yScore: Float64Array | null;
  sampleWeight: Float64Array | null;
  sensitive: Record<string, string[]>;
  features: Record<string, ReadColumn>;
  /** 1 for a wrong answer and 0 for a right one, or the absolute error. */
  loss: Float64Array;
  positiveLabel: string | null;
  /** Every group of the rows, also of those that cannot be judged, with the value of each feature. */
  everyGroup: (features: readonly string[]) => Map<string, Record<string, string>>;
  warnings: string[];
}

export interface LabelOptions {
  posLabel?: string | number | boolean;
  threshold?: number;
}

/** The name of a row's group by these features. */
export function groupName(
  features: readonly string[],
  sensitive: Readonly<Record<string, readonly string[]>>,
  row: number,
): string {
  return features.map((feature) => sensitive[feature]?.[row] ?? "").join(", ");
}

/**
 * Labels as numbers, and of all columns the rows that have a label, a prediction, a weight and, where there are scores,
 * a score. What is left out is told.
 *
 * @throws AssayerError "invalid-argument" for labels that are not those of two classes, or when no row is left
 */
export function labelledRows(
  read: FairnessRows,
  problem: "binary" | "regression",
  { posLabel, threshold = 0.5 }: LabelOptions,
): LabelledRows {
  const { rows, yScore, sampleWeight } = read;
  if (!Number.isFinite(threshold))
    throw new AssayerError(
      "invalid-argument",
      `fairnessReport requires a finite threshold; got ${threshold}`,
    );
  const positive = problem === "binary" ? positiveOf(read, posLabel) : null;
  const yTrue = numbersOf(read.yTrue, positive);
  const yPred = read.yPred
    ? numbersOf(read.yPred, positive)
    : (yScore as Float64Array).map((score) =>
        Number.isNaN(score) ? NaN : Number(score > threshold),
      );
  const reasons: [string, (row: number) => boolean][] = [
    ["have no label yet", (row) => Number.isNaN(yTrue[row])],
    ["miss a prediction", (row) => Number.isNaN(yPred[row])],
    ...(yScore
      ? [
          ["miss a score", (row: number) => !Number.isFinite(yScore[row])] as [
            string,
            (row: number) => boolean,
          ],
        ]
      : []),
  ];
  const kept: number[] = [];
  const dropped = reasons.map(() => 0);
  for (let row = 0; row < rows; row++) {
    const why = reasons.findIndex(([, isMissing]) => isMissing(row));
    if (why < 0) kept.push(row);
    else dropped[why] = (dropped[why] ?? 0) + 1;
  }
  if (kept.length === 0)
    throw new AssayerError(
      "invalid-argument",
      `fairnessReport requires rows with a label and a prediction; got none among ${rows}`,
    );
  const takeNumbers = (values: Float64Array) =>
    Float64Array.from(kept, (row) => values[row] as number);
  const take = (values: ReadColumn): ReadColumn =>
    values instanceof Float64Array ? takeNumbers(values) : kept.map((row) => values[row] ?? null);
  const texts = mapValues(read.sensitive, (values) => values.map((value) => value ?? missingGroup));
  const actual = takeNumbers(yTrue);
  const predicted = takeNumbers(yPred);
  return {
    yTrue: actual,
    yPred: predicted,
    yScore: yScore && takeNumbers(yScore),
    sampleWeight: sampleWeight && takeNumbers(sampleWeight),
    sensitive: mapValues(texts, (values) => kept.map((row) => values[row] ?? "")),
    features: mapValues(read.features, take),
    loss: actual.map((label, row) => Math.abs(label - (predicted[row] as number))),
    positiveLabel: positive,
    everyGroup: (features) => {
      const found = new Map<string, Record<string, string>>();
      for (let row = 0; row < rows; row++) {
        const name = groupName(features, texts, row);
        if (!found.has(name))
          found.set(
            name,
            Object.fromEntries(features.map((feature) => [feature, texts[feature]?.[row] ?? ""])),
          );
      }
      return found;
    },
    warnings: reasons.flatMap(([what], i) =>
      (dropped[i] ?? 0) > 0 ? [`${dropped[i] ?? 0} of ${rows} rows ${what}, and are left out`] : [],
    ),
  };
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** The positive label as text; by default 1 or true, of labels that are 0 and 1, or false and true. */
function positiveOf({ yTrue, yPred }: FairnessRows, posLabel: LabelOptions["posLabel"]): string {
  const labels = new Set<string>();
  for (const column of [yTrue, yPred ?? []])
    for (const label of column) if (typeof label === "string") labels.add(label);
  const named =
    posLabel === undefined ? ["1", "true"].find((label) => labels.has(label)) : String(posLabel);
  const isKnown =
    posLabel !== undefined ||
    [...labels].every((label) => ["0", "1", "false", "true"].includes(label));
  if (!isKnown || labels.size > 2)
    throw new AssayerError(
      "invalid-argument",
      isKnown
        ? `fairnessReport requires labels of two classes; got ${labels.size} different ones`
        : `fairnessReport requires posLabel for labels other than 0 and 1, or false and true; got ${labels.size} different ones`,
    );
  if (named !== undefined && labels.size === 2 && !labels.has(named))
    throw new AssayerError(
      "invalid-argument",
      `fairnessReport requires posLabel among the labels; got ${named}`,
    );
  return named ?? "1";
}

function numbersOf(column: ReadColumn, positive: string | null): Float64Array {
  if (column instanceof Float64Array) return column;
  return Float64Array.from(column, (label) => (label === null ? NaN : Number(label === positive)));
}
