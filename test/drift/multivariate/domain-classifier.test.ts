import assert from "node:assert/strict";
import { test } from "node:test";
import { FeatureBins } from "../../../kernel-lib/drift/boosted-trees/bins";
import {
  domainClassifier,
  stratifiedFolds,
} from "../../../kernel-lib/drift/multivariate/domain-classifier";
import {
  joinColumns,
  type FeatureValues,
} from "../../../kernel-lib/drift/multivariate/feature-values";
import { golden, goldenColumns } from "../multivariate-data";

function domainClassifierAuc(columns: readonly FeatureValues[], side: Uint8Array): number {
  const binned = FeatureBins.of(columns).apply(columns);
  const classifier = domainClassifier(binned, Uint32Array.from(side.keys()), side);
  for (let fold = 0; fold < classifier.folds; fold++) classifier.learn(fold);
  return classifier.auc();
}

const peers = `NannyML ${golden.versions.nannyml ?? ""} with LightGBM ${golden.versions.lightgbm ?? ""}`;

for (const { data, chunks } of golden.classifier)
  test(`AUC of telling chunks from the reference is that of ${peers} within 0.02, with the same alarms: ${data}`, async () => {
    const reference = await goldenColumns(data, "reference");
    const current = await goldenColumns(data, "current");
    const [{ values: first } = { values: [] }] = reference as { values: ArrayLike<number> }[];
    const rows = first.length;
    let compared = 0;
    for (const { period, start, end, value, alert } of chunks) {
      // With fewer rows than folds there is nothing to hold out: NannyML's answer is chance, ours is none.
      if (end - start < 5) continue;
      const side = new Uint8Array(period === "reference" ? rows : rows + end - start);
      if (period === "reference") side.fill(1, start, end);
      else side.fill(1, rows);
      const columns =
        period === "reference" ? reference : joinColumns(reference, current, start, end);
      const auc = domainClassifierAuc(columns, side);
      assert.ok(Math.abs(auc - value) <= 0.02, `${auc} is not ${value}: ${period} ${start}`);
      assert.equal(auc < 0.45 || auc > 0.65, alert, `${auc}: ${period} ${start}`);
      compared++;
    }
    assert.ok(compared >= 6);
  });

test("AUC is 1 for sides that a feature tells apart, NaN for a side with fewer rows than folds", () => {
  const values = Float64Array.from({ length: 200 }, (_, i) => (i % 10) + (i < 100 ? 0 : 20));
  const columns = [{ name: "a", kind: "number" as const, values }];
  assert.equal(domainClassifierAuc(columns, new Uint8Array(200).fill(1, 100)), 1);
  assert.ok(Number.isNaN(domainClassifierAuc(columns, new Uint8Array(200).fill(1, 196))));
});

test("folds are those of scikit-learn 1.9.1 StratifiedKFold(5), which take stretches of each side", () => {
  // [f for f, (_, test) in enumerate(StratifiedKFold(5).split(X, y))] written row by row.
  const side = Uint8Array.from([1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
  assert.deepEqual([...stratifiedFolds(side, 5)], [0, 0, 1, 0, 1, 1, 2, 2, 3, 4, 2, 3, 4]);
});
