import assert from "node:assert/strict";
import { test } from "node:test";
import { toSample, treeImportance } from "../../kernel-lib/explain/tree-importance";
import { AssayerError, paramImportance } from "../../kernel-lib/index";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";
import { assertClose, column, golden, people, type Column } from "../stats/golden";

const sklearn = `scikit-learn ${golden.versions["scikit-learn"]}`;
const tree = ["education", "experience", "south", "union", "married"] as const;
const sample = toSample(tree.map(column), column("wage"));

const importanceOfTree = (counts: Float64Array, seed: number) =>
  treeImportance(sample, { counts, random: seededRandom(seed), minLeaf: 15 });

const weights = new Float64Array(people.length);
for (const [name, counts, expected] of [
  ["each person once", weights.map(() => 1), golden.tree],
  ["people 0 to 3 times", weights.map((_, i) => i % 4), golden.weightedTree],
] as const)
  test(`treeImportance equals ${sklearn} DecisionTreeRegressor(min_samples_leaf=15).feature_importances_ within 1e-9: ${name}`, () => {
    for (const seed of [0, 1, 2]) {
      const shares = importanceOfTree(counts, seed);
      tree.forEach((each, c) => {
        assertClose(shares[c], expected[each], 1e-9);
      });
    }
  });

const wageRuns = people.map((person) => {
  const { wage, ...params } = person;
  return { params, value: wage };
});

test(`paramImportance agrees with ${sklearn} RandomForestRegressor: each within 0.02, and the same rank where two are further apart`, () => {
  const found = paramImportance(wageRuns, { trees: 400 });
  assert.deepEqual(found.map(({ param }) => param).sort(), Object.keys(golden.forest).sort());
  for (const { param, importance } of found)
    assertClose(importance, golden.forest[param] ?? NaN, 0.02);
  const expected = Object.entries(golden.forest);
  for (const [i, [higher, value]] of expected.entries())
    for (const [lower, other] of expected.slice(i + 1)) {
      if (value - other <= 0.02) continue;
      const place = (name: string) => found.findIndex(({ param }) => param === name);
      assert.ok(place(higher) < place(lower), `${higher} comes before ${lower}`);
    }
  assertClose(
    found.reduce((sum, { importance }) => sum + importance, 0),
    1,
    1e-12,
  );
});

test("paramImportance tells the direction of numbers, and none of texts", () => {
  const found = new Map(paramImportance(wageRuns).map((each) => [each.param, each.correlation]));
  for (const { x, y, spearman } of golden.correlations)
    if (y === "wage") assertClose(found.get(x) ?? NaN, spearman, 1e-12);
  assert.equal(found.get("occupation" satisfies Exclude<string, Column>), null);
});

test("paramImportance is the same for the same seed, and hardly another for another", () => {
  assert.deepEqual(paramImportance(wageRuns), paramImportance(wageRuns));
  const first = paramImportance(wageRuns, { seed: 1 });
  const second = new Map(
    paramImportance(wageRuns, { seed: 2 }).map((each) => [each.param, each.importance]),
  );
  assert.notEqual(first[0]?.importance, second.get(first[0]?.param ?? ""));
  for (const { param, importance } of first)
    assertClose(importance, second.get(param) ?? NaN, 0.02);
});

const random = seededRandom(3);
const synthetic = Array.from({ length: 120 }, (_, i) => {
  const depth = 1 + Math.floor(random() * 8);
  const optimizer = random() < 0.5 ? "adam" : "sgd";
  const warmup = random() < 0.5;
  return {
    params: {
      depth: String(depth),
      optimizer,
      ...(optimizer === "sgd" ? { momentum: 0.9 } : {}),
      warmup,
      noise: random(),
      seed: 7,
      rate: i % 9 === 0 ? undefined : random(),
    },
    value: 2 * depth + (optimizer === "sgd" ? 4 : 0) - (warmup ? 6 : 0),
  };
});

test("paramImportance takes numbers written as texts, truth values, texts and params that are missing", () => {
  const found = paramImportance(synthetic);
  const names = found.map(({ param }) => param);
  assert.deepEqual(names.slice(0, 2), ["depth", "warmup"]);
  assert.ok(!names.includes("seed"), "a param that never varies is left out");
  const of = (name: string) => found.find(({ param }) => param === name);
  // Of the 120 values' variance, 4 × var(depth) = 21 comes of depth, 9 of warmup and 4 of the optimizer.
  assertClose(of("depth")?.importance, 21 / 34, 0.08);
  assertClose(of("warmup")?.importance, 9 / 34, 0.08);
  // Momentum is there exactly where the optimizer is sgd, so that the two share.
  assertClose((of("optimizer")?.importance ?? 0) + (of("momentum")?.importance ?? 0), 4 / 34, 0.05);
  assert.ok((of("momentum")?.importance ?? 0) > 0.02 && (of("optimizer")?.importance ?? 0) > 0.02);
  assert.ok((of("noise")?.importance ?? 1) < 0.02);
  assert.ok((of("depth")?.correlation ?? 0) > 0.5 && (of("warmup")?.correlation ?? 0) < -0.3);
  assert.equal(of("momentum")?.correlation, null);
});

test("paramImportance shares what columns explain equally well, wherever they stand", () => {
  const twins = synthetic.map(({ params: { depth }, value }) => ({
    params: { a: depth, b: depth, c: depth },
    value,
  }));
  for (const { importance } of paramImportance(twins)) assertClose(importance, 1 / 3, 0.1);
});

test("paramImportance takes a param with a value of its own for each run", () => {
  const named = synthetic.map((run, i) => ({
    ...run,
    params: { ...run.params, path: `runs/${i}` },
  }));
  const path = paramImportance(named).find(({ param }) => param === "path");
  assert.ok(path !== undefined && path.importance < 0.05 && path.correlation === null);
});

test("paramImportance gives nothing where no param varies, and zeros where the metric does not", () => {
  const same = Array.from({ length: 10 }, (_, i) => ({ params: { depth: 3 }, value: i }));
  assert.deepEqual(paramImportance(same), []);
  const flat = Array.from({ length: 10 }, (_, depth) => ({ params: { depth }, value: 1 }));
  assert.deepEqual(paramImportance(flat), [{ param: "depth", importance: 0, correlation: null }]);
});

test("paramImportance refuses too few runs, and a forest without trees", () => {
  const refused = (work: () => void, message: string) => {
    assert.throws(work, new AssayerError("invalid-argument", message));
  };
  refused(
    () =>
      paramImportance(
        synthetic.map((run, i) => ({ ...run, value: i < 9 ? i : i % 2 ? NaN : null })),
      ),
    "paramImportance requires 10 runs or more with a finite value; got 9",
  );
  refused(
    () => paramImportance(synthetic, { trees: 0 }),
    "paramImportance requires 1 tree or more; got 0",
  );
});
