import { AssayerError } from "../errors";
import type { CounterfactualColumn } from "../explain/counterfactuals/counterfactual-column";
import { counterfactuals } from "../explain/counterfactuals/counterfactuals";
import type { CounterfactualGoal } from "../explain/counterfactuals/goal";
import type { ExplainableModel } from "../explain/explainable-model";
import type { CellValue } from "../explain/explanation";
import type { ClassAnswer } from "./explained-unit";
import { cellsOf, type ExplainedData, type ModelRows } from "./model-rows";
import { codingOf } from "./row-coding";

/** What may be done to a column of the data. */
export interface ColumnLimits extends Pick<
  CounterfactualColumn,
  "fixed" | "lower" | "upper" | "direction" | "whole"
> {
  /** Texts, or numbers that stand for categories, which it may become. */
  allowed?: readonly (string | number)[];
}

export interface CounterfactualWish {
  /**
   * Default the other one of two classes; of a regression it has to be said. Bounds are of the model's own output: a
   * probability, a number.
   */
  goal?: CounterfactualGoal;
  /** By column: an age is fixed, a debt goes down. */
  limits?: Readonly<Record<string, ColumnLimits>>;
  /** Rows that tell what values columns have; default the background. */
  data?: ExplainedData;
  /** How many ways; default 3, each changing at most `mostChanges` columns, default 3. */
  count?: number;
  mostChanges?: number;
  maxEvaluations?: number;
  signal?: AbortSignal;
}

/** A row that the model answers otherwise, and what differs in it. */
export interface RowCounterfactual {
  values: CellValue[];
  changes: { column: string; from: CellValue; to: CellValue; text: string }[];
  /** By output, of the model's own output. */
  predictions: number[];
  distance: number;
}

export interface RowCounterfactuals {
  columns: string[];
  /** What the model says of the row as it is. */
  predictions: number[];
  /** Whether that is the goal already. */
  reached: boolean;
  /** The nearest first; empty where no way to the goal was found. */
  counterfactuals: RowCounterfactual[];
  /** All changes of so many columns were looked at: the first one is the nearest of these. */
  provenChanges: number;
}

/** What of a row would have to be different, in the words of the model's columns. */
export async function rowCounterfactuals(
  model: ExplainableModel,
  answer: (rows: ModelRows) => Promise<Float64Array>,
  row: ModelRows,
  data: ModelRows,
  classes: ClassAnswer | false,
  wish: CounterfactualWish,
): Promise<RowCounterfactuals> {
  const { limits = {}, count, mostChanges, maxEvaluations, signal } = wish;
  const names = model.columns.map(({ name }) => name);
  const unknown = Object.keys(limits).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new AssayerError(
      "invalid-argument",
      `unknown column: ${unknown}; expected one of ${names.join(", ")}`,
    );
  const coding = codingOf(model, row, data, allowedTexts(model, limits));
  const own = await answer(row);
  const asked = wish.goal ?? otherClass(own, classes);
  const goal = classes === "score" && own.length === 1 ? goalOfScore(asked) : asked;
  const columns = names.map((name, c): CounterfactualColumn => {
    const { allowed, ...rest } = limits[name] ?? {};
    const labels = coding.texts[c];
    const grid = labels ? undefined : thresholdsOf(model, c);
    return {
      name,
      ...rest,
      ...(labels && { kind: "category", labels }),
      ...(!labels && allowed && { kind: "category" }),
      ...(allowed && {
        allowed: allowed.map((value) => {
          const code = labels ? labels.indexOf(String(value)) : value;
          if (typeof code === "number" && !Number.isNaN(code)) return code;
          throw new AssayerError(
            "invalid-argument",
            `counterfactuals requires allowed numbers in ${name}; got ${typeof value === "string" ? "text" : "none"}`,
          );
        }),
      }),
      ...(grid && grid.length > 0 && { grid }),
    };
  });
  const found = await counterfactuals(coding.encode(row).rows, {
    predict: (matrix, rows) => answer(coding.decode(matrix, rows)),
    data: coding.encode(data),
    columns,
    goal,
    ...(count !== undefined && { count }),
    ...(mostChanges !== undefined && { mostChanges }),
    ...(maxEvaluations !== undefined && { maxEvaluations }),
    ...(signal && { signal }),
  });
  const cell = (c: number, value: number): CellValue =>
    coding.texts[c]?.[value] ?? (Number.isNaN(value) ? null : value);
  return {
    columns: names,
    predictions: Array.from(found.predictions),
    reached: found.reached,
    counterfactuals: found.counterfactuals.map((each) => ({
      values: cellsOf(coding.decode(each.row, 1), 0),
      changes: each.changes.map(({ column, from, to, text }) => {
        const c = names.indexOf(column);
        return { column, from: cell(c, from), to: cell(c, to), text };
      }),
      predictions: Array.from(each.predictions),
      distance: each.distance,
    })),
    provenChanges: found.provenChanges,
  };
}

/** Texts that columns may become, whether or not the data has them, as rows of which there are none. */
function allowedTexts(
  { columns }: ExplainableModel,
  limits: NonNullable<CounterfactualWish["limits"]>,
): ModelRows {
  const texts = columns.map(({ name, kind }) =>
    kind === "text" && Object.hasOwn(limits, name) ? (limits[name]?.allowed ?? []).map(String) : [],
  );
  return { count: 0, columns: texts };
}

/** The other of two classes, or the likeliest but one. */
function otherClass(predictions: Float64Array, classes: ClassAnswer | false): CounterfactualGoal {
  if (!classes)
    throw new AssayerError(
      "invalid-argument",
      "counterfactuals requires a goal for a model of numbers, such as { atLeast: 20 }; got none",
    );
  const [first = NaN] = predictions;
  if (predictions.length === 1)
    return { class: (classes === "score" ? first > 0 : first >= 0.5) ? 0 : 1 };
  const order = Array.from(predictions.keys()).sort(
    (a, b) => Number(predictions[b]) - Number(predictions[a]),
  );
  return { class: order[1] ?? 0 };
}

/** A single score tells two classes apart by its sign: ONNX Runtime gives the second one's label above 0. */
function goalOfScore(goal: CounterfactualGoal): CounterfactualGoal {
  if (!("class" in goal)) return goal;
  if (goal.class === 0) return { atMost: 0 };
  return goal.class === 1 ? { atLeast: Number.MIN_VALUE } : goal;
}

/** Where a model's trees ask about a column that goes into them as it is. */
function thresholdsOf({ core, encoder }: ExplainableModel, column: number): Float64Array {
  if (core?.kind !== "trees" || encoder !== null) return new Float64Array();
  const { feature, threshold } = core.ensemble;
  const own = new Set(threshold.filter((_, node) => feature[node] === column));
  return Float64Array.from(own).sort();
}
