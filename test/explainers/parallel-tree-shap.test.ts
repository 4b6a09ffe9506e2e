import assert from "node:assert/strict";
import { test } from "node:test";
import { treeShap } from "../../kernel-lib/explain/tree/tree-shap";
import { ParallelTreeShap } from "../../kernel-lib/explainers/workers/parallel-tree-shap";
import { randomEnsemble, randomRows } from "../explain/tree/random-ensemble";

const ensemble = randomEnsemble({
  seed: 1,
  features: 8,
  trees: 40,
  depth: 9,
  leaf: 0.1,
  outputs: 2,
});
const count = 1800;
const rows = randomRows(2, count, 8);
const background = { rows: randomRows(3, 20, 8), count: 20 };

function gap(one: Float64Array | null, two: Float64Array | null): number {
  assert.equal(one?.length, two?.length);
  let most = 0;
  one?.forEach((value, i) => {
    most = Math.max(most, Math.abs(value - Number(two?.[i])));
  });
  return most;
}

test("worker threads find what one thread finds, and the same bits however many they are", async () => {
  for (const model of [{}, { background }]) {
    const alone = treeShap(ensemble, { rows, count, ...model });
    const heard: number[] = [];
    const two = await new ParallelTreeShap(ensemble, model, { threads: 2 }).explain(
      { rows, count },
      { onProgress: (_, fraction) => heard.push(fraction) },
    );
    const three = await new ParallelTreeShap(ensemble, model, { threads: 3 }).explain({
      rows,
      count,
    });
    assert.ok(heard.length > 1, "the work is dealt out");
    assert.equal(heard.at(-1), 1);
    assert.deepEqual(heard, [...heard].sort());
    assert.ok(gap(two.shapValues, alone.shapValues) < 1e-12);
    assert.deepEqual(two, three);
    assert.deepEqual(two.baseValue, alone.baseValue);
  }
});

test("worker threads add interactions up, and scale pairs of rows for probabilities", async () => {
  const few = { rows: rows.slice(0, 1600 * 8), count: 1600 };
  const common = { ...few, outputs: [1], interactions: true };
  const alone = treeShap(ensemble, common);
  const pool = new ParallelTreeShap(ensemble, { outputs: [1] }, { threads: 2 });
  const found = await pool.explain(few, { interactions: true });
  assert.ok(gap(found.interactions, alone.interactions) < 1e-12);
  const model = {
    background,
    output: "log-loss",
    postTransform: "logistic",
    outputs: [0],
  } as const;
  const some = { rows: rows.slice(0, 200 * 8), count: 200 };
  const labels = Float64Array.from({ length: 200 }, (_, row) => row % 2);
  const scaled = await new ParallelTreeShap(ensemble, model, { threads: 2 }).explain(some, {
    labels,
  });
  const expected = treeShap(ensemble, { ...some, ...model, labels });
  assert.ok(gap(scaled.shapValues, expected.shapValues) < 1e-12);
  assert.deepEqual(scaled.baseValue, expected.baseValue);
});

test("worker threads stop when they are told to", async () => {
  const stop = new AbortController();
  const pool = new ParallelTreeShap(ensemble, {}, { threads: 2 });
  const work = pool.explain(
    { rows, count },
    {
      signal: stop.signal,
      onProgress: () => {
        stop.abort();
      },
    },
  );
  await assert.rejects(work, { name: "AssayerError", code: "aborted" });
  await assert.rejects(pool.explain({ rows, count }, { signal: stop.signal }), { code: "aborted" });
});

test("worker threads are not started for what is refused, nor for little work", async () => {
  const pool = new ParallelTreeShap(ensemble, {}, { threads: 2 });
  await assert.rejects(pool.explain({ rows, count: count + 1 }), {
    code: "invalid-argument",
    message: `treeShap requires rows of 8 features each; got ${rows.length} values for ${count + 1} rows`,
  });
  const heard: number[] = [];
  const one = { rows: rows.slice(0, 8), count: 1 };
  const found = await pool.explain(one, { onProgress: (_, fraction) => heard.push(fraction) });
  assert.deepEqual(found, treeShap(ensemble, one));
  assert.deepEqual(heard, []);
  assert.throws(() => new ParallelTreeShap(ensemble, {}, { threads: 0 }), {
    code: "invalid-argument",
    message: "explain requires at least 1 thread; got 0",
  });
});
