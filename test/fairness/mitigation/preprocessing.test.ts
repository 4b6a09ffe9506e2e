import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError } from "../../../kernel-lib/errors";
import { CorrelationRemover } from "../../../kernel-lib/fairness/mitigation/correlation-remover";
import { DisparateImpactRemover } from "../../../kernel-lib/fairness/mitigation/disparate-impact-remover";
import { leastSquares } from "../../../kernel-lib/fairness/mitigation/least-squares";
import { reweighing } from "../../../kernel-lib/fairness/mitigation/reweighing";
import { pearson } from "../../../kernel-lib/stats/pearson";
import { assertNear } from "./near";
import { column, golden, wages, weights } from "./golden";

const { fairlearn = "", aif360 = "" } = golden.versions;
const refuses = (work: () => unknown, message: string) => {
  assert.throws(work, new AssayerError("invalid-argument", message));
};

test(`reweighing equals AIF360 ${aif360} Reweighing within 1e-12, with weights and without`, () => {
  for (const name of ["plain", "weighted"] as const) {
    const found = reweighing(
      wages.yTrue,
      wages.sensitiveFeatures.sex,
      name === "weighted" ? weights : undefined,
    );
    const distinct = [...new Set(found)].sort((a, b) => a - b);
    assert.equal(distinct.length, golden.reweighing[name].length);
    for (const [i, value] of distinct.entries())
      assertNear(value, golden.reweighing[name][i] as number, 1e-12);
    const sum = found.reduce((total, weight, i) => total + weight * (wages.yScore[i] as number), 0);
    assertNear(sum, golden.reweighingSum[name], 1e-9);
  }
});

test("after reweighing, every label has the same share in each of any number of groups", () => {
  const { race } = golden.wages;
  const labels = column("wage").map((wage) => (wage < 6 ? "low" : wage < 10 ? "middle" : "high"));
  const found = reweighing(labels, race);
  const share = (label: string, group: string | null) => {
    let own = 0;
    let all = 0;
    for (const [i, weight] of found.entries()) {
      if (group !== null && race[i] !== group) continue;
      all += weight;
      if (labels[i] === label) own += weight;
    }
    return own / all;
  };
  for (const label of ["low", "middle", "high"])
    for (const group of ["hispanic", "other", "white"])
      assertNear(share(label, group), share(label, null), 1e-12);
  assert.deepEqual([...reweighing([1, 1, 0, 0], ["a", "a", "a", "b"])], [0.75, 0.75, 1.5, 0.5]);
  assert.deepEqual([...reweighing([1, 0], ["a", "b"], [0, 2])], [0, 2]);
});

const sensitive = {
  sex: { female: wages.sensitiveFeatures.sex.map((sex) => Number(sex === "female")) },
  dependent: {
    female: wages.sensitiveFeatures.sex.map((sex) => Number(sex === "female")),
    male: wages.sensitiveFeatures.sex.map((sex) => Number(sex === "male")),
    south: column("south"),
  },
};
const features = Object.fromEntries(
  ["education", "experience", "age", "wage"].map((name) => [name, column(name)]),
);

test(`CorrelationRemover equals Fairlearn ${fairlearn} within 1e-10, also where sensitive columns depend on each other`, () => {
  assert.equal(golden.correlation.length, 4);
  for (const each of golden.correlation) {
    const own = sensitive[each.sensitive];
    const remover = new CorrelationRemover({ alpha: each.alpha }).fit(features, own);
    for (const [f, weight] of remover.toJSON().weights.entries())
      for (const [j, value] of weight.entries())
        assertNear(value, each.beta[f]?.[j] ?? NaN, 1e-10, each.sensitive);
    const again = CorrelationRemover.fromJSON(
      JSON.parse(JSON.stringify(remover)) as ReturnType<CorrelationRemover["toJSON"]>,
    );
    const found = again.transform(features, own);
    assert.deepEqual(found, remover.transform(features, own));
    for (const [name, expected] of Object.entries(each.features))
      for (const [i, value] of expected.entries())
        assertNear(found[name]?.[7 * i] ?? NaN, value, 1e-10, name);
    if (each.alpha === 1)
      for (const changed of Object.values(found))
        assertNear(pearson(changed, own.female), 0, 1e-12);
  }
});

test("CorrelationRemover refuses what it cannot use", () => {
  const remover = new CorrelationRemover();
  refuses(
    () => remover.transform(features, sensitive.sex),
    "CorrelationRemover requires fit before it is used; got none",
  );
  refuses(
    () => new CorrelationRemover({ alpha: 2 }),
    "CorrelationRemover requires an alpha from 0 to 1; got 2",
  );
  refuses(
    () => remover.fit({ a: [1, NaN] }, { b: [1, 2] }),
    "CorrelationRemover requires finite numbers in a; got NaN at position 1",
  );
  refuses(
    () => remover.fit({ a: [1, 2] }, { b: [1] }),
    "CorrelationRemover requires columns of one length; got 2 and 1",
  );
  refuses(
    () => remover.fit({ a: [1, 2] }, { b: [1, 2] }).transform({ c: [1] }, { b: [1] }),
    "CorrelationRemover requires the features it was fitted on, a; got c",
  );
});

test("leastSquares leaves a residual at right angles to every column, and the least of equal answers", () => {
  const a = [
    [1, 2, 3, 4],
    [2, 4, 6, 8],
    [1, 0, 0, 1],
  ].map((values) => Float64Array.from(values));
  const [x] = leastSquares(a, [Float64Array.of(1, 0, 2, 5)]) as [Float64Array];
  const rest = [1, 0, 2, 5].map(
    (value, i) => value - a.reduce((sum, own, j) => sum + (own[i] as number) * (x[j] as number), 0),
  );
  for (const own of a)
    assertNear(
      own.reduce((sum, value, i) => sum + value * (rest[i] as number), 0),
      0,
      1e-12,
    );
  assertNear(x[1] as number, 2 * (x[0] as number), 1e-12);
});

test(`DisparateImpactRemover equals AIF360 ${aif360} with BlackBoxAuditing 0.1.54, for two groups and three`, () => {
  assert.equal(golden.repaired.length, 8);
  for (const each of golden.repaired) {
    const groups = each.groups === "sex" ? wages.sensitiveFeatures.sex : golden.wages.race;
    const remover = new DisparateImpactRemover({ repairLevel: each.repairLevel });
    const found = remover.fit(features, groups).transform(features, groups);
    for (const [name, expected] of Object.entries(each.features))
      assert.deepEqual([...(found[name] ?? [])], expected, `${each.groups} ${name}`);
    const again = DisparateImpactRemover.fromJSON(
      JSON.parse(JSON.stringify(remover)) as ReturnType<DisparateImpactRemover["toJSON"]>,
    );
    assert.deepEqual(again.transform(features, groups), found);
  }
});

test("DisparateImpactRemover moves a value it has not seen as the nearest of its group", () => {
  const remover = new DisparateImpactRemover().fit({ x: [1, 2, 3, 11, 12, 13] }, [
    "a",
    "a",
    "a",
    "b",
    "b",
    "b",
  ]);
  const { x } = remover.transform({ x: [12.2, 100, 3.4] }, ["b", "b", "a"]);
  assert.deepEqual([...(x ?? [])], [2, 3, 3.4]);
  refuses(() => remover.transform({ x: [1] }, ["c"]), "unknown group: c; expected one of a; b");
  refuses(
    () => new DisparateImpactRemover({ repairLevel: -1 }),
    "DisparateImpactRemover requires a repairLevel from 0 to 1; got -1",
  );
});
