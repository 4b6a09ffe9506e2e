import type { FeatureDrift } from "../drift/report";
import { formatValue } from "./format-value";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

export interface DriftRankingOptions {
  /** Most features drawn, the first of the report; default 20. */
  limit?: number;
  /** Pixels of the bars' plot; default 320. */
  width?: number;
}

/** Two colours tell all: an alarm has the second one, what is to be watched has it faintly, and undecided is gray. */
const tones = ["stable", "alarm"];

/**
 * A bar for each feature, as long as its impact, or its effect size where no importance is known; words tell the
 * verdict.
 *
 * @param features of a drift report, in its order
 * @example driftRanking(report.features)
 */
export function driftRanking(
  features: readonly FeatureDrift[],
  options: DriftRankingOptions = {},
): VegaLiteSpec {
  const { limit = 20, width = 320 } = options;
  const byImpact = features.some(({ impact }) => impact !== null);
  const values = features.slice(0, limit).map(({ feature, verdict, effect, impact, reason }) => ({
    feature: formatValue(feature),
    length: Math.abs((byImpact ? impact : effect?.value) ?? 0),
    tone: verdict === "watch" ? "alarm" : verdict,
    verdict,
    effect: effect ? `${effect.name} ${formatValue(effect.value)}, ${effect.magnitude}` : "none",
    impact: impact === null ? "unknown" : formatValue(impact),
    label: effect ? `${verdict} · ${effect.magnitude} effect` : verdict,
    reason: formatValue(reason),
  }));
  const longest = Math.max(0, ...values.map(({ length }) => length));
  const left = features.length - values.length;
  return {
    $schema: vegaLiteSchema,
    description: `Features by ${byImpact ? "impact" : "effect size"} of their drift: ${values
      .slice(0, 5)
      .map(({ feature, verdict }) => `${titleOf(feature)} ${verdict}`)
      .join(", ")}${left > 0 ? `; ${left} more are not drawn` : ""}`,
    width,
    height: 22 * Math.max(1, values.length),
    data: { name: "features", values },
    encoding: {
      y: {
        field: "feature",
        type: "nominal",
        title: null,
        sort: null,
        axis: { labelLimit: 180, domain: false, ticks: false },
      },
      x: {
        field: "length",
        type: "quantitative",
        title: byImpact ? "impact: drift × importance" : "effect size",
        axis: { tickCount: 5 },
        // Room for the words behind the longest bar.
        scale: { domain: [0, 1.6 * (longest > 0 ? longest : 1)], nice: false },
      },
      tooltip: ["feature", "verdict", "effect", "impact", "reason"].map((field) => ({
        field,
        type: "nominal",
      })),
    },
    layer: [
      {
        mark: { type: "bar", height: { band: 0.68 } },
        encoding: {
          color: {
            condition: { test: "datum.verdict === 'undecided'", value: "gray" },
            field: "tone",
            type: "nominal",
            scale: { domain: tones },
            legend: null,
          },
          opacity: { condition: { test: "datum.verdict === 'watch'", value: 0.5 }, value: 1 },
        },
      },
      {
        mark: { type: "text", align: "left", baseline: "middle", dx: 4, fontSize: 11, aria: false },
        encoding: { text: { field: "label", type: "nominal" } },
      },
    ],
  };
}
