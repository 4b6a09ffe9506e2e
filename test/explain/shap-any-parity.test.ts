import assert from "node:assert/strict";
import { test } from "node:test";
import { exactShap } from "../../kernel-lib/explain/any-model/exact-shap";
import { kernelShap } from "../../kernel-lib/explain/any-model/kernel-shap";
import { permutationShap } from "../../kernel-lib/explain/any-model/permutation-shap";
import { samplingShap } from "../../kernel-lib/explain/any-model/sampling-shap";
import { predictEnsemble } from "../../kernel-lib/explain/tree/predict-ensemble";
import { readExplainable } from "../../kernel-lib/onnx/explainable/read-explainable";
import { assertClose, assertExplained, golden, modelFile, tableRows } from "./shap-case";

const { any } = golden;
const { core } = readExplainable(modelFile(any.file));
assert.ok(core?.kind === "trees");
const { ensemble } = core;
const rows = tableRows(any.data, [0, any.rows]);
const background = tableRows(any.data, any.background);
const options = {
  background,
  predict: (asked: Float64Array, count: number) =>
    Promise.resolve(predictEnsemble(ensemble, asked, count)),
};
const columns = 10;

test("all coalitions give the values of shap 0.51.0's Exact within 1e-6", async () => {
  const own = await exactShap(rows, options);
  assertExplained(own, any.exact, 1e-6, "values");
});

test("Kernel SHAP on all coalitions gives the values of shap's KernelExplainer on all of them within 1e-6", async () => {
  const maxEvaluations = (2 ** columns - 2) * background.count;
  const own = await kernelShap(rows, { ...options, maxEvaluations, tolerance: 0 });
  assertClose(own.shapValues, any.kernelOfAll, 1e-6, "values");
});

const samplers = {
  kernel: ["kernelShap", "KernelExplainer", kernelShap],
  permutation: ["permutationShap", "Permutation", permutationShap],
  sampling: ["samplingShap", "SamplingExplainer", samplingShap],
} as const;

for (const [name, [ours, theirs, explain]] of Object.entries(samplers)) {
  const { evaluations, error } = any[name as keyof typeof samplers];
  test(`${ours} has the values of all coalitions within four standard errors, and no more error than shap 0.51.0's ${theirs} has by ${evaluations} predictions a row`, async () => {
    const seeds = 8;
    let mean = 0;
    let far = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const own = await explain(rows, {
        ...options,
        seed,
        tolerance: 0,
        maxEvaluations: evaluations,
      });
      assert.ok(own.evaluations.every((count) => count <= evaluations));
      const off = any.exact.shapValues.map((value, i) => Number(own.shapValues[i]) - value);
      mean += Math.sqrt(off.reduce((sum, each) => sum + each ** 2, 0) / off.length) / seeds;
      far += off.filter((each, i) => Math.abs(each) > 4 * Number(own.standardError[i])).length;
    }
    assert.ok(far <= 0.01 * seeds * any.exact.shapValues.length, `${far} values are far off`);
    assert.ok(mean <= 1.1 * error, `error ${mean}, shap ${error}`);
  });
}
