import { createHash } from "node:crypto";
import type { PerformanceReport } from "../drift/performance-report";
import type { DriftReport } from "../drift/report";
import { AssayerError, messageOf } from "../errors";
import type { Explanation } from "../explain/explanation";
import type { ExplanationReport } from "../explain/explanation-report";
import type { FairnessReport } from "../fairness/report";
import type { QualityReport } from "../quality/quality-report";
import { driftHtml } from "./drift-html";
import { explanationHtml, explanationPart } from "./explanation-html";
import { fairnessHtml } from "./fairness-html";
import { performanceHtml } from "./performance-html";
import { qualityHtml } from "./quality-html";
import { reportStyle, text, type Html } from "./report-parts";

type Report = DriftReport | QualityReport | PerformanceReport | FairnessReport | ExplanationReport;

/**
 * A report as one HTML page that needs nothing else: no script, charts as inline SVG, light or dark as the reader's
 * system is, everything escaped. It can be mailed, kept as a build's artifact, and printed.
 *
 * @throws AssayerError "invalid-argument" for what is no report
 * @example await writeFile("drift.html", await reportHtml(report))
 */
export async function reportHtml(report: Report): Promise<string> {
  const content = await contentOf(report);
  const digest = createHash("sha256").update(reportStyle).digest("base64");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${digest}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(report.name)}</title>
<style>${reportStyle}</style>
</head>
<body class="assayer-report">
<main>${content}</main>
</body>
</html>
`;
}

/** The report as a part of another page, such as a notebook's output; its style applies to itself alone. */
export async function reportFragment(report: Report): Promise<Html> {
  return fragment(await contentOf(report));
}

/** An explanation as a part of another page. */
export async function explanationFragment(explanation: Explanation): Promise<Html> {
  return fragment(await explanationPart(explanation));
}

function fragment(content: Html): Html {
  return `<style>${reportStyle}</style><div class="assayer-report">${content}</div>`;
}

/** True for SHAP values with what they are of. */
export function isExplanation(value: object): value is Explanation {
  return "shapValues" in value && value.shapValues instanceof Float64Array;
}

const kinds = ["drift", "quality", "performance", "fairness", "explanation"];

/** True for what `show` shows as a report: a chart's spec has no kind. */
export function isReport(value: object): value is Report {
  const { kind, format } = value as Partial<Report>;
  return format === 1 && kinds.some((each) => each === kind);
}

async function contentOf(report: Report): Promise<Html> {
  try {
    return await htmlOf(report);
  } catch (cause) {
    if (cause instanceof AssayerError) throw cause;
    throw new AssayerError(
      "invalid-argument",
      `reportHtml requires a whole ${report.kind} report; got one that cannot be drawn: ${messageOf(cause)}`,
      { cause },
    );
  }
}

function htmlOf(report: Report): Promise<Html> {
  switch ((report as Report | null)?.kind) {
    case "drift":
      return driftHtml(report as DriftReport);
    case "quality":
      return qualityHtml(report as QualityReport);
    case "performance":
      return performanceHtml(report as PerformanceReport);
    case "fairness":
      return fairnessHtml(report as FairnessReport);
    case "explanation":
      return explanationHtml(report as ExplanationReport);
    default:
      throw new AssayerError(
        "invalid-argument",
        `reportHtml requires a report on drift, quality, performance or fairness, or an explanation; got ${String((report as Partial<Report> | null)?.kind)}`,
      );
  }
}
