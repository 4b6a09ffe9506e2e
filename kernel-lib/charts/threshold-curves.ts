import type { CountMetric } from "../evaluate/metric";
import type { FairnessGroup, GroupScores } from "../fairness/report";
import { groupText, short } from "./fairness-words";
import { drawnGroups, emptyChart, groupChannels, mostCurves, noteBelow } from "./group-marks";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

export interface ThresholdCurvesOptions {
  /** Thresholds to mark, by group: one for each, or the same for all. */
  marked?: Readonly<Record<string, number>>;
  /** Pixels of the plot; default 480. */
  width?: number;
  /** Pixels of the plot; default 220. */
  height?: number;
  /** Most groups drawn, the largest; default 7. */
  limit?: number;
}

/**
 * What a metric of each group would be at any threshold, with the chosen ones marked on the curves.
 *
 * @param groups of a fairness report's grouping, with scores
 * @param metric one of `countMetrics`
 * @example thresholdCurves(report.groupings[0].groups, metric("selectionRate"), { marked: { female: 0.4, male: 0.5 } })
 */
export function thresholdCurves(
  groups: readonly FairnessGroup[],
  metric: Pick<CountMetric, "label" | "compute">,
  options: ThresholdCurvesOptions = {},
): VegaLiteSpec {
  const { width = 480, height = 220, limit = mostCurves, marked = {} } = options;
  const title = titleOf(metric.label);
  const description = `${title} by threshold and group`;
  const { drawn, left } = drawnGroups(groups, limit, (group) =>
    group.scores === null
      ? "no scores"
      : curveOf(group, group.scores, metric).length === 0
        ? "cannot be told"
        : null,
  );
  if (drawn.length === 0)
    return {
      $schema: vegaLiteSchema,
      ...emptyChart(description, width, "no group with scores"),
      ...noteBelow(left),
    };
  const names = drawn.map(({ name }) => groupText(name));
  const curves = drawn.flatMap((group) =>
    group.scores === null ? [] : curveOf(group, group.scores, metric),
  );
  const places = drawn.flatMap(({ name, scores }) => {
    const threshold = Object.hasOwn(marked, name) ? marked[name] : undefined;
    if (threshold === undefined || scores === null) return [];
    const value = valueAt(scores, positionOf(scores.thresholds, threshold), metric);
    return value === null
      ? []
      : [
          {
            group: groupText(name),
            threshold,
            value,
            text: `${short(value)} at ${short(threshold)}`,
          },
        ];
  });
  const lines = [...new Set(places.map(({ threshold }) => threshold))].map((threshold) => ({
    threshold,
  }));
  const channels = groupChannels(names, "strokeDash");
  const x = {
    field: "threshold",
    type: "quantitative",
    title: "threshold: a score above it is a yes",
    axis: { grid: false, tickCount: 6, format: "~g" },
    scale: { zero: false, nice: false },
  };
  const y = {
    field: "value",
    type: "quantitative",
    title,
    axis: { tickCount: 5, format: "~g" },
  };
  return {
    $schema: vegaLiteSchema,
    description: `${description}${places.length === 0 ? "" : `: ${places.map(({ group, text }) => `${titleOf(group)} ${text}`).join(", ")}`}`,
    width,
    height,
    ...noteBelow(left),
    layer: [
      {
        data: { name: "curves", values: curves },
        mark: { type: "line", strokeWidth: 1.75, interpolate: "step-after" },
        encoding: { x, y, ...channels },
      },
      ...(lines.length === 0
        ? []
        : [
            {
              data: { values: lines },
              mark: { type: "rule", strokeDash: [4, 3], stroke: "gray", aria: false },
              encoding: { x },
            },
            {
              data: { name: "places", values: places },
              mark: { type: "point", filled: true, size: 80, opacity: 1 },
              encoding: {
                x,
                y,
                color: channels.color,
                tooltip: [
                  { field: "group", type: "nominal" },
                  { field: "text", type: "nominal", title },
                ],
              },
            },
          ]),
    ],
  };
}

type Computed = Pick<CountMetric, "compute">;

function curveOf({ name }: FairnessGroup, scores: GroupScores, metric: Computed): object[] {
  return scores.thresholds.flatMap((threshold, i) => {
    const value = valueAt(scores, i, metric);
    return value === null ? [] : [{ group: groupText(name), threshold, value }];
  });
}

/** The last threshold that is not above `at`; scores are known exactly there alone. */
function positionOf(thresholds: readonly number[], at: number): number {
  let position = 0;
  thresholds.forEach((threshold, i) => {
    if (threshold <= at) position = i;
  });
  return position;
}

function valueAt(scores: GroupScores, position: number, metric: Computed): number | null {
  const truePositives = scores.positivesAbove[position] ?? 0;
  const falsePositives = scores.negativesAbove[position] ?? 0;
  const value = metric.compute({
    truePositives,
    falsePositives,
    falseNegatives: scores.positives - truePositives,
    trueNegatives: scores.negatives - falsePositives,
  });
  return Number.isFinite(value) ? value : null;
}
