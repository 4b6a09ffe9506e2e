import { AssayerError } from "../errors";
import { missingGroup } from "../fairness/frame/group-codes";
import { gather } from "../fairness/frame/row-evidence";
import { argsort } from "../stats/argsort";
import type { FairnessRows, ReadColumn } from "./read-fairness";
import { rowGroups, type RowGroups } from "./row-groups";

/** Rows that can be judged: with a label and a prediction. */
export interface LabelledRows {
  /** Of a classifier 0 and 1. */
  yTrue: Float64Array;
  yPred: Float64Array;
  yScore: Float64Array | null;
  sampleWeight: Float64Array | null;
  features: Record<string, ReadColumn>;
  /** 1 for a wrong answer and 0 for a right one, or the absolute error. */
  loss: Float64Array;
  positiveLabel: string | null;
  /** Every group by these features, also one that has no row here, and the group of each row. */
  groupsBy: (features: readonly string[]) => RowGroups;
  warnings: string[];
}

export interface LabelOptions {
  posLabel?: string | number | boolean;
  threshold?: number;
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
  ];
  if (yScore) reasons.push(["miss a score", (row) => !Number.isFinite(yScore[row])]);
  if (sampleWeight) reasons.push(["miss a weight", (row) => Number.isNaN(sampleWeight[row])]);
  const judged: number[] = [];
  const dropped = reasons.map(() => 0);
  for (let row = 0; row < rows; row++) {
    const why = reasons.findIndex(([, isMissing]) => isMissing(row));
    if (why < 0) judged.push(row);
    else dropped[why] = (dropped[why] ?? 0) + 1;
  }
  if (judged.length === 0)
    throw new AssayerError(
      "invalid-argument",
      `fairnessReport requires rows with a label and a prediction; got none among ${rows}`,
    );
  const kept = byScore(Uint32Array.from(judged), yScore);
  const takeNumbers = (values: Float64Array) => gather(values, kept, new Float64Array(kept.length));
  const take = (values: ReadColumn): ReadColumn =>
    values instanceof Float64Array
      ? takeNumbers(values)
      : Array.from(kept, (row) => values[row] ?? null);
  const texts = mapValues(read.sensitive, (values) => values.map((value) => value ?? missingGroup));
  const actual = takeNumbers(yTrue);
  const predicted = takeNumbers(yPred);
  return {
    yTrue: actual,
    yPred: predicted,
    yScore: yScore && takeNumbers(yScore),
    sampleWeight: sampleWeight && takeNumbers(sampleWeight),
    features: mapValues(read.features, take),
    loss: actual.map((label, row) => Math.abs(label - (predicted[row] as number))),
    positiveLabel: positive?.label ?? null,
    groupsBy: (features) => {
      const { groups, codes } = rowGroups(texts, features);
      return { groups, codes: gather(codes, kept, new Uint32Array(kept.length)) };
    },
    warnings: reasons.flatMap(([what], i) =>
      (dropped[i] ?? 0) > 0 ? [`${dropped[i] ?? 0} of ${rows} rows ${what}, and are left out`] : [],
    ),
  };
}

/** Rows by rising score, so that nothing that is made of them has to sort them again. */
function byScore(rows: Uint32Array, scores: Float64Array | null): Uint32Array {
  if (!scores) return rows;
  const order = argsort(gather(scores, rows, new Float64Array(rows.length)));
  return gather(rows, order, new Uint32Array(rows.length));
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/**
 * The positive label as text; by default 1 or true, of labels that are 0 and 1, or false and true. Where all are of
 * those four, true is 1 and false is 0, also where one column has truth values and the other numbers.
 */
function positiveOf({ yTrue, yPred }: FairnessRows, posLabel: LabelOptions["posLabel"]): Positive {
  const labels = new Set<string>();
  for (const column of [yTrue, yPred ?? []])
    for (const label of column) if (typeof label === "string") labels.add(label);
  const areTruth = [...labels].every((label) => Object.hasOwn(truth, label));
  if (posLabel === undefined && !areTruth)
    throw new AssayerError(
      "invalid-argument",
      `fairnessReport requires posLabel for labels other than 0 and 1, or false and true; got ${labels.size} different ones`,
    );
  const classOf = (label: string) => (areTruth ? (truth[label] ?? label) : label);
  const named = classOf(String(posLabel ?? "1"));
  const classes = new Set(Array.from(labels, classOf));
  if (classes.size > 2)
    throw new AssayerError(
      "invalid-argument",
      `fairnessReport requires labels of two classes; got ${classes.size} different ones`,
    );
  if (classes.size === 2 && !classes.has(named))
    throw new AssayerError(
      "invalid-argument",
      `fairnessReport requires posLabel among the labels; got ${named}`,
    );
  const label = [...labels].find((each) => classOf(each) === named) ?? named;
  return {
    label,
    codes: new Map(Array.from(labels, (each) => [each, Number(classOf(each) === named)])),
  };
}

interface Positive {
  label: string;
  /** Of each label 1 if it is positive, else 0. */
  codes: ReadonlyMap<string, number>;
}

const truth: Readonly<Record<string, string>> = { 0: "0", 1: "1", false: "0", true: "1" };

function numbersOf(column: ReadColumn, positive: Positive | null): Float64Array {
  if (column instanceof Float64Array) return column;
  const numbers = new Float64Array(column.length);
  column.forEach((label, row) => {
    numbers[row] = label === null ? NaN : (positive?.codes.get(label) ?? NaN);
  });
  return numbers;
}
