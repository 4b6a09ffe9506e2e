import type { FairnessGroup, GroupScores } from "../fairness/report";
import { groupText, short } from "./fairness-words";
import { drawnGroups, emptyChart, groupChannels, mostCurves, noteBelow } from "./group-marks";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

export interface GroupRocOptions {
  /** Pixels of the plot; default 320. */
  width?: number;
  /** Pixels of the plot; default the width. */
  height?: number;
  /** Most groups drawn, the largest; default 7. */
  limit?: number;
}

/**
 * The ROC curve of each group, and a mark at the place on it where the model's answers are. Groups without positives
 * or negatives have no curve and are named below.
 *
 * @param groups of a fairness report's grouping, with scores
 * @example groupRoc(report.groupings[0].groups)
 */
export function groupRoc(
  groups: readonly FairnessGroup[],
  options: GroupRocOptions = {},
): VegaLiteSpec {
  const { width = 320, limit = mostCurves } = options;
  const { drawn, left } = drawnGroups(groups, limit, lacks);
  const description = "ROC curve by group";
  if (drawn.length === 0)
    return {
      $schema: vegaLiteSchema,
      ...emptyChart(description, width, "no group with scores, positives and negatives"),
      ...noteBelow(left),
    };
  const names = drawn.map(({ name }) => groupText(name));
  const channels = groupChannels(names, "strokeDash");
  const x = {
    field: "falsePositiveRate",
    type: "quantitative",
    title: "false positive rate: of the negatives, how many get a yes",
    scale: { domain: [0, 1], nice: false },
    axis: { tickCount: 5 },
  };
  const y = {
    field: "truePositiveRate",
    type: "quantitative",
    title: "true positive rate",
    scale: { domain: [0, 1], nice: false },
    axis: { tickCount: 5 },
  };
  const places = drawn.flatMap(placeOf);
  return {
    $schema: vegaLiteSchema,
    description: `${description}: ${places
      .slice(0, 6)
      .map(({ group, text }) => `${titleOf(group)} ${text}`)
      .join("; ")}`,
    width,
    height: options.height ?? width,
    ...noteBelow(left),
    layer: [
      {
        data: {
          values: [
            { falsePositiveRate: 0, truePositiveRate: 0 },
            { falsePositiveRate: 1, truePositiveRate: 1 },
          ],
        },
        mark: { type: "line", strokeDash: [2, 4], strokeWidth: 1, color: "gray", aria: false },
        encoding: { x, y },
      },
      {
        data: { name: "curves", values: drawn.flatMap(curveOf) },
        mark: { type: "line", strokeWidth: 1.75, interpolate: "linear" },
        encoding: {
          x,
          y,
          ...channels,
          order: { field: "position", type: "quantitative" },
        },
      },
      ...(places.length === 0
        ? []
        : [
            {
              data: { name: "places", values: places },
              mark: { type: "point", filled: true, size: 90, opacity: 1 },
              encoding: {
                x,
                y,
                color: channels.color,
                tooltip: [
                  { field: "group", type: "nominal" },
                  { field: "text", type: "nominal", title: "as the model answers" },
                ],
              },
            },
          ]),
    ],
  };
}

function lacks({ scores }: FairnessGroup): string | null {
  if (scores === null) return "no scores";
  if (scores.positives <= 0) return "no positives";
  return scores.negatives <= 0 ? "no negatives" : null;
}

function curveOf({ name, scores }: FairnessGroup): object[] {
  const { thresholds, positivesAbove, negativesAbove, positives, negatives } =
    scores as GroupScores;
  const points = thresholds.map((_, i) => ({
    falsePositiveRate: (negativesAbove[i] ?? 0) / negatives,
    truePositiveRate: (positivesAbove[i] ?? 0) / positives,
  }));
  const all = [
    { falsePositiveRate: 0, truePositiveRate: 0 },
    ...points.reverse(),
    { falsePositiveRate: 1, truePositiveRate: 1 },
  ];
  return all.map((point, position) => ({ group: groupText(name), position, ...point }));
}

/** Where the answers are that were logged. */
function placeOf({ name, counts }: FairnessGroup) {
  if (counts === null) return [];
  const positives = counts.truePositives + counts.falseNegatives;
  const negatives = counts.falsePositives + counts.trueNegatives;
  if (!(positives > 0) || !(negatives > 0)) return [];
  const truePositiveRate = counts.truePositives / positives;
  const falsePositiveRate = counts.falsePositives / negatives;
  return [
    {
      group: groupText(name),
      falsePositiveRate,
      truePositiveRate,
      text: `true positive rate ${short(truePositiveRate)}, false positive rate ${short(falsePositiveRate)}`,
    },
  ];
}
