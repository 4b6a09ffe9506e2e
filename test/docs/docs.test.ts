import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openProject } from "assayer";
import { createDemo } from "assayer/demo";
import { temporaryFolder } from "../temporary-folder";

const root = join(__dirname, "..", "..");
const documents = ["README.md", "ARCHITECTURE.md", "test/parity/README.md"];

interface Block {
  document: string;
  language: string;
  text: string;
}

const blocks = documents.flatMap((document): Block[] => {
  const text = readFileSync(join(root, document), "utf8");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gmu)].map((match) => ({
    document,
    language: match[1] ?? "",
    text: match[2] ?? "",
  }));
});

const scripts = (
  JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  }
).scripts;

function withPackages(): string {
  const folder = temporaryFolder();
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

const ofLanguage = (language: string) => blocks.filter((block) => block.language === language);

test("every code block is in a language that is tried here", () => {
  assert.deepEqual([...new Set(blocks.map(({ language }) => language))].sort(), [
    "sh",
    "sql",
    "ts",
  ]);
});

test("TypeScript blocks run as they stand", () => {
  for (const { document, text } of ofLanguage("ts")) {
    const folder = withPackages();
    writeFileSync(join(folder, "block.mts"), text);
    const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
    const { status, stderr } = spawnSync(process.execPath, [tsx, "block.mts"], {
      cwd: folder,
      encoding: "utf8",
    });
    assert.equal(status, 0, `${document}: ${stderr}`);
  }
});

/** A command that serves until it is stopped: it answers, then it is stopped. */
async function serves(command: string, cwd: string): Promise<void> {
  const [, ...words] = command.split(" ");
  const args = [join(root, "kernel-lib", "dist", "cli.js"), ...words.slice(1), "--json"];
  const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.includes("}\n")) break;
  }
  const { url } = JSON.parse(output) as { url: string };
  const answer = await fetch(`${url}/v2/models/wage-model/ready`);
  assert.deepEqual(await answer.json(), { name: "wage-model", ready: true });
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  assert.equal(await ended, 0);
}

test("shell lines run in the demo's folder, and SQL runs on its store", async () => {
  const folder = withPackages();
  const demo = join(folder, "demo-project");
  await createDemo(demo);
  symlinkSync(join(root, "node_modules"), join(demo, "node_modules"));
  for (const { document, text } of ofLanguage("sh"))
    for (const line of text.trim().split("\n")) {
      const npm = [...line.matchAll(/npm (?:run )?([\w:]+)/gu)].map((match) => match[1] ?? "");
      if (npm.length > 0) {
        // `npm ci` and the whole test would run this test again.
        for (const name of npm) assert.ok(name === "ci" || name in scripts, `${document}: ${line}`);
        continue;
      }
      if (/ serve | edge run /u.test(line)) await serves(line, demo);
      else execFileSync("sh", ["-c", line], { cwd: demo, stdio: ["ignore", "ignore", "inherit"] });
    }
  const project = await openProject(demo);
  for (const { document, text } of ofLanguage("sql"))
    assert.ok((await project.sql(text)).length > 0, `${document}: ${text}`);
  await project.close();
});

test("every file, folder and script that the documents name is there", () => {
  for (const document of documents) {
    const text = readFileSync(join(root, document), "utf8");
    for (const [, path = ""] of text.matchAll(/\]\((?!https?:)([^)]+)\)/gu))
      assert.ok(existsSync(join(root, path)), `${document} links to ${path}`);
    for (const [, path = ""] of text.matchAll(
      /`((?:test|kernel-lib|extension|webviews)\/[\w./-]+)`/gu,
    ))
      assert.ok(existsSync(join(root, path)), `${document} names ${path}`);
    for (const [, script = ""] of text.matchAll(/`npm run ([\w:]+)`/gu))
      assert.ok(script in scripts, `${document} names npm run ${script}`);
  }
});

test("the code map names every folder of the library", () => {
  const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const folders = readdirSync(join(root, "kernel-lib"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !["dist", "node_modules"].includes(entry.name))
    .map(({ name }) => name);
  for (const name of folders) assert.ok(text.includes(`\`${name}/\``), name);
});

test("the tables that ARCHITECTURE.md describes are those of the schema", async () => {
  const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const section = text.slice(text.indexOf("## Tables for SQL"), text.indexOf("```sql"));
  const named = [...section.matchAll(/^\| (`[^|]+)\|/gmu)]
    .flatMap(([, cell = ""]) => [...cell.matchAll(/`(\w+)`/gu)].map((match) => match[1]))
    .sort();
  const project = await openProject(temporaryFolder());
  const rows = await project.sql(
    "select table_name as name from information_schema.tables where table_schema = 'main' and table_name <> 'metric_points' order by 1",
  );
  assert.deepEqual(
    named,
    rows.map(({ name }) => name),
  );
  await project.close();
});
