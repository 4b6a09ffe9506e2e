import type { Project, ReportInfo, ReportKind } from "assayer";
import * as vscode from "vscode";
import type { ReportReference } from "../../webviews/protocol";
import type { Services } from "../services";
import { ago, verdictWord } from "../text";
import { ProjectTree } from "./project-tree";

/** The newest ones; others are in the panels of their runs. */
const mostReports = 100;

const verdictIcons: Record<ReportInfo["verdict"], [icon: string, color: string]> = {
  alarm: ["warning", "charts.red"],
  watch: ["eye", "charts.yellow"],
  stable: ["pass", "charts.green"],
  undecided: ["question", "descriptionForeground"],
};

/** Explanations have an icon of their own while nothing is wrong with them. */
const explanationIcon: [icon: string, color: string] = ["lightbulb", "charts.yellow"];

const kindWords: Record<ReportKind, string> = {
  drift: "drift",
  quality: "data quality",
  performance: "performance",
  fairness: "fairness",
  explanation: "explanation",
};

/** Reports on drift, data quality, performance and fairness, the newest first, each with its verdict. */
export class ReportsTree extends ProjectTree<ReportInfo> {
  constructor(services: Services) {
    super(services, "assayer.reports", "list the reports");
  }

  protected async list(project: Project, node: ReportInfo | undefined): Promise<ReportInfo[]> {
    return node ? [] : project.reports({ limit: mostReports });
  }

  getTreeItem(report: ReportInfo): vscode.TreeItem {
    const { runId, runName, kind, name, verdict, summary, createdAt } = report;
    const item = new vscode.TreeItem(name);
    const [icon, color] =
      kind === "explanation" && verdict === "stable" ? explanationIcon : verdictIcons[verdict];
    item.id = `report/${runId}/${kind}/${name}`;
    item.contextValue = "report";
    item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
    item.description = [verdictWord(report), kindWords[kind], ago(createdAt)].join(" · ");
    item.tooltip = [
      `${name}: ${verdictWord(report)}`,
      summary,
      `${kindWords[kind]} report of the run ${runName}, ${createdAt.toLocaleString()}`,
    ].join("\n");
    item.accessibilityInformation = {
      label: [name, verdictWord(report), `${kindWords[kind]} report`, ago(createdAt)].join(", "),
    };
    const opened: ReportReference & { preserveFocus: true } = {
      runId,
      kind,
      name,
      preserveFocus: true,
    };
    item.command = { command: "assayer.openReport", title: "Open Report", arguments: [opened] };
    return item;
  }
}
