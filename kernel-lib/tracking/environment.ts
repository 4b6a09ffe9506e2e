import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { arch, cpus, platform, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { sha256 } from "../store/digest";

interface PackageJson {
  name?: string;
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/** What code ran on; never environment variables, which hold secrets. */
export interface Environment {
  node: string;
  platform: string;
  arch: string;
  cpu: string | null;
  cpus: number;
  memoryMegabytes: number;
  package: { name: string | null; version: string | null } | null;
  /** Installed versions of what the package asks for; null for what is not installed. */
  packages: Record<string, string | null>;
  lockFile: { name: string; sha256: string } | null;
}

const lockFiles = [
  "package-lock.json",
  "npm-shrinkwrap.json",
  "pnpm-lock.yaml",
  "yarn.lock",
  "bun.lock",
  "bun.lockb",
];

/** The folders from `start` up to the root. */
function* upwards(start: string): Generator<string> {
  for (let folder = start; ; folder = dirname(folder)) {
    yield folder;
    if (dirname(folder) === folder) return;
  }
}

function nearest(start: string, names: readonly string[]): string | undefined {
  for (const folder of upwards(start))
    for (const name of names) if (existsSync(join(folder, name))) return join(folder, name);
  return undefined;
}

async function readPackage(path: string): Promise<PackageJson | undefined> {
  try {
    const content: unknown = JSON.parse(await readFile(path, "utf8"));
    return typeof content === "object" && content !== null ? content : undefined;
  } catch {
    return undefined;
  }
}

/** The version that `require` would find from `folder`. */
async function installedVersion(folder: string, name: string): Promise<string | null> {
  const path = nearest(folder, [join("node_modules", name, "package.json")]);
  return path === undefined ? null : ((await readPackage(path))?.version ?? null);
}

/** The machine, Node.js, and the packages of the nearest package.json going up from `root`. */
export async function readEnvironment(root: string): Promise<Environment> {
  const path = nearest(root, ["package.json"]);
  const own = path === undefined ? undefined : await readPackage(path);
  const folder = path === undefined ? root : dirname(path);
  const wanted = { ...own?.peerDependencies, ...own?.optionalDependencies };
  const names = Object.keys({ ...wanted, ...own?.devDependencies, ...own?.dependencies }).sort();
  const versions = await Promise.all(names.map((name) => installedVersion(folder, name)));
  const lock = path === undefined ? undefined : nearest(folder, lockFiles);
  return {
    node: process.versions.node,
    platform: platform(),
    arch: arch(),
    cpu: cpus()[0]?.model ?? null,
    cpus: cpus().length,
    memoryMegabytes: Math.round(totalmem() / 1e6),
    package: own ? { name: own.name ?? null, version: own.version ?? null } : null,
    packages: Object.fromEntries(names.map((name, i) => [name, versions[i] ?? null])),
    lockFile:
      lock === undefined
        ? null
        : { name: lock.slice(dirname(lock).length + 1), sha256: sha256(await readFile(lock)) },
  };
}
