import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders: string[] = [];

// At the end of the process, not of a test: a test's children may write until its other hooks stopped them.
process.once("exit", () => {
  for (const folder of folders)
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 25 });
});

/** An empty folder, gone when the test file has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "assayer-test-"));
  folders.push(folder);
  return folder;
}
