import type { FairnessReport } from "../fairness/report";
import { badge, dataTable, facts, moment, rows, text, warningList, type Html } from "./report-parts";

export function fairnessHtml(report: FairnessReport): Promise<Html> {
  return Promise.resolve(
    [
      `<header><p class="quiet">Fairness report</p><h1>${text(report.name)}</h1>`,
      `<p class="lead">${badge(report.verdict)} ${text(report.summary)}</p>`,
      facts([
        ["data", `${report.data.description}, ${rows(report.data.rows)}`],
        ["made", moment(report.createdAt)],
      ]),
      "</header>",
      dataTable(
        ["verdict", "constraint", "groups by", "finding"],
        report.results.map(({ verdict, constraint, features, sentence }) => [
          text(verdict),
          text(constraint.constraint),
          text(features.join(" and ")),
          text(sentence),
        ]),
      ),
      warningList(report.warnings),
    ].join(""),
  );
}
