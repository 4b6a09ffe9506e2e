import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AssayerError,
  compareExplanations,
  explanationImportance,
} from "../../../kernel-lib/index";
import type { Explanation } from "../../../kernel-lib/explain/explanation";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { studentQuantile } from "../../../kernel-lib/stats/student-quantile";

function explanation(
  columns: string[],
  shapValues: number[],
  change: Partial<Explanation> = {},
): Explanation {
  const outputs = change.outputs ?? ["late"];
  const rows = shapValues.length / columns.length / outputs.length;
  return {
    method: "linear",
    output: "raw",
    columns,
    outputs,
    rows,
    baseValue: new Float64Array(outputs.length),
    shapValues: Float64Array.from(shapValues),
    predictions: new Float64Array(rows * outputs.length),
    values: Object.fromEntries(
      columns.map((name) => [name, Float64Array.from({ length: rows }, (_, i) => i)]),
    ),
    standardError: null,
    interactions: null,
    background: null,
    ...change,
  };
}

const close = (a: number | null | undefined, b: number, tolerance = 1e-12) => {
  assert.ok(Math.abs((a ?? NaN) - b) <= tolerance, `${a} is not ${b}`);
};

test("studentQuantile equals scipy 1.17.1 t.ppf", () => {
  close(studentQuantile(0.975, 1), 12.706204736174694, 1e-10);
  close(studentQuantile(0.975, 9), 2.262157162798205, 1e-11);
  close(studentQuantile(0.995, 30), 2.7499956535672254, 1e-11);
  close(studentQuantile(0.5, 4), 0);
});

test("explanationImportance is the mean of |SHAP values| by output and column, with Student's interval", () => {
  const of2 = explanation(["a", "b"], [1, 5, 0, 0, -3, 5, 2, 2, 2, -5, 4, 4], {
    outputs: ["x", "y"],
  });
  const [x, y] = explanationImportance(of2);
  assert.deepEqual(
    x?.map(({ column, value }) => [column, value]),
    [
      ["a", 2],
      ["b", 5],
    ],
  );
  // scipy 1.17.1 t.interval(0.95, 2, 2, 1 / 3 ** 0.5) is -0.484, 4.484: no mean of sizes is below 0.
  assert.equal(x[0]?.lower, 0);
  close(x[0].upper, 4.484137712, 1e-8);
  assert.deepEqual([x[1]?.lower, x[1]?.upper], [5, 5]);
  assert.deepEqual(
    y?.map(({ value }) => value),
    [2, 2],
  );
});

test("explanationImportance's 95 % intervals cover the mean in 93 to 97 of 100 samples of 60 rows", () => {
  const random = seededRandom(4);
  let covered = 0;
  for (let repeat = 0; repeat < 2000; repeat++) {
    const values = Array.from({ length: 60 }, () => 2 * random() - 0.5);
    const { lower = NaN, upper = NaN } =
      explanationImportance(explanation(["a"], values))[0]?.[0] ?? {};
    // E|U| for U uniform on -0.5 to 1.5 is (0.125 + 1.125) / 2.
    if (lower <= 0.625 && 0.625 <= upper) covered++;
  }
  assert.ok(covered > 1860 && covered < 1940, `${covered / 20} %`);
});

test("explanationImportance of one row has no width, and of none is refused", () => {
  assert.deepEqual(explanationImportance(explanation(["a"], [-2])), [
    [{ column: "a", value: 2, lower: 2, upper: 2 }],
  ]);
  assert.throws(
    () => explanationImportance(explanation(["a"], [])),
    new AssayerError(
      "invalid-argument",
      "explanationImportance requires 1 row or more, and a SHAP value for each row, output and column; got 0 rows, 1 outputs, 1 columns and 0 values",
    ),
  );
});

test("compareExplanations of the same rows is row by row", () => {
  const before = explanation(["a", "b"], [1, 4, 2, 3, 3, 8]);
  const after = explanation(["b", "a"], [1, 2, 1, 3, 1, 4]);
  const { paired, outputs } = compareExplanations(before, after);
  assert.equal(paired, true);
  const [a, b] = outputs[0]?.columns ?? [];
  assert.deepEqual(
    [a?.column, a?.change, a?.lower, a?.upper, a?.rankBefore, a?.rankAfter],
    ["a", 1, 1, 1, 2, 1],
  );
  assert.deepEqual([b?.column, b?.change, b?.rankBefore, b?.rankAfter], ["b", -4, 1, 2]);
  close(b?.shareBefore, 5 / 7);
  close(b?.shareAfter, 1 / 4);
});

test("compareExplanations joins the intervals of reports, and tells columns that only one has", () => {
  const report = (column: string, value: number, lower: number, upper: number) => ({
    columns: ["a", column],
    outputs: [column],
    importance: [
      [
        { column: "a", value, lower, upper },
        { column, value: 9, lower: 8, upper: 10 },
      ],
    ],
  });
  const { paired, outputs } = compareExplanations(report("old", 2, 1, 5), report("new", 7, 3, 8));
  assert.equal(paired, false);
  const [added, a, gone] = outputs[0]?.columns ?? [];
  assert.deepEqual([a?.column, a?.change, a?.lower, a?.upper], ["a", 5, 0, 5 + Math.SQRT2]);
  assert.deepEqual(
    [added?.column, added?.before, added?.change, added?.rankBefore],
    ["new", null, null, null],
  );
  assert.deepEqual(
    [gone?.column, gone?.after, gone?.lower, gone?.rankAfter],
    ["old", null, null, null],
  );
});

test("compareExplanations refuses models without an output in common", () => {
  const of = (outputs: string[]) => explanation(["a"], [1, 2], { outputs });
  assert.throws(
    () => compareExplanations(of(["x", "y"]), of(["z", "w"])),
    new AssayerError(
      "invalid-argument",
      "compareExplanations requires an output in common; got x, y and z, w",
    ),
  );
});
