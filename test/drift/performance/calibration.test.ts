import assert from "node:assert/strict";
import { test } from "node:test";
import {
  calibrationErrors,
  fitCalibration,
  needsCalibration,
} from "../../../kernel-lib/drift/performance/calibration";
import { AssayerError } from "../../../kernel-lib/errors";
import { isotonicPredict, isotonicRegression } from "../../../kernel-lib/stats/isotonic-regression";
import { stratifiedShuffleSplit } from "../../../kernel-lib/stats/stratified-shuffle-split";
import { assertSame, golden, nannyml } from "../nannyml-golden";

const learn = `scikit-learn ${golden.versions["scikit-learn"]}`;
const yTrue = Float64Array.from(Array.from(golden.titanic.survived).slice(0, 891), Number);
const yScore = Float64Array.from(golden.titanic.score.slice(0, 891));

const distortions: Record<string, (score: number) => number> = {
  "as it is": (score) => score,
  squared: (score) => score * score,
  root: Math.sqrt,
  halved: (score) => score / 2,
  reversed: (score) => 1 - score,
};

for (const { name, errors, needed } of golden.calibrations)
  test(`calibration errors equal those of ${nannyml}, sorted stably, within 1e-9: score ${name}`, () => {
    const distort = distortions[name];
    assert.ok(distort);
    const scores = yScore.map(distort);
    const { before, after } = calibrationErrors(yTrue, scores);
    assertSame(before, errors[0], "before");
    assertSame(after, errors[1], "after");
    // Undistorted the errors are 0.0607 and 0.0589; NannyML's unstable sort made the second one 0.0612.
    assert.equal(needsCalibration(yTrue, scores), name === "as it is" ? !needed : needed);
  });

test("scores of one class, or that rank almost perfectly, are not calibrated unless that is asked for", () => {
  const ones = yTrue.map(() => 1);
  assert.equal(fitCalibration(ones, yScore), null);
  const perfect = yTrue.map((label, i) => (label + i / 1e6) / 3);
  assert.equal(fitCalibration(yTrue, perfect), null);
  assert.notEqual(fitCalibration(yTrue, perfect, "always"), null);
  assert.equal(fitCalibration(yTrue, yScore.map(Math.sqrt), "never"), null);
});

test(`stratifiedShuffleSplit draws the rows of ${learn} StratifiedShuffleSplit(random_state=42)`, () => {
  const splits = [...stratifiedShuffleSplit(yTrue, { splits: 10, testShare: 0.1, seed: 42 })];
  const rowsOf = (part: Uint8Array | undefined, wanted: number): number[] =>
    [...(part ?? []).keys()].filter((row) => part?.[row] === wanted);
  assert.deepEqual(rowsOf(splits[0], 2).slice(0, 10), golden.stratifiedTests[0]?.[0]);
  for (const [i, part] of splits.entries()) {
    const tested = rowsOf(part, 2);
    assert.equal(
      tested.reduce((sum, row) => sum + row, 0),
      golden.stratifiedTests[i]?.[1],
      `split ${i}`,
    );
    assert.equal(tested.length + rowsOf(part, 1).length, 891);
  }
  assert.deepEqual(
    [...stratifiedShuffleSplit([0, 0, 0, 1], { splits: 3, testShare: 0.5, seed: 1 })],
    [],
  );
});

test(`isotonicRegression equals ${learn} IsotonicRegression within 1e-9, with many tied scores`, () => {
  const rounded = yScore.map((score) => Number(score.toFixed(2)));
  const fit = isotonicRegression(rounded, yTrue);
  const [x, y] = golden.isotonic.points;
  assert.equal(fit.x.length, x.length);
  for (const [i, each] of x.entries()) {
    assertSame(fit.x[i], each, `x ${i}`);
    assertSame(fit.y[i], y[i], `y ${i}`);
  }
  for (const [i, each] of golden.isotonic.x.entries())
    assertSame(isotonicPredict(fit, each), golden.isotonic.y[i], `at ${each}`);
});

test("isotonicRegression never falls, keeps the mean, and refuses arrays that do not fit", () => {
  const fit = isotonicRegression(yScore, yTrue);
  assert.ok(fit.y.every((value, i) => i === 0 || value >= Number(fit.y[i - 1])));
  const mean = (values: Float64Array): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  assertSame(mean(yScore.map((score) => isotonicPredict(fit, score))), mean(yTrue), "mean", 1e-12);
  assert.throws(
    () => isotonicRegression(yScore, yTrue.subarray(1)),
    (error) =>
      error instanceof AssayerError &&
      error.code === "invalid-argument" &&
      error.message ===
        "isotonicRegression requires arrays of one length, 1 or more; got 891 and 890",
  );
});
