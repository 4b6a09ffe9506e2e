import type { VegaLiteSpec } from "../charts/spec";
import type { PerformanceReport } from "../drift/performance-report";
import type { DriftReport } from "../drift/report";
import type { Explanation } from "../explain/explanation";
import type { ExplanationReport } from "../explain/explanation-report";
import type { FairnessReport } from "../fairness/report";
import type { QualityReport } from "../quality/quality-report";
import { htmlTable, textTable } from "./html-table";
import { renderSvg } from "./render";
import { explanationFragment, isExplanation, isReport, reportFragment } from "./report-html";
import { explanationText, reportText } from "./report-text";

/** What is shown, by media type: whoever shows it picks the richest it knows. */
type MediaBundle = Record<string, unknown>;

type DisplayData = (
  content: { data: MediaBundle; metadata: object; transient: object },
  update: boolean,
) => void;

interface Tslab {
  require(name: "tslab"): { display: Record<"html" | "svg" | "text", (content: string) => void> };
}

function currentTslab(): Tslab | undefined {
  return (globalThis as { __tslab__?: Tslab }).__tslab__;
}

/**
 * tslab's own way to send several media types as one output. It is not part of its public interface, which
 * takes one type a call; the version of tslab is pinned and a test holds this to it.
 */
function displayDataOf(cache: NodeJS.Dict<NodeJS.Module>): DisplayData | undefined {
  const path = Object.keys(cache).find((key) => /[/\\]tslab[/\\]dist[/\\]jupyter\.js$/u.test(key));
  const module = path === undefined ? undefined : cache[path];
  const found = (module?.exports as { lastWriteDisplayData?: unknown } | undefined)
    ?.lastWriteDisplayData;
  return typeof found === "function" ? (found as DisplayData) : undefined;
}

function display(data: MediaBundle): void {
  const write = displayDataOf(require.cache);
  if (write) {
    write({ data, metadata: {}, transient: {} }, false);
    return;
  }
  const { display: simple } = currentTslab()?.require("tslab") ?? {};
  if (typeof data["image/svg+xml"] === "string") simple?.svg(data["image/svg+xml"]);
  else if (typeof data["text/html"] === "string") simple?.html(data["text/html"]);
}

/**
 * Shows a chart, rows or a report in a notebook cell: a chart as a static SVG beside its vega-lite spec, so that it
 * is also there on GitHub and in exported HTML; rows as an HTML table; a report with its charts. Outside a notebook
 * rows and reports are printed.
 *
 * @param value a vega-lite spec, rows, an explanation, or a report on drift, data quality, performance, fairness or
 *   explanations
 * @example await show(await project.sql("select * from runs"))
 */
export async function show(
  value:
    | VegaLiteSpec
    | readonly object[]
    | DriftReport
    | QualityReport
    | PerformanceReport
    | FairnessReport
    | ExplanationReport
    | Explanation,
): Promise<void> {
  if (Array.isArray(value)) {
    const rows = value as readonly Record<string, unknown>[];
    const text = textTable(rows);
    if (currentTslab()) display({ "text/html": htmlTable(rows), "text/plain": text });
    else console.log(text);
    return;
  }
  if (isReport(value)) {
    const text = reportText(value);
    if (currentTslab()) display({ "text/html": await reportFragment(value), "text/plain": text });
    else console.log(text);
    return;
  }
  if (isExplanation(value)) {
    const text = explanationText(value);
    if (currentTslab())
      display({ "text/html": await explanationFragment(value), "text/plain": text });
    else console.log(text);
    return;
  }
  const spec = value as VegaLiteSpec;
  const svg = await renderSvg(spec);
  if (currentTslab())
    display({
      "application/vnd.vegalite.v6+json": spec,
      "image/svg+xml": svg,
      "text/plain": "a chart",
    });
}
