import assert from "node:assert/strict";
import { test } from "node:test";
import { openExplainer } from "../../kernel-lib/explainers/open-explainer";
import { assertExplained, golden, modelFile, tableRows } from "./shap-case";

const { columns, levels } = golden.wages;

/** Rows of the wages with categories as the texts that they are. */
function people(range: readonly [number, number]): (number | string)[][] {
  const { rows, count } = tableRows("wages", range);
  const width = columns.length;
  return Array.from({ length: count }, (_, row) =>
    columns.map((name, column) => {
      const value = Number(rows[row * width + column]);
      return levels[name]?.[value] ?? value;
    }),
  );
}

for (const each of golden.pipelines) {
  test(`${each.name}: values in the columns before one-hot encoder and scaler are those of shap 0.51.0's Exact on the whole pipeline within 1e-6`, async () => {
    const explainer = await openExplainer(modelFile(each.file), { background: people([100, 130]) });
    const explanation = await explainer.explain(people([0, 6]));
    await explainer.close();
    assert.deepEqual(explanation.columns, columns);
    assert.match(explanation.method, /^(linear|tree-interventional)$/u);
    assertExplained(explanation, each, 1e-6, each.name);
  });
}
