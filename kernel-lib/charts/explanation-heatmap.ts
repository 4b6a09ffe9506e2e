import { symmetricEigen } from "../stats/symmetric-eigen";
import {
  columnText,
  evenPlaces,
  explainedRows,
  freeName,
  otherColumns,
  takeRows,
  topColumns,
  type Explained,
  type ExplainedRows,
} from "./explained";
import { effectText, valueText } from "./explanation-words";
import { drawnOf, effectChannel, effectOf, meanSizes, namesAxis } from "./explanation-marks";
import { short } from "./fairness-words";
import { emptyChart, noteBelow } from "./group-marks";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";

export interface ExplanationHeatmapOptions {
  /** Which output; default the first. */
  output?: string;
  /** How rows stand beside each other: those explained alike (default), or by their prediction. */
  order?: "similarity" | "prediction";
  /** Most columns drawn, the most important first; the others are summed. Default 15. */
  limit?: number;
  /** Most rows drawn, evenly taken; default 160. */
  mostRows?: number;
  /** Pixels of the plot; default 480. */
  width?: number;
}

/**
 * A cell for each row and column, in one colour where the column lowers the prediction and in another where it raises
 * it, the stronger the more; the rows' predictions on top. Rows stand in the order of the first principal component of
 * their SHAP values, so that those with the same reasons are neighbours.
 *
 * @throws AssayerError "invalid-argument" for an output that is not there
 * @example explanationHeatmap(report)
 */
export function explanationHeatmap(
  given: Explained,
  options: ExplanationHeatmapOptions = {},
): VegaLiteSpec {
  const { order = "similarity", limit = 15, mostRows = 160, width = 480 } = options;
  const all = explainedRows(given, options.output);
  const places = evenPlaces(all.rows, mostRows);
  const explained = takeRows(all, places);
  const { shown, rest } = topColumns(explained, limit);
  const description = `SHAP values of ${explained.rows} rows × ${explained.columns.length} columns`;
  if (explained.rows === 0 || shown.length === 0)
    return { $schema: vegaLiteSchema, ...emptyChart(description, width, "no rows to draw") };
  const { shapValues, columns, predictions, baseValues } = explained;
  const p = columns.length;
  const top = freeName("prediction", explained);
  const sizes = shapValues.map(Math.abs).sort();
  const strongest = sizes[Math.floor(0.99 * (sizes.length - 1))] ?? 0;
  const widest = predictions.reduce(
    (most, value, row) => Math.max(most, Math.abs(value - (baseValues[row] ?? 0))),
    0,
  );
  const cells = rowOrder(explained, order).flatMap((row, position) => {
    const cell = (label: string, shap: number, most: number, value: string, text: string) => ({
      position,
      next: position + 1,
      row: places[row] ?? row,
      label,
      effect: effectOf(shap),
      strength: most > 0 ? Math.min(1, Math.abs(shap) / most) : 0,
      name: explained.nameOf(row),
      value,
      text,
    });
    const prediction = predictions[row] ?? 0;
    return [
      cell(
        top,
        prediction - (baseValues[row] ?? 0),
        widest,
        short(prediction),
        effectText(prediction - (baseValues[row] ?? 0)),
      ),
      ...shown.map((column) => {
        const shap = shapValues[row * p + column] ?? 0;
        const label = columnText(explained, column);
        return cell(
          label,
          shap,
          strongest,
          valueText(explained.valueOf(row, column)),
          effectText(shap),
        );
      }),
      ...(rest.length === 0
        ? []
        : [restCell(explained, row, rest)].map((shap) =>
            cell(otherColumns(rest.length), shap, strongest, "–", effectText(shap)),
          )),
    ];
  });
  const names = [
    top,
    ...shown.map((column) => columnText(explained, column)),
    ...(rest.length === 0 ? [] : [otherColumns(rest.length)]),
  ];
  return {
    $schema: vegaLiteSchema,
    description: `${description}; ${meanSizes(explained, shown)}`,
    width,
    height: { step: 20 },
    ...noteBelow(drawnOf(places.length, all.rows), Math.floor(width / 6)),
    data: { name: "cells", values: cells },
    mark: { type: "rect", cursor: "pointer", aria: false },
    encoding: {
      x: {
        field: "position",
        type: "quantitative",
        title:
          order === "similarity"
            ? "rows, those explained alike beside each other"
            : "rows, by their prediction",
        scale: { domain: [0, explained.rows], nice: false },
        axis: { labels: false, ticks: false, grid: false, domain: false },
      },
      x2: { field: "next" },
      y: {
        field: "label",
        type: "nominal",
        title: null,
        sort: null,
        axis: namesAxis(),
        scale: { domain: names, paddingInner: 0.08 },
      },
      color: effectChannel(),
      fillOpacity: {
        field: "strength",
        type: "quantitative",
        scale: { domain: [0, 1], range: [0.04, 1] },
        legend: null,
      },
      tooltip: [
        { field: "name", type: "nominal", title: "of" },
        { field: "label", type: "nominal", title: "column" },
        { field: "value", type: "nominal" },
        { field: "text", type: "nominal", title: "SHAP value" },
      ],
    },
  };
}

function restCell({ shapValues, columns }: ExplainedRows, row: number, rest: readonly number[]) {
  return rest.reduce((sum, column) => sum + (shapValues[row * columns.length + column] ?? 0), 0);
}

/** Rows by their prediction, or by the first principal component of their SHAP values. */
function rowOrder(explained: ExplainedRows, order: "similarity" | "prediction"): number[] {
  const { rows, columns, predictions } = explained;
  const by =
    order === "prediction" || columns.length < 2 ? predictions : principalScores(explained);
  return Array.from({ length: rows }, (_, row) => row).sort(
    (a, b) => (by[a] ?? 0) - (by[b] ?? 0) || a - b,
  );
}

/** More columns than these, by importance, would take long and change little. */
const mostCompared = 60;

function principalScores(explained: ExplainedRows): Float64Array {
  const { rows, columns, shapValues } = explained;
  const p = columns.length;
  const used = topColumns(explained, mostCompared).shown;
  const k = used.length;
  const means = used.map((column) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += shapValues[row * p + column] ?? 0;
    return sum / rows;
  });
  const at = (row: number, i: number) =>
    (shapValues[row * p + (used[i] ?? 0)] ?? 0) - (means[i] ?? 0);
  const covariance = new Float64Array(k * k);
  for (let i = 0; i < k; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += at(row, i) * at(row, j);
      covariance[i * k + j] = covariance[j * k + i] = sum / rows;
    }
  const { vectors } = symmetricEigen(covariance, k);
  return Float64Array.from({ length: rows }, (_, row) => {
    let score = 0;
    for (let i = 0; i < k; i++) score += at(row, i) * (vectors[i] ?? 0);
    return score;
  });
}
