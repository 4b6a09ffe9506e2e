import {
  constraintWords,
  fairnessVerdictText,
  figureText,
  groupingText,
  limitText,
  rowsNeededText,
} from "assayer/charts";
import type { ConstraintResult, FairnessReport, FairnessVerdict } from "assayer";
import { el } from "./el";
import { emptyState, section } from "./parts";
import { verdictBadge } from "./report-parts";

const tones = { pass: "stable", fail: "alarm", insufficient: "undecided" } as const;
const order: readonly FairnessVerdict[] = ["fail", "insufficient", "pass"];

/** What was required of the model and what was found, failures first, each in plain words. */
export function requirements(
  report: FairnessReport,
  compared: { name: string; report: FairnessReport } | null,
): HTMLElement {
  const { results } = report;
  if (results.length === 0)
    return section(
      "Requirements",
      null,
      emptyState(
        "checklist",
        "Nothing was required of this model",
        "fairnessReport takes constraints; with some, a verdict stands here.",
      ),
    );
  const sorted = [...results].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return section(
    "Requirements",
    results.length,
    el("ul", { class: "requirements" }, ...sorted.map((result) => requirement(result, compared))),
  );
}

function requirement(
  result: ConstraintResult,
  compared: { name: string; report: FairnessReport } | null,
): HTMLElement {
  const { verdict, constraint, features, figure, sentence, unjudged } = result;
  const { title, question, meaning } = constraintWords(constraint.constraint);
  const needed = rowsNeededText(result);
  const other = compared?.report.results.find((each) => isSame(each, result));
  return el(
    "li",
    { class: "card requirement", "data-constraint": constraint.constraint },
    el(
      "div",
      { class: "title-line" },
      verdictBadge(tones[verdict], fairnessVerdictText(verdict)),
      el("strong", {}, question),
    ),
    el("p", {}, sentence),
    el(
      "p",
      { class: "quiet" },
      `${title} of groups by ${groupingText(features)}: found ${figureText(figure)}; asked for: ${limitText(constraint)}.`,
    ),
    needed !== "" && el("p", {}, needed),
    unjudged.length > 0 &&
      el(
        "p",
        { class: "quiet" },
        `Not judged: ${unjudged.map(({ group, reason }) => `${group} (${reason})`).join(", ")}. While a group cannot be judged, this does not pass.`,
      ),
    compared &&
      el(
        "p",
        { class: "title-line" },
        el("span", { class: "quiet" }, `In ${compared.name}:`),
        other
          ? verdictBadge(tones[other.verdict], fairnessVerdictText(other.verdict))
          : el("span", { class: "quiet" }, "not required"),
        other && el("span", { class: "number" }, figureText(other.figure)),
      ),
    el(
      "details",
      { class: "meaning" },
      el("summary", {}, "What does this mean?"),
      el("p", { class: "quiet" }, meaning),
    ),
  );
}

function isSame(a: ConstraintResult, b: ConstraintResult): boolean {
  return (
    a.constraint.constraint === b.constraint.constraint &&
    groupingText(a.features) === groupingText(b.features)
  );
}
