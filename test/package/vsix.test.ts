import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { linearRegressor } from "../../kernel-lib/onnx/write-linear";
import { driftReport } from "../charts/reports";
import { temporaryFolder } from "../temporary-folder";
import { unzip } from "./unzip";

const root = join(__dirname, "..", "..");
const vsix = join(root, "dist", "assayer-linux-x64.vsix");
const skip =
  (process.platform !== "linux" || process.arch !== "x64") && "the VSIX is built on Linux x64";

test(
  "the VSIX queries DuckDB, infers with ONNX Runtime and draws reports from its own modules",
  { skip },
  () => {
    execFileSync(process.execPath, ["build.mjs", "--package"], { cwd: root, stdio: "inherit" });
    const size = statSync(vsix).size / 1e6;
    assert.ok(size < 50, `${size} MB`);
    const folder = temporaryFolder();
    const names = unzip(vsix, folder);
    const stray = names.filter((name) =>
      /\.(ts|map|md|test\.js)$|\/(test|src\/.*\.ts)\//u.test(name),
    );
    assert.deepEqual(
      stray.filter((name) => !/readme\.md|changelog\.md/iu.test(name)),
      [],
    );
    const manifest = JSON.parse(
      readFileSync(join(folder, "extension", "package.json"), "utf8"),
    ) as {
      main: string;
    };
    assert.ok(names.includes(join("extension", manifest.main)));

    const model = linearRegressor([2], { intercept: 1 });
    writeFileSync(join(folder, "model.onnx"), model);
    writeFileSync(
      join(folder, "extension", "extension", "dist", "report.json"),
      JSON.stringify(driftReport),
    );
    const script = join(folder, "extension", "extension", "dist", "probe.cjs");
    writeFileSync(
      script,
      `const { openProject, openSession, reportHtml } = require("assayer");
    (async () => {
      const project = await openProject(${JSON.stringify(folder)});
      const [row] = await project.sql("select 6 * 7 as answer");
      await project.close();
      const session = await openSession(${JSON.stringify(join(folder, "model.onnx"))});
      const [output] = await session.predict([[20.5]]);
      await session.close();
      const { createDemo } = await import("assayer/demo");
      if (typeof createDemo !== "function") throw new Error("no demo");
      const page = await reportHtml(require("./report.json"));
      if (!page.includes("<svg ")) throw new Error("no chart");
      console.log(JSON.stringify([row.answer, output.data[0], require.resolve("assayer")]));
    })();`,
    );
    const answer = execFileSync(process.execPath, [script], { cwd: folder, encoding: "utf8" });
    assert.deepEqual(JSON.parse(answer), [
      42,
      42,
      join(folder, "extension", "extension", "dist", "node_modules", "assayer", "dist", "index.js"),
    ]);
  },
);
