import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { launchBrowser } from "./browser";
import { Host } from "./host";
import { missing, vsix } from "./requirements";

const lacking = missing();
if (process.env["CI"] === "true") assert.deepEqual(lacking, []);

/** Why the tests cannot run here, or false. */
export const skip = lacking.length > 0 && `VS Code end to end: ${lacking.join("; ")}`;

/** A VS Code server with the extension, a browser, and a folder for what the tests make. */
export class Session {
  readonly folder = mkdtempSync(join(tmpdir(), "assayer-e2e-"));
  browser!: Browser;
  host!: { url: string; stop(): Promise<void> };

  /** @param make what the tests need besides, made at the same time */
  async start(make: () => Promise<void>): Promise<void> {
    const vsCode = new Host(join(this.folder, "vs-code"));
    [this.browser] = await Promise.all([
      launchBrowser(),
      vsCode.install(vsix).then(async () => (this.host = await vsCode.start())),
      make(),
    ]);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.host.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
