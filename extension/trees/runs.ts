import type { Experiment, RunStatus, RunSummary } from "assayer";
import * as vscode from "vscode";
import { config } from "../config";
import type { Services } from "../services";
import { ago, shortNumber } from "../text";

export type RunsNode =
  | { kind: "experiment"; experiment: Experiment; open: boolean }
  | { kind: "run"; run: RunSummary; children: RunSummary[]; siblings: RunSummary[] }
  | { kind: "more"; hidden: number };

const statusIcons: Record<RunStatus, [icon: string, color: string]> = {
  running: ["sync~spin", "charts.blue"],
  finished: ["pass", "charts.green"],
  failed: ["error", "charts.red"],
  killed: ["circle-slash", "charts.yellow"],
};

/** Experiments with their runs, the newest first; nested runs under the run that started them. */
export class RunsTree implements vscode.TreeDataProvider<RunsNode> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly services: Services) {
    services.host.onDidChange(() => {
      this.changed.fire(undefined);
    });
  }

  async getChildren(node?: RunsNode): Promise<RunsNode[]> {
    const { host, edge } = this.services;
    if (node?.kind === "run") return runNodes(node.children, node.siblings);
    const children = await edge.attempt("list the runs", async () => {
      const project = await host.current();
      if (!project) return [];
      if (node?.kind !== "experiment") {
        const experiments = await project.experiments();
        return experiments.map((experiment, i): RunsNode => ({
          kind: "experiment",
          experiment,
          open: i === 0,
        }));
      }
      const { name, runs: total } = node.experiment;
      const limit = config.runsPerExperiment();
      const runs = await project.searchRuns({ experiment: name, limit });
      const listed = new Set(runs.map(({ runId }) => runId));
      const top = runs.filter(({ parentRunId }) => !parentRunId || !listed.has(parentRunId));
      const nodes = runNodes(top, runs);
      return total > runs.length
        ? [...nodes, { kind: "more" as const, hidden: total - runs.length }]
        : nodes;
    });
    return children ?? [];
  }

  getTreeItem(node: RunsNode): vscode.TreeItem {
    switch (node.kind) {
      case "experiment":
        return experimentItem(node.experiment, node.open);
      case "run":
        return runItem(node.run, node.children.length > 0);
      case "more": {
        const item = new vscode.TreeItem(`${node.hidden} more in the runs table…`);
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
  item.tooltip = `${experiment.name}: ${item.description}, the last ${ago(experiment.lastStartedAt)}`;
  return item;
}

function runItem(run: RunSummary, isParent: boolean): vscode.TreeItem {
  const { None, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(run.name, isParent ? Collapsed : None);
  const [icon, color] = statusIcons[run.status];
  item.id = `run/${run.runId}`;
  item.contextValue = "run";
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  item.description = [...metricsOf(run), ago(run.startedAt)].join(" · ");
  item.tooltip = tooltip(run);
  item.accessibilityInformation = { label: `${run.name}, ${run.status}, ${item.description}` };
  item.command = { command: "assayer.openRun", title: "Open Run", arguments: [run.runId] };
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
