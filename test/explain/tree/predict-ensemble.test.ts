import assert from "node:assert/strict";
import { test } from "node:test";
import { predictEnsemble } from "../../../kernel-lib/explain/tree/predict-ensemble";
import { branchModes, type TreeEnsemble } from "../../../kernel-lib/explain/tree-ensemble";

/** One node that sends a row to a leaf of weight 1 where it keeps the condition, else to one of weight 0. */
function stump(mode: number, missingYes: 0 | 1): TreeEnsemble {
  return {
    roots: Int32Array.of(0),
    feature: Int32Array.of(0, -1, -1),
    threshold: Float64Array.of(2, 0, 0),
    mode: Uint8Array.of(mode, 0, 0),
    yes: Int32Array.of(1, -1, -1),
    no: Int32Array.of(2, -1, -1),
    missingYes: Uint8Array.of(missingYes, 0, 0),
    members: new Map([[0, Float64Array.of(-1, 2, 5)]]),
    cover: Float64Array.of(4, 3, 1),
    leafStart: Int32Array.of(0, 0, 1, 2),
    leafOutput: Int32Array.of(0, 0),
    leafWeight: Float64Array.of(1, 0),
    baseValues: Float64Array.of(0.5),
    features: 1,
  };
}

test("predictEnsemble follows every branch mode as ONNX Runtime compares", () => {
  const values = Float64Array.of(1, 2, 3, 5, NaN);
  const kept = Object.fromEntries(
    branchModes.map((name, mode) => [
      name,
      Array.from(predictEnsemble(stump(mode, 0), values, 5), (each) => each - 0.5).join(""),
    ]),
  );
  assert.deepEqual(kept, {
    "<=": "11000",
    "<": "10000",
    ">=": "01110",
    ">": "00110",
    "==": "01000",
    "!=": "10111",
    member: "01010",
  });
});

test("predictEnsemble sends a missing value along the missing track whatever the mode", () => {
  for (const mode of branchModes.keys())
    assert.deepEqual(
      predictEnsemble(stump(mode, 1), Float64Array.of(NaN), 1),
      Float64Array.of(1.5),
    );
});

test("predictEnsemble refuses rows of another width", () => {
  assert.throws(() => predictEnsemble(stump(0, 0), new Float64Array(3), 2), {
    code: "invalid-argument",
    message: "predictEnsemble requires rows of 1 features each; got 3 values for 2 rows",
  });
});
