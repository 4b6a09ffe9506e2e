import { basename } from "node:path";
import * as vscode from "vscode";
import { config } from "../config";
import { projectsBelow } from "../find-project";
import { loadLibrary } from "../library";
import { pick } from "../pick";
import type { Services } from "../services";

/** Lets the user choose among the projects of the workspace, or a folder elsewhere. */
export async function chooseProject({ host, edge }: Services): Promise<void> {
  await edge.attempt("choose a project", async () => {
    const found = await projectsBelow();
    const current = (await host.current())?.root;
    const items = found.map((path) => ({
      label: basename(path),
      description: path === current ? "shown now" : "",
      detail: path,
      path: (): Promise<string | undefined> => Promise.resolve(path),
    }));
    const { path } = await pick("Choose Project", "Project", [
      ...items,
      { label: "Folder…", description: "a project somewhere else", path: askFolder },
      {
        label: "Nearest Project",
        description: "what the workspace holds",
        path: () => Promise.resolve(undefined),
      },
    ]);
    await config.setProject(await path());
    await host.find();
  });
}

async function askFolder(): Promise<string> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: "Choose Project",
      openLabel: "Show Project",
      canSelectFolders: true,
      canSelectFiles: false,
    })) ?? [];
  if (!folder) throw new vscode.CancellationError();
  const { findStore } = await loadLibrary();
  if (findStore(folder.fsPath) === undefined)
    throw new Error(`${folder.fsPath} holds no .assayer folder, nor does one above it`);
  return folder.fsPath;
}
