import { execFile } from "node:child_process";
import type { ArtifactFile } from "./artifact-files";
import { readEnvironment } from "./environment";

/** Longest diff that is kept, in bytes. */
const longestDiff = 5 * 1024 * 1024;
const mostNames = 1000;
const gitPatience = 10_000;

/** The store is not code, also where it is kept in git. */
const codeOnly = [":/", ":(top,exclude,glob)**/.assayer/**"];

interface GitOutput {
  data: Buffer;
  /** There was more than is kept. */
  cut: boolean;
}

/** What git prints; undefined when it fails, is not there or takes too long. */
function git(root: string, ...args: string[]): Promise<GitOutput | undefined> {
  return new Promise((done) => {
    execFile(
      "git",
      ["-C", root, ...args],
      {
        encoding: "buffer",
        maxBuffer: longestDiff,
        timeout: gitPatience,
        windowsHide: true,
        // Looks alone: git must not wait for, or take, the lock that another git of the user needs.
        env: { ...process.env, GIT_OPTIONAL_LOCKS: "0" },
      },
      (error, data) => {
        const cut =
          (error as NodeJS.ErrnoException | null)?.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER";
        done(error === null || cut ? { data, cut } : undefined);
      },
    );
  });
}

/** A remote's address without user, password or anything else that can be a secret. */
export function withoutCredentials(remote: string): string {
  try {
    const url = new URL(remote);
    url.username = "";
    url.password = "";
    url.search = "";
    url.hash = "";
    return url.href;
  } catch {
    return remote.replace(/(?<=:\/\/).*@/u, "");
  }
}

function untrackedLines(output: GitOutput | undefined): string[] {
  const names = (output?.data.toString() ?? "").split("\0").filter((name) => name !== "");
  if (names.length === 0) return [];
  const more = names.length > mostNames || output?.cut ? ["#   and more"] : [];
  return [
    "# Untracked files, of which the names alone are kept:",
    ...names
      .slice(0, mostNames)
      .sort()
      .map((name) => `#   ${JSON.stringify(name)}`),
    ...more,
  ];
}

/** The diff from the last commit in a form that `git apply` takes; undefined where nothing differs. */
function diffFile(
  diff: GitOutput | undefined,
  untracked: GitOutput | undefined,
): ArtifactFile | undefined {
  const lines = untrackedLines(untracked);
  if (diff?.cut) lines.push(`# The diff is longer: this is its beginning, ${longestDiff} bytes.`);
  const head = lines.length === 0 ? "" : `${lines.join("\n")}\n\n`;
  const data = Buffer.concat([Buffer.from(head), diff?.data ?? Buffer.alloc(0)]);
  return data.length === 0 ? undefined : { name: "code/uncommitted.diff", data };
}

async function readCodeState(root: string): Promise<ArtifactFile[]> {
  const [diff, untracked, commit, remote, environment] = await Promise.all([
    git(
      root,
      "diff",
      "HEAD",
      "--binary",
      "--no-color",
      "--no-ext-diff",
      "--no-textconv",
      "--",
      ...codeOnly,
    ),
    git(root, "ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", ...codeOnly),
    git(root, "rev-parse", "HEAD"),
    git(root, "config", "--get", "remote.origin.url"),
    readEnvironment(root),
  ]);
  const found = {
    ...environment,
    git: commit && {
      commit: commit.data.toString().trim(),
      remote: remote ? withoutCredentials(remote.data.toString().trim()) : null,
    },
  };
  const uncommitted = diffFile(diff, untracked);
  return [
    { name: "environment.json", data: `${JSON.stringify(found, null, 2)}\n` },
    ...(uncommitted ? [uncommitted] : []),
  ];
}

const states = new Map<string, Promise<ArtifactFile[]>>();

/**
 * What this process runs, as files: the changes since the last commit, and the environment. Found out once for a
 * process and a folder, since code is loaded once; in the background, and not before the caller's own work was done.
 */
export function codeState(root: string): Promise<ArtifactFile[]> {
  let state = states.get(root);
  if (!state) {
    // Starting a process takes milliseconds.
    state = new Promise<void>((done) => setImmediate(done)).then(() => readCodeState(root));
    states.set(root, state);
  }
  return state;
}
