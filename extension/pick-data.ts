import { isAbsolute, join, relative } from "node:path";
import type { Project, ProjectTable } from "assayer";
import * as vscode from "vscode";
import { pick } from "./pick";
import { pickRun } from "./runs-argument";

/** Data that the user chose, to be looked at: a file, or a table that a run logged. */
export interface ChosenData {
  /** Short, for the name of a report. */
  label: string;
  source: { path: string } | { table: ProjectTable };
}

const dataFiles = "**/*.{parquet,csv,tsv}";
const hiddenFolders = "**/{node_modules,.git,.assayer,.cache,dist}/**";
const mostFiles = 200;

/** Lets the user choose a Parquet or CSV file, or a table that a run logged. */
export async function pickData(
  project: Project,
  title: string,
  placeHolder: string,
): Promise<ChosenData> {
  const files = await vscode.workspace.findFiles(dataFiles, hiddenFolders, mostFiles);
  const elsewhere = [
    { label: "$(table) Table of a Run…", choose: () => pickTable(project, title) },
    { label: "$(folder-opened) Other File…", choose: () => browse(title) },
  ];
  const items = [
    ...files
      .map(({ fsPath }) => ({
        label: `$(file) ${shortPath(fsPath)}`,
        choose: () => Promise.resolve(fileAt(fsPath)),
      }))
      .sort((a, b) => a.label.localeCompare(b.label)),
    ...elsewhere,
  ];
  return (await pick(title, placeHolder, items)).choose();
}

function fileAt(path: string): ChosenData {
  return { label: shortPath(path), source: { path } };
}

async function browse(title: string): Promise<ChosenData> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: "Choose",
      filters: { "Parquet and CSV": ["parquet", "csv", "tsv"] },
    })) ?? [];
  if (!file) throw new vscode.CancellationError();
  return fileAt(file.fsPath);
}

async function pickTable(project: Project, title: string): Promise<ChosenData> {
  const run = await project.run(await pickRun(project, title));
  if (run.tables.length === 0)
    throw new Error(`${run.name} has logged no table; a run does with run.logFeatures(rows)`);
  const items = run.tables.map(({ kind, name, rows, columns }) => ({
    label: name,
    description: `${kind} · ${rows.toLocaleString()} rows × ${columns.length} columns`,
    table: { runId: run.runId, kind, name },
  }));
  const { table, label } = await pick(title, "Table", items);
  return { label: `${label} of ${run.name}`, source: { table } };
}

/** A path as it is seen from the workspace. */
function shortPath(path: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const inside = folder === undefined ? path : relative(folder, path);
  return inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}

/** As the library takes it. */
export function sourceOf(project: Project, { source }: ChosenData) {
  return "table" in source ? project.source(source.table) : source.path;
}

/** Where a file dialog opens for a file of this name. */
export function besideProject(project: Project, name: string): vscode.Uri {
  return vscode.Uri.file(join(project.root, name));
}
