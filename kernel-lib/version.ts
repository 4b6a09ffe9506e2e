import { readFileSync } from "node:fs";
import { join } from "node:path";

function readVersion(): string {
  const file = [join(__dirname, "package.json"), join(__dirname, "..", "package.json")];
  for (const path of file) {
    try {
      return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
    } catch {
      // Beside the source it is one folder higher than beside the build.
    }
  }
  return "unknown";
}

/** Version of this library. */
export const version: string = readVersion();
