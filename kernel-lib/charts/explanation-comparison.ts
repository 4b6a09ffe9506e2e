import type { ExplanationComparison } from "../explain/importance/compare-explanations";
import { formatValue } from "./format-value";
import { importanceBar, importanceSpec, type ImportanceBar } from "./importance-marks";
import { percent } from "./report-words";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { emptyChart } from "./group-marks";
import { titleOf } from "./title-of";

export interface ExplanationComparisonOptions {
  /** Which output; default the first. */
  output?: string;
  /** What the two are called; default "before" and "after". */
  names?: readonly [string, string];
  /** What is drawn: mean |SHAP value| with its interval (default), or its share of all columns', for unlike scales. */
  by?: "size" | "share";
  /** Most columns drawn, those that matter most in either; default 15. */
  limit?: number;
  /** Pixels of the bars' plot; default 320. */
  width?: number;
}

/**
 * What matters to two models beside each other: for each column a bar of the one and a bar of the other.
 *
 * @param comparison what `compareExplanations` gave
 * @example explanationComparison(compareExplanations(version3, version4), { names: ["v3", "v4"] })
 */
export function explanationComparison(
  comparison: ExplanationComparison,
  options: ExplanationComparisonOptions = {},
): VegaLiteSpec {
  const { names = ["before", "after"], by = "size", limit = 15, width = 320 } = options;
  const description = "Importance of columns in two models";
  const found =
    comparison.outputs.find(({ output }) => output === options.output) ?? comparison.outputs[0];
  if (!found)
    return { $schema: vegaLiteSchema, ...emptyChart(description, width, "no output in common") };
  const [one, other] = names.map(formatValue) as [string, string];
  const series = [one, other === one ? `${other} (compared)` : other];
  const isShare = by === "share";
  const sorted = found.columns
    .map((change) => ({
      change,
      most: Math.max(change.shareBefore ?? 0, change.shareAfter ?? 0),
    }))
    .sort((a, b) => b.most - a.most);
  const bars = sorted.slice(0, limit).flatMap(({ change }) => {
    const { before, after, shareBefore, shareAfter } = change;
    const column = change.column.trim() === "" ? `"${change.column}"` : change.column;
    const shares = [shareBefore, shareAfter];
    return [before, after].flatMap((importance, i): ImportanceBar[] => {
      const share = shares[i] ?? null;
      const name = series[i] ?? "";
      const label = formatValue(column);
      if (isShare)
        return share === null
          ? []
          : [importanceBar(label, name, { value: share, lower: share, upper: share }, percent)];
      return importance === null ? [] : [importanceBar(label, name, importance)];
    });
  });
  const left = sorted.length - Math.min(limit, sorted.length);
  return importanceSpec(bars, series, {
    width,
    title: titleOf(isShare ? "share of all columns' mean |SHAP value|" : "mean |SHAP value|"),
    description: `${description}, ${titleOf(series.join(" and "))}`,
    note: left > 0 ? `${left} more columns are not drawn; the table has them.` : "",
    ...(isShare ? { format: "~%" } : {}),
  });
}
