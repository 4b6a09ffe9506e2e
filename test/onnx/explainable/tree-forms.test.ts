import assert from "node:assert/strict";
import { test } from "node:test";
import { readExplainable } from "../../../kernel-lib/onnx/explainable/read-explainable";
import { operator, table, writeModel } from "../../../kernel-lib/onnx/graph";
import { openSession } from "../../../kernel-lib/onnx/session";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { corePredictions } from "./core-predictions";
import { randomTrees, transforms, type TreeForm } from "./random-trees";

/** Compares rows whose answer ONNX Runtime gives as a number. Its sums are float32, and probit loses digits near 0. */
async function sameAsRuntime(form: TreeForm, seed: number): Promise<number> {
  const { bytes, rows } = randomTrees(seededRandom(seed), form);
  const read = readExplainable(bytes);
  const what = JSON.stringify(form);
  assert.equal(read.why, null, what);
  const predicted = corePredictions(read, Float64Array.from(rows.flat()), rows.length);
  const session = await openSession(bytes);
  const scores = (await session.predict(rows)).find(({ name }) => name === "scores");
  await session.close();
  const { columns, output } = read.compared ?? assert.fail(what);
  assert.equal(output, "scores");
  const width = Number(scores?.data.length) / rows.length;
  const tolerance = form.transform === "PROBIT" ? 1e-3 : 2e-6;
  let compared = 0;
  rows.forEach((_, row) => {
    columns.forEach((column, o) => {
      const expected = Number(scores?.data[row * width + column]);
      const actual = Number(predicted[row * columns.length + o]);
      if (!Number.isFinite(expected)) return;
      compared += 1;
      assert.ok(
        Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
        `${actual} for ${expected} in row ${row}: ${what}`,
      );
    });
  });
  return compared;
}

const plain: TreeForm = {
  version: 3,
  kind: "float",
  outputs: 1,
  transform: "NONE",
  aggregate: "SUM",
  mode: "any",
  missing: true,
  base: 0,
};

for (const version of [1, 3, 5] as const)
  test(`trees of ai.onnx.ml ${version} take the branches of ONNX Runtime, in each mode, with and without missing tracks`, async () => {
    for (const kind of version === 1 ? (["float"] as const) : (["float", "double"] as const))
      for (const mode of [0, 1, 2, 3, 4, 5, ...(version === 5 ? [6] : []), "any"] as const)
        for (const missing of [false, true])
          for (let seed = 0; seed < 3; seed++) {
            const form = { ...plain, version, kind, mode, missing, largeSets: seed === 2 };
            const compared = await sameAsRuntime(form, seed);
            assert.equal(compared, 40);
          }
  });

for (const version of [3, 5] as const)
  test(`regressions of ai.onnx.ml ${version} sum, average and transform as ONNX Runtime`, async () => {
    let compared = 0;
    for (const outputs of [1, 2, 3])
      for (const aggregate of ["SUM", "AVERAGE"] as const)
        for (const transform of transforms)
          for (const base of version === 5 ? [0] : [0, outputs])
            compared += await sameAsRuntime(
              { ...plain, version, outputs, aggregate, transform, base },
              outputs,
            );
    assert.ok(compared > (version === 5 ? 2000 : 4000), `${compared}`);
  });

test("classifiers score as ONNX Runtime: weights of all classes, of three, and of one class of two", async () => {
  let compared = 0;
  for (const kind of ["float", "double"] as const)
    for (const transform of transforms) {
      const forms: Partial<TreeForm>[] = [
        { outputs: 3, classes: [0, 1, 2], base: 0 },
        { outputs: 3, classes: [0, 1, 2], base: 3 },
        { outputs: 2, classes: [0, 1], base: 0 },
        { outputs: 2, classes: [0, 1], base: 1 },
        ...(transform === "PROBIT"
          ? []
          : [
              { outputs: 2, classes: [0], base: 0 },
              { outputs: 2, classes: [0], base: 1 },
            ]),
        ...(transform === "SOFTMAX_ZERO" ? [] : [{ outputs: 2, classes: [1], base: 0 }]),
        { outputs: 1, classes: [0], base: 0 },
        { outputs: 1, classes: [0], base: 1 },
      ];
      for (const form of forms)
        compared += await sameAsRuntime({ ...plain, kind, transform, ...form }, compared);
    }
  assert.ok(compared > 4000, `${compared}`);
});

test("whole numbers are compared as float32, as ONNX Runtime does", async () => {
  const nodes = {
    nodes_treeids: { ints: [0, 0, 0] },
    nodes_nodeids: { ints: [0, 1, 2] },
    nodes_featureids: { ints: [0, 0, 0] },
    nodes_values: { floats: [2 ** 24, 0, 0] },
    nodes_modes: { strings: ["BRANCH_LEQ", "LEAF", "LEAF"] },
    nodes_truenodeids: { ints: [1, 0, 0] },
    nodes_falsenodeids: { ints: [2, 0, 0] },
    class_treeids: { ints: [0, 0, 0, 0, 0, 0] },
    class_nodeids: { ints: [1, 1, 1, 2, 2, 2] },
    class_ids: { ints: [0, 1, 2, 0, 1, 2] },
    class_weights: { floats: [1, 0, 0, 0, 0.5, 0.5] },
    classlabels_int64s: { ints: [0, 1, 2] },
  };
  const bytes = writeModel(
    "whole",
    [operator("TreeEnsembleClassifier", ["x"], ["label", "scores"], nodes)],
    table("x", "int64", 1),
    [table("label", "int64"), table("scores", "float", 3)],
  );
  // 2²⁴ + 1 is no float32; it becomes 2²⁴.
  const rows = [[5], [2 ** 24], [2 ** 24 + 1], [2 ** 24 + 2]];
  const read = readExplainable(bytes);
  const encoder = await openSession(read.encoder ?? assert.fail());
  const [features] = await encoder.predict(rows);
  await encoder.close();
  const predicted = corePredictions(read, Float64Array.from(features?.data ?? [], Number), 4);
  const session = await openSession(bytes);
  const answers = await session.predict(rows);
  await session.close();
  assert.deepEqual([...predicted], answers[1]?.data);
  assert.deepEqual([...predicted].slice(6, 9), [1, 0, 0]);
});
