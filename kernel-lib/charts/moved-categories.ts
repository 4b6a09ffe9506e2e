import type { FeatureDrift } from "../drift/report";
import { categoryText, percent, sides } from "./report-words";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

export interface MovedCategoriesOptions {
  /** Pixels of the plot; default 360. */
  width?: number;
  /** Most categories drawn, the ones that moved most first; default 10. */
  limit?: number;
}

/**
 * Categories that moved: from their share in the reference to their share in the current data.
 *
 * @param feature of a drift report; without categories the chart is empty
 * @example movedCategories(report.features[0])
 */
export function movedCategories(
  feature: Pick<FeatureDrift, "feature" | "distribution">,
  options: MovedCategoriesOptions = {},
): VegaLiteSpec {
  const { width = 360, limit = 10 } = options;
  const all = feature.distribution?.kind === "categories" ? feature.distribution.categories : [];
  const moved = all
    .filter(({ reference, current }) => reference !== current)
    .sort((a, b) => Math.abs(b.current - b.reference) - Math.abs(a.current - a.reference))
    .slice(0, limit)
    .map(({ value, reference, current, status }) => ({
      category: value,
      label: categoryText(value),
      reference,
      current,
      end: Math.max(reference, current),
      change:
        status === "both"
          ? `${current > reference ? "+" : "−"}${percent(Math.abs(current - reference))}`
          : status,
    }));
  const widest = Math.max(0, ...moved.map(({ end }) => end));
  const name = titleOf(feature.feature);
  return {
    $schema: vegaLiteSchema,
    description: `Categories of ${name} that moved most: ${moved
      .slice(0, 5)
      .map(({ label, change }) => `${titleOf(label)} ${change}`)
      .join(", ")}`,
    width,
    height: { step: 22 },
    data: { name: "moved", values: moved },
    encoding: {
      y: {
        field: "label",
        type: "nominal",
        title: null,
        sort: null,
        axis: { labelLimit: 160, domain: false, ticks: false },
      },
      x: {
        field: "reference",
        type: "quantitative",
        title: "share of rows",
        axis: { format: "~%", tickCount: 5 },
        // Room for the change behind the farthest point.
        scale: { domain: [0, 1.25 * (widest > 0 ? widest : 1)], nice: false },
      },
      tooltip: [
        { field: "label", type: "nominal", title: name },
        { field: "reference", type: "quantitative", format: ".2%" },
        { field: "current", type: "quantitative", format: ".2%" },
      ],
    },
    layer: [
      { mark: { type: "rule", strokeWidth: 2 }, encoding: { x2: { field: "current" } } },
      ...sides.map((side) => ({
        mark: { type: "point", filled: true, size: 70, opacity: 1 },
        encoding: {
          x: { field: side, type: "quantitative" },
          color: {
            datum: side,
            type: "nominal",
            scale: { domain: sides },
            legend: { orient: "top", title: null, symbolOpacity: 1 },
          },
        },
      })),
      {
        mark: { type: "text", align: "left", dx: 10, fontSize: 11, aria: false },
        encoding: {
          x: { field: "end", type: "quantitative" },
          text: { field: "change", type: "nominal" },
        },
      },
    ],
  };
}
