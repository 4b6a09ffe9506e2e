import { compareExplanations, explanationComparison } from "assayer/charts";
import type { ExplanationReport } from "assayer";
import { Chart } from "./chart";
import { el } from "./el";
import { shortText, signedText } from "./explained-row";
import { emptyState, section, table } from "./parts";

/** What matters to two versions beside each other. */
export function comparisonPart(
  own: { name: string; report: ExplanationReport },
  other: { name: string; report: ExplanationReport },
  output: number,
): HTMLElement {
  const title = `${other.name} and ${own.name}`;
  const isOneUnit = own.report.unit === other.report.unit;
  let comparison;
  try {
    comparison = compareExplanations(other.report, own.report);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return section(title, null, emptyState("compare-changes", "Nothing to compare", message));
  }
  const wanted = own.report.outputs[output] ?? "";
  const found = comparison.outputs.find((each) => each.output === wanted) ?? comparison.outputs[0];
  const chart = new Chart(`Importance of the columns in ${title}; the numbers follow as a table`);
  chart.show((width) =>
    explanationComparison(comparison, {
      output: wanted,
      names: [other.name, own.name],
      by: isOneUnit ? "size" : "share",
      width,
    }),
  );
  return section(
    title,
    null,
    !isOneUnit
      ? el(
          "p",
          { class: "quiet" },
          `One is measured in ${own.report.unit}, the other in ${other.report.unit}: shares are compared.`,
        )
      : el(
          "p",
          { class: "quiet" },
          "What matters to the one and to the other, in mean |SHAP value|.",
        ),
    el("div", { class: "card" }, chart.element),
    table(
      "Importance in both",
      [
        { title: "Column" },
        { title: other.name, numeric: true },
        { title: own.name, numeric: true },
        { title: "Change", numeric: true },
        { title: "Rank", numeric: true },
      ],
      (found?.columns ?? []).map((change) => {
        const { column, before, after, rankBefore, rankAfter, lower, upper } = change;
        const interval =
          lower === null || upper === null || !isOneUnit
            ? ""
            : ` (${shortText(lower)} to ${shortText(upper)})`;
        return [
          column,
          before === null ? "–" : shortText(before.value),
          after === null ? "–" : shortText(after.value),
          change.change === null || !isOneUnit ? "–" : `${signedText(change.change)}${interval}`,
          rankBefore === rankAfter
            ? String(rankAfter ?? "–")
            : `${String(rankBefore ?? "–")} → ${String(rankAfter ?? "–")}`,
        ];
      }),
    ),
  );
}
