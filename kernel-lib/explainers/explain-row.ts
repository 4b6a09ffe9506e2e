import { AssayerError } from "../errors";
import type { CellValue, ExplainedOutput, ExplanationMethod } from "../explain/explanation";
import type { ExplanationReport } from "../explain/explanation-report";
import type { DataSource } from "../store/scan/data-source";
import { cellsOf, pickRows, tableOf } from "./model-rows";
import { withDataExplainer, type DataExplainerOptions } from "./open-on-data";
import type { CounterfactualWish, RowCounterfactuals } from "./row-counterfactuals";

export interface ExplainRowOptions extends DataExplainerOptions {
  /** What would change the answer is looked for with these limits; false for not at all. Default: without limits. */
  counterfactuals?: Omit<CounterfactualWish, "data" | "signal"> | false;
}

/** Why one row got its answer, and what would change it. */
export interface RowExplanation {
  row: number;
  requestId: string | null;
  model: ExplanationReport["model"];
  method: ExplanationMethod;
  output: ExplainedOutput;
  unit: string;
  outputs: string[];
  columns: string[];
  values: CellValue[];
  /** By output. */
  baseValue: number[];
  predictions: number[];
  /** Outputs × columns. */
  shapValues: number[][];
  /** Null where it was not looked for, or no goal is known: a regression has none of its own. */
  counterfactuals: RowCounterfactuals | null;
}

/**
 * Why a row of some data got its answer: its SHAP values, and the nearest rows that would get another one.
 *
 * @param row its place in the source, from 0
 * @throws AssayerError "invalid-argument" for a row that is not there; what `explanationReport` throws
 * @example await explainRow("adult.csv", 7, { model: { project, name: "income" } })
 */
export async function explainRow(
  source: DataSource,
  row: number,
  options: ExplainRowOptions,
): Promise<RowExplanation> {
  if (options.output === "log-loss")
    throw new AssayerError(
      "invalid-argument",
      "explainRow requires the output raw or probability; got log-loss",
    );
  return withDataExplainer("explainRow", source, options, [], async (opened) => {
    const { explainer, read, background, version } = opened;
    const { rows, others } = read;
    if (!Number.isSafeInteger(row) || row < 0 || row >= rows.count)
      throw new AssayerError(
        "invalid-argument",
        `explainRow requires a row from 0 to ${rows.count - 1}; got ${row}`,
      );
    const one = pickRows(rows, [row]);
    const data = tableOf(explainer.model, one);
    const { signal, requestId = "request_id" } = options;
    const explanation = await explainer.explain(data, signal ? { signal } : {});
    const { columns, outputs, shapValues } = explanation;
    const width = columns.length;
    const { counterfactuals: wish = {} } = options;
    const hasGoal = wish !== false && (wish.goal !== undefined || explainer.isClassifier);
    const found = hasGoal
      ? await explainer.counterfactuals(data, {
          ...wish,
          data: tableOf(explainer.model, background.rows),
          ...(signal && { signal }),
        })
      : null;
    return {
      row,
      requestId: others[requestId]?.[row] ?? null,
      model: version,
      method: explanation.method,
      output: explanation.output,
      unit: explainer.unit,
      outputs,
      columns,
      values: cellsOf(one, 0),
      baseValue: Array.from(explanation.baseValue),
      predictions: Array.from(explanation.predictions),
      shapValues: outputs.map((_, o) =>
        Array.from(shapValues.subarray(o * width, (o + 1) * width)),
      ),
      counterfactuals: found,
    };
  });
}
