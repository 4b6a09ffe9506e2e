import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Paths of all files in a folder and those below it; none where there is no folder. */
export function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
