import type { DataSummary } from "../quality/quality-report";
import { formatValue } from "./format-value";
import { percent } from "./report-words";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

export interface MissingBarsOptions {
  /** Most columns drawn, the ones that miss most first; default 20. */
  limit?: number;
  /** Pixels of the bars' plot; default 320. */
  width?: number;
}

/**
 * A bar for each column with missing values, as long as their share.
 *
 * @param table of a quality report: `report.table`
 * @example missingBars(report.table)
 */
export function missingBars(
  table: Pick<DataSummary, "rows" | "columns">,
  options: MissingBarsOptions = {},
): VegaLiteSpec {
  const { limit = 20, width = 320 } = options;
  const incomplete = table.columns
    .filter(({ missing }) => missing > 0)
    .sort((a, b) => b.missing - a.missing);
  const values = incomplete.slice(0, limit).map(({ column, missing }) => {
    const share = table.rows > 0 ? missing / table.rows : 0;
    return {
      column: formatValue(column),
      missing,
      share,
      label: `${percent(share)} (${missing.toLocaleString("en-US")})`,
    };
  });
  return {
    $schema: vegaLiteSchema,
    description: `Missing values in ${incomplete.length} of ${table.columns.length} columns: ${values
      .slice(0, 5)
      .map(({ column, share }) => `${titleOf(column)} ${percent(share)}`)
      .join(", ")}`,
    width,
    height: 22 * Math.max(1, values.length),
    data: { name: "columns", values },
    encoding: {
      y: {
        field: "column",
        type: "nominal",
        title: null,
        sort: null,
        axis: { labelLimit: 180, domain: false, ticks: false },
      },
      x: {
        field: "share",
        type: "quantitative",
        title: "missing",
        axis: { format: "~%", tickCount: 5 },
        // Room for the numbers behind the longest bar.
        scale: { domain: [0, 1.4 * (values[0]?.share ?? 1)], nice: false },
      },
      tooltip: [
        { field: "column", type: "nominal" },
        { field: "label", type: "nominal", title: "missing" },
      ],
    },
    layer: [
      { mark: { type: "bar", height: { band: 0.68 } } },
      {
        mark: { type: "text", align: "left", baseline: "middle", dx: 4, fontSize: 11, aria: false },
        encoding: { text: { field: "label", type: "nominal" } },
      },
    ],
  };
}
