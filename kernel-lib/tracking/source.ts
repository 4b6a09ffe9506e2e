import { execFile } from "node:child_process";
import { basename, isAbsolute, relative } from "node:path";
import { promisify } from "node:util";
import type { RunSource } from "../store/journal/events";
import { currentUser } from "../store/user";
import { version } from "../version";

const git = promisify(execFile);
const gitPatience = 2000;

async function gitOutput(folder: string, ...args: string[]): Promise<string | null> {
  try {
    return (await git("git", ["-C", folder, ...args], { timeout: gitPatience })).stdout.trim();
  } catch {
    return null;
  }
}

function entryPoint(root: string): Pick<RunSource, "kind" | "name"> {
  if ("__tslab__" in globalThis) {
    const notebook = process.env.JPY_SESSION_NAME;
    return { kind: "notebook", name: notebook === undefined ? null : basename(notebook) };
  }
  const script = process.argv[1];
  if (script === undefined) return { kind: "unknown", name: null };
  const inside = relative(root, script);
  // A path outside the project says more about the machine than about the code.
  const isOutside = inside.startsWith("..") || isAbsolute(inside);
  return { kind: "script", name: isOutside ? basename(script) : inside };
}

/** Where the code of this process comes from: read once, since git takes milliseconds. */
export async function readSource(root: string): Promise<RunSource> {
  const [gitCommit, status] = await Promise.all([
    gitOutput(root, "rev-parse", "HEAD"),
    gitOutput(root, "status", "--porcelain", "--untracked-files=no"),
  ]);
  return {
    ...entryPoint(root),
    gitCommit,
    gitDirty: gitCommit === null || status === null ? null : status !== "",
    nodeVersion: process.versions.node,
    assayerVersion: version,
    user: currentUser(),
  };
}
