import type { ParamImportance } from "../explain/param-importance";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

export interface ParamImportanceChartOptions {
  /** What the params matter for, such as `"auc"`; named by the axis. */
  metric?: string;
  /** Most params drawn, the most important first; default 20. */
  limit?: number;
  /** Pixels of the bars' plot; default 320. */
  width?: number;
}

const signs = ["positive", "negative", "none"] as const;

/**
 * A bar for each param, as long as its importance; colour and number tell the correlation.
 *
 * @param importances what `paramImportance` gave
 * @example paramImportanceChart(paramImportance(runs), { metric: "auc" })
 */
export function paramImportanceChart(
  importances: readonly ParamImportance[],
  options: ParamImportanceChartOptions = {},
): VegaLiteSpec {
  const { limit = 20, width = 320 } = options;
  const metric = titleOf(options.metric ?? "metric");
  const values = importances.slice(0, limit).map(({ param, importance, correlation }) => ({
    param,
    importance,
    sign: signs[correlation ? (correlation > 0 ? 0 : 1) : 2],
    correlation: correlation === null ? "none" : signed(correlation),
    label: correlation === null ? "" : signed(correlation),
  }));
  const longest = Math.max(0, ...values.map(({ importance }) => importance));
  return {
    $schema: vegaLiteSchema,
    description: `Importance of ${values.length} params for ${metric}: ${values
      .slice(0, 5)
      .map(({ param, importance }) => `${param} ${Math.round(100 * importance)}%`)
      .join(", ")}`,
    width,
    height: 22 * Math.max(1, values.length),
    data: { name: "importances", values },
    encoding: {
      y: {
        field: "param",
        type: "nominal",
        title: null,
        sort: null,
        axis: { labelLimit: 160, domain: false, ticks: false },
      },
      x: {
        field: "importance",
        type: "quantitative",
        title: `share of the spread of ${metric}`,
        axis: { format: ".0%", tickCount: 5 },
        // Room for the number behind the longest bar.
        scale: { domain: [0, 1.15 * (longest > 0 ? longest : 1)], nice: false },
      },
      tooltip: [
        { field: "param", type: "nominal" },
        { field: "importance", type: "quantitative", format: ".1%" },
        { field: "correlation", type: "nominal" },
      ],
    },
    layer: [
      {
        mark: { type: "bar", height: { band: 0.68 } },
        encoding: {
          color: {
            field: "sign",
            type: "nominal",
            title: `correlation with ${metric}`,
            scale: { domain: signs },
            legend: {
              orient: "bottom",
              values: signs.filter((each) => values.some(({ sign }) => sign === each)),
            },
          },
        },
      },
      {
        mark: { type: "text", align: "left", baseline: "middle", dx: 4, fontSize: 11, aria: false },
        encoding: { text: { field: "label", type: "nominal" } },
      },
    ],
  };
}

function signed(correlation: number): string {
  return `${correlation < 0 ? "−" : "+"}${Math.abs(correlation).toFixed(2)}`;
}
