// `npm test`: every check of the repository in order, with a summary. `node test/run.mjs unit e2e` runs some.
// What a machine cannot run is named and skipped; with CI=true nothing is skipped.
import { spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const node = process.execPath;
const bin = (name, ...path) => join(root, "node_modules", name, ...path);
const inCi = process.env.CI === "true";

/** Folders of tests that are stages of their own. */
const apart = ["notebooks", "mlflow", "crash", "soak", "e2e", "package", "docs"];

function testFiles(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name === "node_modules" || name === "dist") return [];
    if (statSync(path).isDirectory()) return testFiles(path);
    return name.endsWith(".test.ts") ? [path] : [];
  });
}

const filesOf = (folder) => testFiles(join(root, "test", folder));
const unitFiles = () =>
  testFiles(join(root, "test")).filter(
    (file) => !apart.includes(relative(join(root, "test"), file).split("/")[0]),
  );

const nodeTest = (files, ...options) => [
  [node, "--import", "tsx", "--test", "--test-reporter=spec", ...options, ...files],
];

/** Name, commands, and what has to be there first: a script that exits with 3 when it cannot be had. */
const stages = [
  { name: "build", commands: () => [[node, "build.mjs"]] },
  {
    name: "format",
    commands: () => [
      [node, bin("prettier", "bin", "prettier.cjs"), "--check", "--log-level=warn", "."],
    ],
  },
  {
    name: "lint",
    commands: () => [[node, bin("eslint", "bin", "eslint.js"), "--max-warnings=0", "."]],
  },
  { name: "types", commands: () => [[node, bin("typescript", "bin", "tsc"), "-b"]] },
  { name: "unit", commands: () => nodeTest(unitFiles()) },
  { name: "docs", commands: () => nodeTest(filesOf("docs")) },
  {
    name: "notebooks",
    needs: "test/notebooks/prepare.ts",
    commands: () => nodeTest(filesOf("notebooks")),
  },
  {
    name: "mlflow",
    needs: "test/mlflow/prepare.ts",
    commands: () => nodeTest(filesOf("mlflow")),
  },
  { name: "crash", commands: () => nodeTest(filesOf("crash")) },
  { name: "soak", commands: () => nodeTest(filesOf("soak")) },
  {
    name: "package",
    wants: "test/e2e/prepare.mjs",
    commands: () => nodeTest(filesOf("package"), "--test-concurrency=1"),
  },
  {
    name: "e2e",
    needs: "test/e2e/prepare.mjs",
    commands: () => nodeTest(filesOf("e2e"), "--test-concurrency=1"),
  },
];

/** No command takes longer, preparing an environment on a slow network included. */
const longest = Number(process.env.ASSAYER_LIMIT_MINUTES ?? 25) * 60_000;

/** Runs a command, shows what it prints, and counts the tests it reports. One that hangs is ended with its children. */
function run([command, ...args]) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    const end = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // It has ended already.
      }
    };
    const interrupted = () => {
      end("SIGTERM");
      process.exit(130);
    };
    for (const name of ["SIGINT", "SIGTERM"]) process.once(name, interrupted);
    const limit = setTimeout(() => {
      console.error(`ended after ${longest / 60_000} minutes: ${args.join(" ")}`);
      end("SIGKILL");
    }, longest);
    // A child that was left behind would hold the output open.
    child.once("exit", () => setTimeout(() => end("SIGKILL"), 2000).unref());
    let output = "";
    child.stdout.on("data", (chunk) => {
      process.stdout.write(chunk);
      output += chunk;
    });
    child.once("close", (code) => {
      clearTimeout(limit);
      for (const name of ["SIGINT", "SIGTERM"]) process.off(name, interrupted);
      const count = (word) =>
        [...output.matchAll(new RegExp(`^\\W*${word} (\\d+)$`, "gmu"))].reduce(
          (sum, [, n]) => sum + Number(n),
          0,
        );
      done({
        code: code ?? 1,
        passed: count("pass"),
        failed: count("fail") + count("cancelled"),
        skipped: count("skipped"),
      });
    });
  });
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(
    `unknown part: ${unknown.join(", ")}; expected one of ${stages.map(({ name }) => name).join(", ")}`,
  );
  process.exit(2);
}

const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
for (const stage of stages) {
  if (wanted.length > 0 && !wanted.includes(stage.name)) continue;
  const start = Date.now();
  console.log(`\n── ${stage.name} ──`);
  let verdict = "passed";
  // Brought when it can be had; the tests of the stage run more with it.
  if (stage.wants) await run([node, "--import", "tsx", stage.wants]);
  if (stage.needs) {
    const { code } = await run([node, "--import", "tsx", stage.needs]);
    if (code !== 0) verdict = code === 3 && !inCi ? "skipped" : "failed";
  }
  const ran = verdict === "passed" ? stage.commands() : [];
  for (const command of ran) {
    const result = await run(command);
    total.passed += result.passed;
    total.failed += result.failed;
    total.skipped += result.skipped;
    if (result.code !== 0) verdict = "failed";
    if (result.code !== 0 && result.failed === 0) total.failed++;
    if (inCi && result.skipped > 0) verdict = "failed: with CI=true nothing is skipped";
    // A stage that is one command without tests counts as one.
    if (result.code === 0 && result.passed === 0) total.passed++;
  }
  if (ran.length === 0) total[verdict === "skipped" ? "skipped" : "failed"]++;
  lines.push(
    `${stage.name.padEnd(10)} ${verdict} in ${((Date.now() - start) / 1000).toFixed(1)} s`,
  );
  if (verdict.startsWith("failed") && stage.name === "build") break;
}

console.log(`\n${lines.join("\n")}\n`);
const broken = lines.some((line) => line.includes(" failed"));
console.log(
  `${total.passed} passed, ${Math.max(total.failed, broken ? 1 : 0)} failed, ${total.skipped} skipped`,
);
process.exitCode = broken || total.failed > 0 ? 1 : 0;
