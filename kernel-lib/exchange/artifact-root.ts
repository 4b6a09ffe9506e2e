import { readdirSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** A file under some folder. */
export interface FoundFile {
  /** Relative to the folder, with / between the parts. */
  name: string;
  path: string;
  size: number;
}

/** A path out of a file address or a path; undefined for what is on a server or in a cloud. */
function localPath(uri: string): string | undefined {
  if (/^file:/iu.test(uri)) {
    try {
      return fileURLToPath(uri);
    } catch {
      return undefined;
    }
  }
  const proxied = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/iu.exec(uri);
  if (proxied) return proxied[1];
  return /^[a-z][a-z0-9+.-]+:/iu.test(uri) ? undefined : uri;
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * Where the artifacts of a store are. An address is looked for in the folders given and nowhere else, so that a store
 * from a stranger cannot name other files of this machine; and by its last parts too, since stores are moved.
 */
export class ArtifactRoots {
  private readonly roots: string[];

  constructor(folders: readonly string[]) {
    this.roots = folders.filter(isFolder).map((folder) => realpathSync(folder));
  }

  /** The folder of an artifact address; undefined when it is not there. */
  find(uri: string): string | undefined {
    const path = localPath(uri);
    if (path === undefined) return undefined;
    const parts = path.split(/[/\\]/u).filter((part) => part !== "" && part !== ".");
    if (parts.includes("..")) return undefined;
    const candidates = [
      path,
      ...this.roots.flatMap((root) => suffixes(parts).map((each) => join(root, each))),
    ];
    return candidates.find((candidate) => isFolder(candidate) && this.isInside(candidate));
  }

  /** Where the folder of an artifact address is, for what is told about those that are not found. */
  placeOf(uri: string): "here" | "remote" | "outside" | "nowhere" {
    if (this.find(uri) !== undefined) return "here";
    const path = localPath(uri);
    if (path === undefined) return "remote";
    return isFolder(path) ? "outside" : "nowhere";
  }

  private isInside(path: string): boolean {
    const real = realpathSync(path);
    return this.roots.some(
      (root) => real === root || real.startsWith(root.endsWith(sep) ? root : root + sep),
    );
  }
}

/** The last parts of a path, from most to two of them. */
function suffixes(parts: readonly string[]): string[] {
  const longest = parts.slice(0, -1).map((_, start) => join(...parts.slice(start)));
  return longest.length > 0 ? longest : parts.slice();
}

/** All files under a folder by name; what is neither a file nor a folder, such as a link, is counted apart. */
export function filesIn(folder: string): { files: FoundFile[]; others: number } {
  const files: FoundFile[] = [];
  let others = 0;
  const visit = (path: string, prefix: string): void => {
    const entries = readdirSync(path, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const inner = join(path, entry.name);
      const name = prefix + entry.name;
      if (entry.isDirectory()) visit(inner, `${name}/`);
      else if (entry.isFile()) files.push({ name, path: inner, size: statSync(inner).size });
      else others++;
    }
  };
  visit(folder, "");
  return { files, others };
}
