import type { FairnessGroup } from "../fairness/report";
import { figureText, groupText, short } from "./fairness-words";
import { drawnGroups, emptyChart, groupChannels, mostCurves, noteBelow } from "./group-marks";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";

export interface GroupCalibrationOptions {
  /** Pixels of the plot; default 320. */
  width?: number;
  /** Pixels of the plot; default the width. */
  height?: number;
  /** Most groups drawn, the largest; default 7. */
  limit?: number;
}

/**
 * How often what the model predicts comes true, by group: the share of positives against the mean score, each with its
 * interval. On the diagonal a score is what it says.
 *
 * @param groups of a fairness report's grouping, with scores
 * @example groupCalibration(report.groupings[0].groups)
 */
export function groupCalibration(
  groups: readonly FairnessGroup[],
  options: GroupCalibrationOptions = {},
): VegaLiteSpec {
  const { width = 320, limit = mostCurves } = options;
  const { drawn, left } = drawnGroups(groups, limit, ({ scores }) =>
    scores === null ? "no scores" : scores.calibration.length === 0 ? "no rows" : null,
  );
  const description = "Calibration by group";
  if (drawn.length === 0)
    return {
      $schema: vegaLiteSchema,
      ...emptyChart(description, width, "no group with scores"),
      ...noteBelow(left),
    };
  const names = drawn.map(({ name }) => groupText(name));
  const { color, shape } = groupChannels(names, "shape");
  const bins = drawn.flatMap(({ name, scores }) =>
    (scores?.calibration ?? []).flatMap(({ meanScore, share, rows }) =>
      share.value === null || !Number.isFinite(meanScore)
        ? []
        : [
            {
              group: groupText(name),
              meanScore,
              share: share.value,
              low: share.low,
              high: share.high,
              text: `predicted ${short(meanScore)}, came true ${figureText(share)}`,
              rows: rows.toLocaleString("en-US"),
            },
          ],
    ),
  );
  const x = {
    field: "meanScore",
    type: "quantitative",
    title: "mean score: what is predicted",
    // Scores need not be probabilities.
    scale: { domain: spanOf(bins.map(({ meanScore }) => meanScore)), nice: false, zero: false },
    axis: { tickCount: 5, format: "~g" },
  };
  const y = {
    field: "share",
    type: "quantitative",
    title: "share of positives: what comes true",
    scale: { domain: [0, 1], nice: false },
    axis: { tickCount: 5 },
  };
  const banded = bins.filter(({ low, high }) => low !== null && high !== null);
  return {
    $schema: vegaLiteSchema,
    description: `${description}: the share of positives against the mean score, in ${bins.length} bins of ${names.length} ${names.length === 1 ? "group" : "groups"}`,
    width,
    height: options.height ?? width,
    ...noteBelow(left),
    layer: [
      {
        data: {
          values: [
            { meanScore: 0, share: 0 },
            { meanScore: 1, share: 1 },
          ],
        },
        mark: { type: "line", strokeDash: [2, 4], strokeWidth: 1, color: "gray", aria: false },
        encoding: { x, y },
      },
      {
        data: { values: bins },
        mark: { type: "line", strokeWidth: 1, opacity: 0.6, aria: false },
        encoding: { x, y, color },
      },
      ...(banded.length === 0
        ? []
        : [
            {
              data: { values: banded },
              mark: { type: "rule", strokeWidth: 1.5, opacity: 0.7, aria: false },
              encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
            },
          ]),
      {
        data: { name: "bins", values: bins },
        mark: { type: "point", filled: true, size: 55, opacity: 1 },
        encoding: {
          x,
          y,
          color,
          shape,
          tooltip: [
            { field: "group", type: "nominal" },
            { field: "text", type: "nominal", title: "bin" },
            { field: "rows", type: "nominal" },
          ],
        },
      },
    ],
  };
}

/** 0 to 1, and farther where scores are. */
function spanOf(values: readonly number[]): [number, number] {
  return [values.reduce((a, b) => Math.min(a, b), 0), values.reduce((a, b) => Math.max(a, b), 1)];
}
