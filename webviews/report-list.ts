import { el } from "./el";
import { order } from "./host";
import { link } from "./parts";
import type { ReportLink } from "./protocol";
import { verdictBadge } from "./report-parts";

const kinds: Record<ReportLink["kind"], string> = {
  drift: "drift",
  quality: "data quality",
  performance: "performance",
  fairness: "fairness",
  explanation: "explanation",
};

/** Reports with their verdicts and what they say, to be opened. */
export function reportList(reports: readonly ReportLink[]): HTMLElement {
  return el(
    "ul",
    { class: "reports" },
    ...reports.map(({ runId, kind, name, verdict, word, summary }) =>
      el(
        "li",
        {},
        verdictBadge(verdict, word),
        el(
          "span",
          {},
          link(name, () => {
            order("open-report", { runId, kind, name });
          }),
          el("span", { class: "quiet" }, ` ${kinds[kind]}`),
          el("span", { class: "report-summary" }, summary),
        ),
      ),
    ),
  );
}
