import { AssayerError } from "../errors";
import type { Explanation } from "../explain/explanation";
import type { ExplainedRow, ExplanationReport } from "../explain/explanation-report";
import { throwIfStopped } from "../store/scan/scan-database";
import { evenSample } from "./even-sample";
import type { ExplanationReportOptions } from "./explanation-report";
import { ImportanceSums } from "./importance-sums";
import { cellsOf, sliceRows, tableOf, type ModelRows } from "./model-rows";
import type { Explainer } from "./open-explainer";
import type { SourceRows } from "./read-rows";

const mostSampled = 300;
/** SHAP values that are in memory at a time. */
const blockValues = 1 << 20;

/** What is kept of all rows. */
export interface ExplainedAll {
  importance: ExplanationReport["importance"];
  baseValue: number[];
  sample: ExplainedRow[];
  additivityError: number;
  /** The same as a share of the largest of the numbers that are summed. */
  relativeError: number;
  converged: boolean;
}

/** Explains rows block by block, and keeps sums and a sample of them. */
export async function explainAll(
  explainer: Explainer,
  rows: ModelRows,
  chosen: readonly number[] | null,
  { others }: SourceRows,
  options: ExplanationReportOptions,
): Promise<ExplainedAll> {
  const { onProgress, signal, requestId = "request_id", labels: labelColumn = "y_true" } = options;
  const columns = explainer.model.columns.map(({ name }) => name);
  const outputs = explainer.model.outputs.length;
  const size = Math.max(1, Math.floor(blockValues / (columns.length * outputs)));
  const blocks = Array.from({ length: Math.ceil(rows.count / size) }, (_, i) =>
    sliceRows(rows, i * size, Math.min(rows.count, (i + 1) * size)),
  );
  const place = (row: number) => chosen?.[row] ?? row;
  const predictions = new Float64Array(rows.count * outputs);
  for (const [i, block] of blocks.entries()) {
    throwIfStopped(signal);
    predictions.set(await explainer.predict(tableOf(explainer.model, block)), i * size * outputs);
  }
  const wanted = new Set(evenSample(predictions, outputs, mostSampled));
  const sums = new ImportanceSums(outputs, columns);
  const all: ExplainedAll = {
    importance: [],
    baseValue: new Array<number>(outputs).fill(0),
    sample: [],
    additivityError: 0,
    relativeError: 0,
    converged: true,
  };
  for (const [i, block] of blocks.entries()) {
    const start = i * size;
    const labels =
      explainer.output === "log-loss"
        ? Array.from({ length: block.count }, (_, row) =>
            labelOf(others[labelColumn]?.[place(start + row)], labelColumn),
          )
        : undefined;
    const explanation = await explainer.explain(tableOf(explainer.model, block), {
      ...(signal && { signal }),
      ...(labels && { labels }),
      ...(onProgress && {
        onProgress: (message, fraction) => {
          onProgress(message, (start + fraction * block.count) / rows.count);
        },
      }),
    });
    sums.add(explanation.shapValues);
    all.converged &&= explanation.converged !== false;
    for (let row = 0; row < block.count; row++) {
      const told = toldOf(explanation, row);
      all.additivityError = Math.max(all.additivityError, told.error);
      all.relativeError = Math.max(all.relativeError, told.relative);
      told.bases.forEach((base, o) => {
        all.baseValue[o] =
          (all.baseValue[o] ?? 0) + (base - (all.baseValue[o] ?? 0)) / (start + row + 1);
      });
      if (!wanted.has(start + row)) continue;
      all.sample.push({
        row: place(start + row),
        requestId: others[requestId]?.[place(start + row)] ?? null,
        values: cellsOf(block, row),
        predictions: told.predictions,
        shapValues: told.shapValues,
        ...(explainer.output === "log-loss" && { baseValues: told.bases }),
      });
    }
    if (explainer.output !== "log-loss") all.baseValue = Array.from(explanation.baseValue);
  }
  all.importance = sums.importance();
  return all;
}

function toldOf(explanation: Explanation, row: number) {
  const { outputs, columns, baseValue, shapValues, predictions } = explanation;
  const [depth, width] = [outputs.length, columns.length];
  const ownBase = baseValue.length !== depth;
  const bases = outputs.map((_, o) => Number(baseValue[ownBase ? row * depth + o : o]));
  const told = {
    bases,
    predictions: outputs.map((_, o) => Number(predictions[row * depth + o])),
    shapValues: outputs.map((_, o) => {
      const start = (row * depth + o) * width;
      return Array.from(shapValues.subarray(start, start + width));
    }),
    error: 0,
    relative: 0,
  };
  told.shapValues.forEach((list, o) => {
    const prediction = told.predictions[o] ?? NaN;
    const base = bases[o] ?? NaN;
    const error = Math.abs(list.reduce((sum, value) => sum + value, base) - prediction);
    const scale = list.reduce((sum, value) => sum + Math.abs(value), Math.abs(base));
    told.error = Math.max(told.error, error);
    told.relative = Math.max(told.relative, error / Math.max(1, Math.abs(prediction), scale));
  });
  return told;
}

/** @throws AssayerError "invalid-argument" for a row without a label */
function labelOf(label: string | null | undefined, column: string): string {
  if (typeof label === "string") return label;
  throw new AssayerError(
    "invalid-argument",
    `explanationReport requires labels in ${column} for the output log-loss; got none`,
  );
}
