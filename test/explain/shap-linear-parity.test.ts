import assert from "node:assert/strict";
import { test } from "node:test";
import { linearShap } from "../../kernel-lib/explain/linear/linear-shap";
import { readExplainable } from "../../kernel-lib/onnx/explainable/read-explainable";
import { assertClose, assertExplained, golden, modelFile, tableRows } from "./shap-case";

for (const each of golden.linear) {
  test(`${each.name}: values of independent and of correlated columns from the ONNX file are those of shap 0.51.0's LinearExplainer within 1e-6`, () => {
    const { core, why } = readExplainable(modelFile(each.file));
    assert.ok(core?.kind === "linear", why ?? "");
    const { columns } = each;
    const rows = tableRows(each.data, golden.explained, columns);
    const background = tableRows(each.data, golden.background, columns);
    const independent = linearShap(rows, { model: core, background });
    assertExplained(independent, each.independent, 1e-6, "independent");

    const own = linearShap(rows, { model: core, background, correlated: true });
    const outputs = each.correlated.length;
    each.correlated.forEach(({ baseValue, shapValues }, output) => {
      const ofOutput = [...own.shapValues].filter(
        (_, index) => Math.floor(index / columns) % outputs === output,
      );
      const actual = [Number(own.baseValue[output]), ...ofOutput];
      assertClose(actual, [baseValue, ...shapValues], 1e-6, `correlated, output ${output}`);
    });
  });
}
