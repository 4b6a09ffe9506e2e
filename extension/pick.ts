import type { Model, ModelVersion, Project } from "assayer";
import * as vscode from "vscode";
import { ago } from "./text";

/** A version as commands pass it on. */
export interface VersionReference {
  model: string;
  number: number;
}

/** Lets the user choose one of `items`; leaving the list cancels the command. */
export async function pick<T extends vscode.QuickPickItem>(
  title: string,
  placeHolder: string,
  items: readonly T[],
): Promise<T> {
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder,
    matchOnDescription: true,
    // Between two steps the focus goes back to where it was, which would close the second list.
    ignoreFocusOut: true,
  });
  if (!picked) throw new vscode.CancellationError();
  return picked;
}

/** A modal question; anything but `action` cancels the command. */
export async function confirm(question: string, detail: string, action: string): Promise<void> {
  await confirmOne(question, detail, [action]);
}

/** A modal question with several answers; anything but one of them cancels the command. */
export async function confirmOne<A extends string>(
  question: string,
  detail: string,
  actions: readonly A[],
): Promise<A> {
  const options = { modal: true, detail };
  const pressed = await vscode.window.showWarningMessage(question, options, ...actions);
  const action = actions.find((each) => each === pressed);
  if (action === undefined) throw new vscode.CancellationError();
  return action;
}

/**
 * The version a command is about: the tree item or the reference it was called with, else a choice.
 *
 * @param argument what the command was called with; a model narrows the choice to its versions
 */
export async function versionOf(
  project: Project,
  argument: unknown,
  title: string,
): Promise<ModelVersion> {
  const { model, number } = referenceIn(argument);
  const { registry } = project;
  if (model !== undefined && number !== undefined) return registry.version(model, number);
  const name = model ?? (await pickModel(await registry.models(), title)).name;
  const versions = await registry.versions(name);
  const items = versions.map((version) => ({
    label: `${name} v${version.number}`,
    description: [
      ...(version.stage === "none" ? [] : [version.stage]),
      ago(version.createdAt),
    ].join(" · "),
    version,
  }));
  return (await pick(title, "Version", items)).version;
}

/** @param title of the list that opens when there are several */
export async function pickModel(models: readonly Model[], title: string): Promise<Model> {
  const [first, ...others] = models;
  if (!first) throw new Error("the project has no model yet; log one with run.logModel");
  if (others.length === 0) return first;
  const items = models.map((model) => ({
    label: model.name,
    description: `${model.versions} ${model.versions === 1 ? "version" : "versions"}`,
    model,
  }));
  return (await pick(title, "Model", items)).model;
}

/** A model's name and a version's number, as tree items and panels carry them. */
export function referenceIn(argument: unknown): Partial<VersionReference> {
  if (typeof argument !== "object" || argument === null) return {};
  if ("version" in argument) return referenceIn(argument.version);
  const model = "model" in argument ? argument.model : undefined;
  if (
    typeof model === "object" &&
    model !== null &&
    "name" in model &&
    typeof model.name === "string"
  )
    return { model: model.name };
  const number = "number" in argument ? argument.number : undefined;
  return {
    ...(typeof model === "string" ? { model } : {}),
    ...(typeof number === "number" ? { number } : {}),
  };
}
