import type { Deployment, ModelVersion, Project } from "assayer";
import * as vscode from "vscode";
import { config } from "../config";
import { codeOf } from "../edge";
import { loadLibrary } from "../library";
import { confirm, pick, versionOf } from "../pick";
import { withCancellableProgress } from "../progress";
import type { Services } from "../services";

const recentKey = "assayer.recentTargets";
const mostRecent = 8;

/** Sends a version to a server, or writes it as a signed bundle: version, target, token, confirmation. */
export async function pushToTarget(services: Services, argument: unknown): Promise<void> {
  const { host, edge } = services;
  let target: string | undefined;
  await edge.attempt(
    "push the version",
    async () => {
      const project = await host.require();
      const version = await versionOf(project, argument, "Push to Target");
      const name = `${version.model} v${version.number}`;
      target = await pickTarget(services, `Push ${name}`);
      const token = await tokenFor(services, target, `Push ${name}`);
      await confirm(`Push ${name} to ${target}?`, consequence(target), "Push");
      const deployment = await pushWithProgress(project, version, target, token);
      if (token !== undefined) await services.context.secrets.store(secretOf(target), token);
      await remember(services, target);
      announce(deployment);
    },
    (error) => {
      if (codeOf(error) !== "unauthorized" || target === undefined) return undefined;
      const secret = secretOf(target);
      return {
        title: "Enter Token…",
        act: async () => {
          await services.context.secrets.delete(secret);
          await pushToTarget(services, argument);
        },
      };
    },
  );
}

function isServer(target: string): boolean {
  return /^https?:\/\//u.test(target);
}

function secretOf(target: string): string {
  return `assayer.token:${target}`;
}

function consequence(target: string): string {
  return isServer(target)
    ? "The server takes it as a new version and must answer the golden sample as it was kept."
    : "A bundle with the model, its digests and a signature is written to this folder.";
}

async function pickTarget({ context }: Services, title: string): Promise<string> {
  const recent = context.workspaceState.get<string[]>(recentKey) ?? [];
  const known = [...new Set([...recent, ...config.pushTargets()])];
  const { target, ask } = await pick(title, "Target", [
    ...known.map((target) => ({
      label: target,
      iconPath: new vscode.ThemeIcon(isServer(target) ? "server" : "chip"),
      target,
      ask: undefined,
    })),
    {
      label: "Server Address…",
      description: "a running assayer serve",
      iconPath: new vscode.ThemeIcon("add"),
      target: "",
      ask: askAddress,
    },
    {
      label: "Edge Folder…",
      description: "a signed bundle for a device",
      iconPath: new vscode.ThemeIcon("folder"),
      target: "",
      ask: askFolder,
    },
  ]);
  const chosen = ask ? await ask(title) : target;
  if (chosen === undefined) throw new vscode.CancellationError();
  return chosen;
}

async function askAddress(title: string): Promise<string | undefined> {
  const address = await vscode.window.showInputBox({
    title,
    prompt: "Address of the server",
    placeHolder: "http://127.0.0.1:8601",
    ignoreFocusOut: true,
    validateInput: (text) =>
      isServer(text) && URL.canParse(text)
        ? undefined
        : "An address starts with http:// or https://",
  });
  return address?.replace(/\/+$/u, "");
}

async function askFolder(title: string): Promise<string | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: "Write Bundle Here",
      canSelectFolders: true,
      canSelectFiles: false,
    })) ?? [];
  return folder && `edge:${folder.fsPath}`;
}

/** The token of a server: the one in the secret storage, else the one that the user types. */
async function tokenFor(
  { context }: Services,
  target: string,
  title: string,
): Promise<string | undefined> {
  if (!isServer(target)) return undefined;
  const kept = await context.secrets.get(secretOf(target));
  if (kept !== undefined) return kept;
  const token = await vscode.window.showInputBox({
    title,
    prompt: `Token of ${target}: the server printed it when it started. It is kept in the secret storage.`,
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === "" ? "A token is needed." : undefined),
  });
  if (token === undefined) throw new vscode.CancellationError();
  return token.trim();
}

async function pushWithProgress(
  project: Project,
  { model, number }: ModelVersion,
  target: string,
  token: string | undefined,
): Promise<Deployment> {
  const { push } = await loadLibrary();
  return withCancellableProgress(`Pushing ${model} v${number}`, (signal, onProgress) =>
    push(project, `${model}@${number}`, target, {
      signal,
      onProgress,
      ...(token === undefined ? {} : { token }),
    }),
  );
}

async function remember({ context }: Services, target: string): Promise<void> {
  const recent = context.workspaceState.get<string[]>(recentKey) ?? [];
  const kept = [target, ...recent.filter((other) => other !== target)].slice(0, mostRecent);
  await context.workspaceState.update(recentKey, kept);
}

function announce({ model, number, target }: Deployment): void {
  const text = `${model} v${number} is deployed to ${target}.`;
  void vscode.window.showInformationMessage(text, "Show Deployments").then((pressed) => {
    if (pressed !== undefined)
      void vscode.commands.executeCommand("assayer.openModel", { model, number });
  });
}
