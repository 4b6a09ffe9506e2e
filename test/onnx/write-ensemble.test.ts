import assert from "node:assert/strict";
import { test } from "node:test";
import { branchModes, type TreeEnsemble } from "../../kernel-lib/explain/tree-ensemble";
import { predictEnsemble } from "../../kernel-lib/explain/tree/predict-ensemble";
import { openSession } from "../../kernel-lib/onnx/session";
import { writeEnsemble } from "../../kernel-lib/onnx/write-ensemble";
import { randomEnsemble } from "../explain/tree/random-ensemble";

const features = 4;
const names = ["a", "b", "c", "d"];
const cells = [-3, -1, -0.5, 0, 1, 2, 3, 40, NaN, Infinity, -Infinity];
const rows = Array.from({ length: 300 }, (_, row) =>
  names.map((_, column) => Number(cells[(row * 7 + column * 5 + (row >> column)) % cells.length])),
);

async function predictionsOf(onnx: Uint8Array, output: string): Promise<number[]> {
  const session = await openSession(onnx);
  const found = (await session.predict(rows)).find(({ name }) => name === output);
  await session.close();
  return found?.data.map(Number) ?? [];
}

function assertNear(actual: readonly number[], expected: ArrayLike<number>): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => {
    const off = Math.abs(value - Number(expected[i]));
    assert.ok(off < 1e-6 * Math.max(1, Math.abs(value)), `value ${i}: ${value}`);
  });
}

function rawOf(ensemble: TreeEnsemble): Float64Array {
  return predictEnsemble(ensemble, Float64Array.from(rows.flat()), rows.length);
}

test("ensembles of every branch mode, with sets and missing tracks, say in ONNX Runtime 1.30 what they say", async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const modes = seed % 3 === 0 ? undefined : [seed % branchModes.length];
    const ensemble = randomEnsemble({ seed, features, ...(modes && { modes }) });
    const onnx = writeEnsemble(ensemble, { kind: "numbers", transform: "none" }, "random", names);
    assertNear(await predictionsOf(onnx, "prediction"), rawOf(ensemble));
  }
});

test("links are those of the answer: exponential and logistic of numbers, logistic of one margin for two classes", async () => {
  const ensemble = randomEnsemble({ seed: 5, features });
  const raw = rawOf(ensemble);
  const logistic = (margin: number) => 1 / (1 + Math.exp(-margin));
  const numbers = (transform: "exp" | "logistic") =>
    writeEnsemble(ensemble, { kind: "numbers", transform }, "random", names);
  assertNear(await predictionsOf(numbers("exp"), "prediction"), raw.map(Math.exp));
  assertNear(await predictionsOf(numbers("logistic"), "prediction"), raw.map(logistic));
  const onnx = writeEnsemble(
    ensemble,
    { kind: "classes", transform: "logistic", classes: [0, 1] },
    "random",
    names,
  );
  const both = [...raw].flatMap((margin) => [logistic(-margin), logistic(margin)]);
  assertNear(await predictionsOf(onnx, "probabilities"), both);
  assert.deepEqual(
    await predictionsOf(onnx, "label"),
    Array.from(raw, (margin) => +(margin > 0)),
  );
});

test("a leaf beyond float32 is refused", () => {
  const ensemble = randomEnsemble({ seed: 1, features });
  ensemble.leafWeight[0] = 1e39;
  assert.throws(
    () => writeEnsemble(ensemble, { kind: "numbers", transform: "none" }, "random", names),
    {
      code: "invalid-model",
      message: "writeEnsemble requires weights of leaves that are finite in float32; got 1e+39",
    },
  );
});
