import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { openProject, type ExplanationReport, type RowExplanation } from "../../kernel-lib/index";
import { linearRegressor } from "../../kernel-lib/onnx/write-linear";
import { wageTree } from "../serving/wage-project";
import { columns, rows } from "../onnx/wages";
import { temporaryFolder } from "../temporary-folder";

const cli = join(__dirname, "../../kernel-lib/dist/cli.js");
const folder = temporaryFolder();
let runId = "";

function assayer(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

/** 2 × age − hours + 3, of three people. */
writeFileSync(join(folder, "wages.onnx"), linearRegressor([[2, -1]], { intercept: [3] }));
writeFileSync(join(folder, "people.csv"), "request_id,age,hours\na,30,20\nb,40,30\nc,50,10\n");
const byName = ["--columns", "age,hours"];

before(async () => {
  const lines = rows.slice(0, 50).map((row) => row.join(","));
  writeFileSync(join(folder, "wages.csv"), `${columns.join(",")}\n${lines.join("\n")}\n`);
  const project = await openProject(folder);
  const run = project.startRun({ experiment: "e" });
  runId = run.id;
  await project.registry.register("wage-model", wageTree(4), {
    runId,
    input: [{ columns }],
    background: Object.fromEntries(
      columns.map((name, c) => [name, rows.slice(50, 100).map((row) => row[c] ?? 0)]),
    ),
  });
  await run.end();
  await project.close();
});

test("explain tells which columns of a model's file matter, against some of the data", () => {
  const { status, stdout } = assayer("explain", "wages.onnx", "people.csv", ...byName);
  assert.equal(status, 0);
  assert.match(
    stdout,
    /^explanation: age adds most: 13 units of prediction on average, then hours; 3 rows of people\.csv\./u,
  );
  assert.match(stdout, /^column +mean \|SHAP value\| +low +high +unit\nage +13\.3 /mu);
  assert.match(stdout, /^warning: no background was given: 3 of the 3 rows/mu);
  const top = assayer("explain", "wages.onnx", "people.csv", ...byName, "--top", "1").stdout;
  assert.doesNotMatch(top, /^hours/mu);
});

test("explain --row tells one row's values with bars, and what would change the answer", () => {
  const { status, stdout } = assayer(
    ...["explain", "wages.onnx", "people.csv", ...byName],
    ...["--background", "select age, hours from 'people.csv'", "--row", "0", "--goal", "60"],
  );
  assert.equal(status, 0);
  assert.match(stdout, /^row 0 \(a\): 43 units of prediction, 63 on average$/mu);
  assert.match(stdout, /^age +30 +-20 +█{20}│/mu);
  assert.match(stdout, /^hours +20 +0 +│/mu);
  assert.match(
    stdout,
    /^What would change the answer from 43 to \d+(\.\d+)?: .*raise age from 30 to /mu,
  );
  const without = assayer("explain", "wages.onnx", "people.csv", ...byName, "--row", "0").stdout;
  assert.match(without, /^With --goal this tells what would change the answer too\.$/mu);
  const fixed = assayer(
    ...["explain", "wages.onnx", "people.csv", ...byName, "--row", "0", "--goal", "50"],
    ...["--fixed", "age", "--json"],
  );
  const { counterfactuals, shapValues } = JSON.parse(fixed.stdout) as RowExplanation;
  assert.equal(shapValues[0]?.length, 2);
  assert.deepEqual(
    counterfactuals?.counterfactuals[0]?.changes.map(({ column }) => column),
    ["hours"],
  );
});

test("explain tells values in the unit that is given", () => {
  const words = ["explain", "wages.onnx", "people.csv", ...byName, "--unit", "dollars"];
  assert.match(assayer(...words).stdout, /^explanation: age adds most: 13 dollars on average/u);
  const row = assayer(...words, "--row", "0", "--goal", "50").stdout;
  assert.match(row, /^row 0 \(a\): 43 dollars, 63 on average$/mu);
  assert.match(row, /^What would change the answer from 43 to /mu);
});

test("explain --row names each class, and says which one would be the likeliest instead", () => {
  const iris = "explainable/fixtures/boosting-iris.onnx";
  writeFileSync(join(folder, "iris.onnx"), readFileSync(join(__dirname, "../onnx", iris)));
  const flowers = "5.1,3.5,1.4,0.2\n6.0,2.9,4.5,1.5\n6.5,3.0,5.8,2.2\n4.9,3.0,1.4,0.2\n";
  writeFileSync(join(folder, "iris.csv"), `f0,f1,f2,f3\n${flowers}`);
  const { status, stdout } = assayer("explain", "iris.onnx", "iris.csv", "--row", "1");
  assert.equal(status, 0);
  for (const label of ["0", "1", "2"])
    assert.match(stdout, new RegExp(`^row 1: \\S+ log-scores of ${label}, \\S+ on average$`, "mu"));
  assert.match(
    stdout,
    /^What would change the answer from 1 \(probability 0\.\d+\) to [02] \(probability 0\.\d+\): /mu,
  );
});

test("explain of a version uses its background and columns, and keeps the report with a run", async () => {
  const words = ["--html", "why.html", "--log-to", runId, "--name", "why"];
  const { status, stdout } = assayer("explain", "wage-model@1", "wages.csv", ...words, "--json");
  assert.equal(status, 0);
  const report = JSON.parse(stdout) as ExplanationReport;
  assert.deepEqual(report.model, { name: "wage-model", number: 1 });
  assert.deepEqual([report.method, report.background?.rows], ["tree-interventional", 50]);
  assert.match(readFileSync(join(folder, "why.html"), "utf8"), /<h1>why<\/h1>/u);
  const project = await openProject(folder);
  const logged = await project.readReport(runId, "explanation", "why");
  assert.deepEqual(logged.importance, report.importance);
  assert.equal((await project.run(runId)).status, "finished");
  assert.equal((await project.registry.explanation("wage-model", 1))?.report.name, "why");
  await project.close();
  const one = assayer("explain", "wage-model@1", "wages.csv", "--row", "7");
  assert.equal(one.status, 0);
  assert.match(one.stdout, /^row 7: 0?\.?\d+ probability of 1, /mu);
  assert.match(one.stdout, /^What would change the probability of 1 from /mu);
});

test("explain says in one line what it cannot do, and exits with 1", () => {
  const refused = (words: string[], message: RegExp) => {
    const { status, stderr } = assayer("explain", ...words);
    assert.equal(status, 1);
    assert.match(stderr, message);
  };
  refused(
    ["wages.onnx", "people.csv"],
    /assayer: explanationReport requires the model's columns f0, f1; got none named f0, f1 \[invalid-argument\]$/mu,
  );
  refused(
    ["none.onnx", "people.csv"],
    /requires a readable file; got none\.onnx: .* \[invalid-model\]$/mu,
  );
  refused(
    ["wage-model@9", "wages.csv"],
    /unknown version: wage-model@9; expected one of 1 \[unknown-model\]$/mu,
  );
  refused(
    ["wages.onnx", "people.csv", ...byName, "--row", "3"],
    /explainRow requires a row from 0 to 2; got 3 \[invalid-argument\]$/mu,
  );
  refused(
    ["wages.onnx", "people.csv", ...byName, "--row", "0", "--html", "x.html"],
    /explain requires --html, --log-to, --name and --rows without --row; got both/u,
  );
  refused(
    ["wages.onnx", "people.csv", ...byName, "--goal", "20"],
    /explain requires --row with --fixed and --goal; got none/u,
  );
  writeFileSync(join(folder, "nobody.csv"), "age,hours\n");
  refused(
    ["wages.onnx", "nobody.csv", ...byName],
    /explanationReport requires one row or more; got none \[empty-sample\]$/mu,
  );
  refused(
    ["wages.onnx", "people.csv", ...byName, "--background", "nobody.csv"],
    /explanationReport requires a background of one row or more; got none \[empty-sample\]$/mu,
  );
  mkdirSync(join(folder, "wage-model"));
  refused(["wage-model", "nobody.csv"], /explanationReport requires the model's columns /u);
  refused(
    ["wages.onnx", "people.csv", ...byName, "--method", "magic"],
    /unknown method: magic; expected one of auto, /u,
  );
  writeFileSync(join(folder, "booster.json"), "{}");
  refused(
    ["booster.json", "people.csv"],
    /explain requires an ONNX file; got booster\.json: assayer convert makes one of /u,
  );
  assert.equal(assayer("explain", "wages.onnx", "people.csv", "--output", "odds").status, 2);
});
