import type { Model, ModelVersion, Project } from "assayer";
import * as vscode from "vscode";
import type { Services } from "../services";
import { ago } from "../text";
import { ProjectTree } from "./project-tree";

export type ModelsNode =
  { kind: "model"; model: Model } | { kind: "version"; version: ModelVersion; last: boolean };

/** Models with their versions, the newest first, each with the stage it is in. */
export class ModelsTree extends ProjectTree<ModelsNode> {
  constructor(services: Services) {
    super(services, "assayer.models", "list the models");
  }

  protected async list(
    { registry, stages }: Project,
    node: ModelsNode | undefined,
  ): Promise<ModelsNode[]> {
    if (node?.kind === "version") return [];
    if (!node)
      return (await registry.models()).map((model): ModelsNode => ({ kind: "model", model }));
    const versions = await registry.versions(node.model.name);
    return versions.map((version): ModelsNode => ({
      kind: "version",
      version,
      last: version.stage === stages.at(-1),
    }));
  }

  getTreeItem(node: ModelsNode): vscode.TreeItem {
    return node.kind === "model" ? modelItem(node.model) : versionItem(node.version, node.last);
  }
}

function modelItem({ name, versions, stages }: Model): vscode.TreeItem {
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `model/${name}`;
  item.contextValue = "model";
  item.iconPath = new vscode.ThemeIcon("package");
  const held = Object.entries(stages).map(([stage, number]) => `${stage} v${number}`);
  const count = `${versions} ${versions === 1 ? "version" : "versions"}`;
  item.description = held.length > 0 ? held.join(", ") : count;
  item.tooltip = [`${name}: ${count}`, ...held].join(", ");
  return item;
}

function versionItem(version: ModelVersion, isLast: boolean): vscode.TreeItem {
  const { model, number, stage } = version;
  const item = new vscode.TreeItem(`v${number}`);
  item.id = `version/${model}/${number}`;
  item.contextValue = "version";
  item.iconPath = stageIcon(stage, isLast);
  item.description = [...(stage === "none" ? [] : [stage]), ago(version.createdAt)].join(" · ");
  item.tooltip = `${model} v${number}, ${stage}, registered ${version.createdAt.toLocaleString()} by ${version.createdBy}`;
  item.accessibilityInformation = { label: `v${number}, ${item.description}` };
  item.command = {
    command: "assayer.openModel",
    title: "Open Model",
    arguments: [{ model, number }],
  };
  return item;
}

function stageIcon(stage: string, isLast: boolean): vscode.ThemeIcon {
  if (stage === "none") return new vscode.ThemeIcon("circle-outline");
  if (isLast) return new vscode.ThemeIcon("archive");
  const color = stage === "production" ? "charts.green" : "charts.blue";
  return new vscode.ThemeIcon("circle-filled", new vscode.ThemeColor(color));
}
