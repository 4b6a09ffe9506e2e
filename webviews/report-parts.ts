import { sparkline } from "assayer/charts";
import { el, icon } from "./el";
import { formatNumber, formatTime, plural } from "./format";
import { order } from "./host";
import { button, link, section } from "./parts";
import type { ReportReference, ReportVerdict } from "./protocol";

const verdictIcons: Record<ReportVerdict, string> = {
  alarm: "warning",
  watch: "eye",
  stable: "pass",
  undecided: "question",
};

/** A verdict: an icon and a word, so that it does not depend on colour. */
export function verdictBadge(verdict: ReportVerdict, words: string = verdict): HTMLElement {
  return el("span", { class: `verdict verdict-${verdict}` }, icon(verdictIcons[verdict]), words);
}

/** The head of a report's page: what it is, what came out, in a sentence. */
export function reportHeader(
  report: { reference: ReportReference; runName: string },
  head: { kind: string; verdict: HTMLElement; summary: string; createdAt: string },
  facts: readonly { key: string; value: string }[],
): HTMLElement {
  const { reference, runName } = report;
  const { name, runId } = reference;
  return el(
    "header",
    { class: "page-header report-header" },
    el(
      "div",
      { class: "titles" },
      el(
        "div",
        { class: "crumb" },
        icon("beaker"),
        link(runName, () => {
          order("open-run", { runId });
        }),
        icon("chevron-right"),
        head.kind,
      ),
      el("div", { class: "title-line" }, el("h1", {}, name), head.verdict),
      el("p", { class: "lead" }, head.summary),
      el(
        "div",
        { class: "facts" },
        ...[...facts, { key: "made", value: formatTime(Date.parse(head.createdAt)) }].map(
          ({ key, value }) => el("span", {}, `${key} `, el("strong", {}, value)),
        ),
      ),
    ),
    el(
      "div",
      { class: "actions" },
      button(
        "Export…",
        "export",
        () => {
          order("export-report", reference);
        },
        true,
      ),
    ),
  );
}

/** A number with what it is and what it means. */
export function numberCard(
  title: string,
  value: string,
  note: string,
  verdict?: ReportVerdict,
): HTMLElement {
  return el(
    "div",
    { class: "card number-card" },
    el("span", { class: "quiet" }, title),
    el(
      "span",
      { class: "title-line" },
      el("strong", { class: "number" }, value),
      verdict && verdictBadge(verdict),
    ),
    note !== "" && el("span", { class: "quiet" }, note),
  );
}

/** What the reader should know; null where there is nothing. */
export function warningList(warnings: readonly string[]): HTMLElement | null {
  if (warnings.length === 0) return null;
  return section(
    "What to know",
    warnings.length,
    el("ul", { class: "warnings" }, ...warnings.map((warning) => el("li", {}, warning))),
  );
}

export function sideText({ description, rows }: { description: string; rows: number }): string {
  return `${description}, ${plural(rows, "row")}`;
}

/** A number, or a dash where there is none. */
export function numberText(value: number | null): string {
  return value === null ? "–" : formatNumber(value);
}

export function percentText(share: number): string {
  const value = 100 * share;
  return `${value === 0 || value >= 10 ? value.toFixed(0) : value.toFixed(1)}%`;
}

const svgNamespace = "http://www.w3.org/2000/svg";

/** Both sides of a distribution or a timeline as a small picture; the words beside it tell what matters. */
export function sparklineElement(
  shown: Parameters<typeof sparkline>[0],
  size: { width: number; height: number },
): Element {
  const drawn = sparkline(shown, size);
  if (drawn === null) return el("span", { class: "quiet" }, "–");
  const svg = document.createElementNS(svgNamespace, "svg");
  svg.setAttribute("viewBox", `0 0 ${drawn.width} ${drawn.height}`);
  svg.setAttribute("width", String(drawn.width));
  svg.setAttribute("height", String(drawn.height));
  svg.setAttribute("class", `sparkline ${drawn.style}`);
  svg.setAttribute("aria-hidden", "true");
  for (const side of ["reference", "current"] as const) {
    const path = document.createElementNS(svgNamespace, "path");
    path.setAttribute("d", drawn[side]);
    path.setAttribute("class", side);
    svg.append(path);
  }
  return svg;
}
