import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openSession } from "../../kernel-lib/onnx/session";
import { goldenCase } from "../onnx/boosters/booster-case";
import { temporaryFolder } from "../temporary-folder";

const cli = join(__dirname, "../../kernel-lib/dist/cli.js");

function assayer(cwd: string, ...args: string[]) {
  return spawnSync(process.execPath, [cli, ...args], { cwd, encoding: "utf8" });
}

test("assayer convert makes ONNX files of XGBoost's and LightGBM's own", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "model.json"), goldenCase("xgboost-3.2.0.json", "dart").model);
  writeFileSync(join(folder, "model.txt"), goldenCase("lightgbm.json", "three classes").model);
  const first = assayer(folder, "convert", "model.json", "-o", "first.onnx");
  assert.equal(first.status, 0, first.stderr);
  assert.match(
    first.stdout,
    /^first\.onnx: binary:logistic, 4 features, 6 trees, \d+ nodes, [\d,]+ bytes\n$/u,
  );
  const second = assayer(
    folder,
    ...["convert", "model.txt", "-o", "second.onnx", "--classes", "1", "2", "4", "--json"],
  );
  const { trees, objective } = JSON.parse(second.stdout) as { trees: number; objective: string };
  assert.deepEqual([trees, objective], [9, "multiclass"]);
  const session = await openSession(join(folder, "second.onnx"));
  const [label] = await session.predict([[3, 3, 0, 0]]);
  assert.deepEqual(label?.data, [4]);
  await session.close();
});

test("assayer convert refuses other files, files that are not there and damaged ones", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "model.json"), "{");
  const refused = (path: string, text: string) => {
    const { status, stderr } = assayer(folder, "convert", path, "-o", "model.onnx");
    assert.equal(status, 1);
    assert.ok(stderr.includes(text), stderr);
  };
  refused("model.pkl", "XGBoost (*.json) or LightGBM (*.txt); got model.pkl [invalid-argument]");
  refused("none.txt", "cannot read none.txt: ENOENT");
  refused("model.json", "the JSON of a whole XGBoost model; got another text [invalid-model]");
});
