import type { Experiment, Project, RunStatus, RunSummary } from "assayer";
import * as vscode from "vscode";
import { config } from "../config";
import type { Services } from "../services";
import { ago, shortNumber } from "../text";
import { ProjectTree } from "./project-tree";

export type RunsNode =
  | { kind: "experiment"; experiment: Experiment; open: boolean }
  | { kind: "run"; run: RunSummary; children: RunSummary[]; siblings: RunSummary[] }
  | { kind: "more"; experiment: string; left: number };

const statusIcons: Record<RunStatus, [icon: string, color: string]> = {
  running: ["sync~spin", "charts.blue"],
  finished: ["pass", "charts.green"],
  failed: ["error", "charts.red"],
  killed: ["circle-slash", "charts.yellow"],
};

const starredOnlyKey = "assayer.runs.starredOnly";
/** Where the choice to show hidden runs is kept, for the tree and the table. */
export const showHiddenKey = "assayer.runs.showHidden";

/** Experiments with their runs: the starred first, then the newest; nested runs under the run that started them. */
export class RunsTree extends ProjectTree<RunsNode> {
  private selected: string[] = [];

  constructor(services: Services) {
    super(services, "assayer.runs", "list the runs", {
      canSelectMany: true,
      showCollapseAll: true,
    });
    services.context.subscriptions.push(
      this.view.onDidChangeSelection(({ selection }) => {
        this.selected = selection.flatMap((node) => (node.kind === "run" ? [node.run.runId] : []));
      }),
    );
    void this.tellFlags();
  }

  /** Runs that are selected in the tree; kept by id, since a view that is listed anew knows none for a moment. */
  selectedRunIds(): string[] {
    return this.selected;
  }

  async showStarredOnly(only: boolean): Promise<void> {
    await this.services.context.workspaceState.update(starredOnlyKey, only);
    await this.tellFlags();
    this.services.host.announce();
  }

  async showHidden(shown: boolean): Promise<void> {
    await this.services.context.workspaceState.update(showHiddenKey, shown);
    await this.tellFlags();
    this.services.host.announce();
  }

  private flag(key: string): boolean {
    return this.services.context.workspaceState.get(key, false);
  }

  /** The menus and the line above the tree say what is left out. */
  private async tellFlags(): Promise<void> {
    for (const key of [starredOnlyKey, showHiddenKey])
      await vscode.commands.executeCommand("setContext", key, this.flag(key));
    this.view.description = this.flag(starredOnlyKey) ? "starred only" : "";
  }

  protected async list(project: Project, node: RunsNode | undefined): Promise<RunsNode[]> {
    if (node?.kind === "run") return runNodes(node.children, node.siblings);
    const starredOnly = this.flag(starredOnlyKey);
    if (node?.kind !== "experiment") {
      const experiments = await project.experiments();
      return experiments.map((experiment, i): RunsNode => ({
        kind: "experiment",
        experiment,
        open: i === 0,
      }));
    }
    const { name, runs: total } = node.experiment;
    const runs = await project.searchRuns({
      experiment: name,
      limit: config.runsPerExperiment(),
      include: this.flag(showHiddenKey) ? "hidden" : "visible",
      orderBy: ["starred desc", "started_at desc"],
      ...(starredOnly ? { filter: "starred = true" } : {}),
    });
    const listed = new Set(runs.map(({ runId }) => runId));
    const top = runs.filter(({ parentRunId }) => !parentRunId || !listed.has(parentRunId));
    const nodes = runNodes(top, runs);
    const left = total - runs.length;
    return left > 0 && !starredOnly
      ? [...nodes, { kind: "more" as const, experiment: name, left }]
      : nodes;
  }

  getTreeItem(node: RunsNode): vscode.TreeItem {
    switch (node.kind) {
      case "experiment":
        return experimentItem(node.experiment, node.open);
      case "run":
        return runItem(node.run, node.children.length > 0);
      case "more": {
        const item = new vscode.TreeItem(`${node.left} more in the runs table…`);
        item.id = `more/${node.experiment}`;
        item.iconPath = new vscode.ThemeIcon("table");
        item.command = { command: "assayer.openRunsTable", title: "Open Runs Table" };
        return item;
      }
    }
  }
}

function runNodes(runs: readonly RunSummary[], siblings: RunSummary[]): RunsNode[] {
  return runs.map((run) => ({
    kind: "run",
    run,
    children: siblings.filter(({ parentRunId }) => parentRunId === run.runId),
    siblings,
  }));
}

function experimentItem(experiment: Experiment, open: boolean): vscode.TreeItem {
  const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(experiment.name, open ? Expanded : Collapsed);
  item.id = `experiment/${experiment.name}`;
  item.contextValue = "experiment";
  item.iconPath = new vscode.ThemeIcon("beaker");
  item.description = `${experiment.runs} ${experiment.runs === 1 ? "run" : "runs"}`;
  item.tooltip = `${experiment.name}: ${item.description}, the last started ${experiment.lastStartedAt.toLocaleString()}`;
  return item;
}

function runItem(run: RunSummary, isParent: boolean): vscode.TreeItem {
  const { None, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(run.name, isParent ? Collapsed : None);
  const [icon, color] = statusIcons[run.status];
  item.id = `run/${run.runId}`;
  const marks = [...(run.starred ? ["starred"] : []), ...(run.hidden ? ["hidden"] : [])];
  item.contextValue = ["run", ...marks].join(" ");
  item.iconPath = run.starred
    ? new vscode.ThemeIcon("star-full", new vscode.ThemeColor("charts.yellow"))
    : new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  item.description = [
    ...(run.hidden ? ["hidden"] : []),
    ...(run.starred && run.status !== "finished" ? [run.status] : []),
    ...metricsOf(run),
    ago(run.startedAt),
  ].join(" · ");
  item.tooltip = tooltip(run);
  item.accessibilityInformation = {
    label: [run.name, run.status, ...marks, item.description].join(", "),
  };
  // The keyboard stays in the tree, where F2 renames and Delete deletes.
  const opened = { runId: run.runId, preserveFocus: true };
  item.command = { command: "assayer.openRun", title: "Open Run", arguments: [opened] };
  return item;
}

function metricsOf({ metrics }: RunSummary): string[] {
  const wanted = config.runMetrics();
  const keys = wanted.length > 0 ? wanted : Object.keys(metrics).sort().slice(0, 1);
  return keys.flatMap((key) => {
    const value = metrics[key];
    return value === undefined ? [] : [`${key} ${shortNumber(value)}`];
  });
}

function tooltip(run: RunSummary): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  const lines = [
    `${run.name} (${run.status})`,
    `started ${run.startedAt.toLocaleString()}`,
    ...Object.entries(run.metrics).map(([key, value]) => `${key} = ${shortNumber(value)}`),
    ...Object.entries(run.params).map(([key, value]) => `${key}: ${String(value)}`),
  ];
  text.appendText(lines.slice(0, 20).join("\n"));
  return text;
}
