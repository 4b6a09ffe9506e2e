import assert from "node:assert/strict";
import { test } from "node:test";
import { fitReconstruction } from "../../../kernel-lib/drift/multivariate/reconstruction-error";
import { AssayerError } from "../../../kernel-lib/errors";
import { golden, goldenColumns } from "../multivariate-data";

const nannyml = `NannyML ${golden.versions.nannyml ?? ""}`;

function assertClose(actual: number, expected: number): void {
  assert.ok(
    Math.abs(actual - expected) <= 1e-9 * Math.abs(expected),
    `${actual} is not ${expected}`,
  );
}

for (const { data, share, components, chunks } of golden.reconstruction)
  test(`reconstruction errors equal ${nannyml} DataReconstructionDriftCalculator(n_components=${share}) within 1e-9: ${data}`, async () => {
    const reference = await goldenColumns(data, "reference");
    const current = await goldenColumns(data, "current");
    const reconstruction = fitReconstruction(reference, { share });
    assert.equal(reconstruction.components, components);
    assert.deepEqual(reconstruction.leftOut, []);
    const errors = {
      reference: reconstruction.errors(reference),
      analysis: reconstruction.errors(current),
    };
    assert.ok(chunks.length >= 20);
    for (const chunk of chunks) {
      const ours = errors[chunk.period].subarray(chunk.start, chunk.end);
      const mean = ours.reduce((sum, error) => sum + error, 0) / ours.length;
      assertClose(mean, chunk.value);
      const squares = ours.reduce((sum, error) => sum + (error - mean) ** 2, 0);
      if (chunk.sampling_error !== null)
        assertClose(Math.sqrt(squares / (ours.length - 1) / ours.length), chunk.sampling_error);
    }
  });

test("features that do not vary or have no value do not disturb, and nothing but those is refused", () => {
  const number = (name: string, values: number[]) => ({
    name,
    kind: "number" as const,
    values: Float64Array.from(values),
  });
  const a = number("a", [1, 2, 3, 4]);
  const b = number("b", [2, 1, 4, Infinity]);
  const constant = number("constant", [7, 7, 7, 7]);
  const empty = number("empty", [NaN, NaN, NaN, NaN]);
  const noCategory = {
    name: "none",
    kind: "category" as const,
    codes: new Int32Array(4).fill(-1),
    categories: [],
  };
  const alone = fitReconstruction([a, b]);
  const all = fitReconstruction([a, empty, constant, noCategory, b]);
  assert.deepEqual(all.leftOut, ["empty", "none"]);
  const [ours, expected] = [all.errors([a, empty, constant, noCategory, b]), alone.errors([a, b])];
  assert.ok(ours.every((error, i) => Math.abs(error - (expected[i] ?? NaN)) < 1e-12));
  assert.throws(
    () => fitReconstruction([constant, empty]),
    new AssayerError(
      "empty-sample",
      "fitReconstruction requires a feature that varies; got none of 2",
    ),
  );
  assert.throws(
    () => fitReconstruction([a], { share: 1 }),
    new AssayerError(
      "invalid-argument",
      "fitReconstruction requires a share between 0 and 1; got 1",
    ),
  );
  assert.throws(
    () => alone.errors([a]),
    new AssayerError(
      "invalid-argument",
      "errors requires the features of the reference, of one length; got another b",
    ),
  );
});
