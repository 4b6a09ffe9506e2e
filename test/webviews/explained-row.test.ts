import assert from "node:assert/strict";
import { test } from "node:test";
import {
  byImportance,
  reasonsOf,
  reasonsText,
  rowName,
  signedText,
  withRow,
} from "../../webviews/explained-row";
import { linearReport } from "../fixtures/explanation-reports";

const [first, second, third] = linearReport.sample;
assert.ok(first && second && third);

test("reasons are told as a sentence: the average, the prediction, and what weighs most either way", () => {
  assert.equal(
    reasonsText(linearReport, reasonsOf(linearReport, third), 0),
    "The average is 30 dollars an hour; here it is 50. Raised most by age = 45 (+30). Lowered most by hours = 40 (−10).",
  );
  const faint = { ...reasonsOf(linearReport, second), shapValues: [[30, 1]] };
  assert.match(reasonsText(linearReport, faint, 0), /Raised most by age = 45 \(\+30\)\.$/u);
});

test("what rounding leaves of 0 is told as 0, and other values with their sign", () => {
  assert.deepEqual([-3.5e-18, 0, 0.0012345, -2].map(signedText), ["0", "0", "+0.00123", "−2"]);
});

test("a row of a log loss has the base value of its own", () => {
  const own = { ...first, baseValues: [7] };
  assert.deepEqual(reasonsOf(linearReport, own).baseValues, [7]);
  assert.deepEqual(reasonsOf(linearReport, first).baseValues, [30]);
});

test("a report with one row is what charts of a row draw", () => {
  const { sample, columns } = withRow(linearReport, reasonsOf(linearReport, third), "c");
  assert.equal(sample.length, 1);
  assert.deepEqual(sample[0]?.shapValues, [[30, -10]]);
  assert.deepEqual(columns, linearReport.columns);
});

test("columns are ordered by importance, rows named by their request or their place", () => {
  assert.deepEqual(byImportance(linearReport, 0), [0, 1]);
  assert.deepEqual([first, second, third].map(rowName), ["a", "b", "row 2"]);
});
