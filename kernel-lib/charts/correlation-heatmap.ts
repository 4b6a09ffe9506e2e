import type { DataSummary } from "../quality/quality-report";
import { formatValue } from "./format-value";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";

export interface CorrelationHeatmapOptions {
  /** Pixels of the plot, which is square; default 24 for each column, at least 160 and at most 640. */
  width?: number;
}

/** With more columns than this, the numbers have no room. */
const mostNumbers = 10;

/**
 * Correlation of each column with each other: two colours for the sign, opacity for the strength.
 *
 * @param correlation of a quality report: `report.table.correlation`
 * @example correlationHeatmap(report.table.correlation)
 */
export function correlationHeatmap(
  correlation: DataSummary["correlation"],
  options: CorrelationHeatmapOptions = {},
): VegaLiteSpec {
  const { columns, values } = correlation;
  const names = columns.map(formatValue);
  const { width = Math.min(640, Math.max(160, 24 * names.length)) } = options;
  const cells = names.flatMap((row, i) =>
    names.map((column, j) => {
      const value = values[i * names.length + j] ?? null;
      return {
        row,
        column,
        strength: value === null ? 0 : Math.abs(value),
        sign: value !== null && value < 0 ? "negative" : "positive",
        known: value !== null,
        text: value === null ? "–" : value.toFixed(2).replace("-", "−"),
      };
    }),
  );
  const axis = { title: null, domain: false, ticks: false, labelLimit: 120 };
  const showsNumbers = names.length <= mostNumbers;
  return {
    $schema: vegaLiteSchema,
    description: `Correlation of ${names.length} columns`,
    width,
    height: width,
    data: { name: "cells", values: cells },
    encoding: {
      x: { field: "column", type: "nominal", sort: null, axis: { ...axis, labelAngle: -40 } },
      y: { field: "row", type: "nominal", sort: null, axis },
      tooltip: [
        { field: "row", type: "nominal" },
        { field: "column", type: "nominal" },
        { field: "text", type: "nominal", title: "correlation" },
      ],
    },
    layer: [
      {
        mark: { type: "rect", stroke: "gray", strokeOpacity: 0.25 },
        encoding: {
          color: {
            condition: { test: "!datum.known", value: "gray" },
            field: "sign",
            type: "nominal",
            scale: { domain: ["positive", "negative"] },
            legend: { orient: "top", title: null, symbolOpacity: 1 },
          },
          fillOpacity: {
            field: "strength",
            type: "quantitative",
            scale: { domain: [0, 1], range: [0.04, 0.65] },
            legend: null,
          },
        },
      },
      ...(showsNumbers
        ? [
            {
              mark: { type: "text", fontSize: 11, aria: false },
              encoding: { text: { field: "text", type: "nominal" } },
            },
          ]
        : []),
    ],
  };
}
