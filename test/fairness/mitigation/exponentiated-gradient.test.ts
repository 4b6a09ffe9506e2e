import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError } from "../../../kernel-lib/errors";
import {
  exponentiatedGradient,
  type ExponentiatedGradientOptions,
} from "../../../kernel-lib/fairness/mitigation/exponentiated-gradient/exponentiated-gradient";
import { gridSearch } from "../../../kernel-lib/fairness/mitigation/exponentiated-gradient/grid-search";
import type { ReductionConstraint } from "../../../kernel-lib/fairness/mitigation/exponentiated-gradient/moments";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assertNear } from "./near";
import { column, wages, type GoldenReductions } from "./golden";

const golden = JSON.parse(
  readFileSync(join(__dirname, "../../parity/golden/reductions.json"), "utf8"),
) as GoldenReductions;

const [education, experience, south] = ["education", "experience", "south"].map(column) as [
  number[],
  number[],
  number[],
];
const rows = wages.yTrue.map((_, i) => [
  1,
  (education[i] as number) / 10,
  (experience[i] as number) / 20,
  south[i] as number,
  Number(wages.sensitiveFeatures.sex[i] === "male"),
]);
const { sensitiveFeatures } = wages;

/** Weighted least squares with a small ridge, as in the golden values' script. */
function leastSquaresOf(
  own: readonly number[][],
  targets: ArrayLike<number>,
  weights: ArrayLike<number>,
): number[] {
  const p = 5;
  const matrix = Array.from({ length: p }, (_, i) =>
    Array.from({ length: p + 1 }, (__, j): number => (i === j ? 1e-6 : 0)),
  );
  for (const [r, row] of own.entries())
    for (let i = 0; i < p; i++) {
      const line = matrix[i] as number[];
      const share = (weights[r] as number) * (row[i] as number);
      for (let j = 0; j < p; j++) line[j] = (line[j] as number) + share * (row[j] as number);
      line[p] = (line[p] as number) + share * (targets[r] as number);
    }
  for (let i = 0; i < p; i++) {
    const line = matrix[i] as number[];
    for (const other of matrix)
      if (other !== line) {
        const share = (other[i] as number) / (line[i] as number);
        for (let j = i; j <= p; j++) other[j] = (other[j] as number) - share * (line[j] as number);
      }
  }
  return matrix.map((line, i) => (line[p] as number) / (line[i] as number));
}

const valueOf = (row: readonly number[], beta: readonly number[]) =>
  row.reduce((sum, value, i) => sum + value * (beta[i] as number), 0);

let calls = 0;
const classify: ExponentiatedGradientOptions<number[]>["fit"] = (own, labels, weights) => {
  calls++;
  const beta = leastSquaresOf(
    own,
    labels.map((label) => 2 * label - 1),
    weights,
  );
  return (others) => Uint8Array.from(others, (row) => Number(valueOf(row, beta) > 0));
};
const regress: ExponentiatedGradientOptions<number[]>["fit"] = async (own, labels, weights) => {
  const beta = await Promise.resolve(leastSquaresOf(own as number[][], labels, weights));
  return (others) => Promise.resolve(Float64Array.from(others, (row) => valueOf(row, beta)));
};
const payment = column("wage").map((wage) => Math.min(Math.max(wage / 20, 0), 1));

const options: Record<string, Partial<ExponentiatedGradientOptions<number[]>>> = {
  demographicParity: { differenceBound: 0.02 },
  equalizedOdds: { differenceBound: 0.05 },
  truePositiveRateParity: { differenceBound: 0.02 },
  falsePositiveRateParity: { differenceBound: 0.02 },
  errorRateParity: { differenceBound: 0.01 },
  boundedGroupLoss: { differenceBound: 0.2, fit: regress, yTrue: payment },
  "demographicParity ratio": { ratioBound: 0.9, ratioBoundSlack: 0.01 },
};

for (const linprog of [false, true])
  test(`exponentiatedGradient ${linprog ? "with" : "without"} linear programs equals Fairlearn ${golden.versions["fairlearn"] ?? ""} with the same least squares on both sides: error and violation within 1e-9, steps`, async () => {
    const cases = golden.reductions.filter((each) => each.linprog === linprog);
    assert.equal(cases.length, 7);
    for (const each of cases) {
      const found = await exponentiatedGradient({
        rows,
        yTrue: wages.yTrue,
        sensitiveFeatures,
        fit: classify,
        constraint: each.name.split(" ")[0] as ReductionConstraint,
        maxIterations: 20,
        runLinprog: linprog,
        ...options[each.name],
      });
      const violation = Math.max(...Object.values(found.violations));
      const name = `${each.name} ${JSON.stringify({ ...found, classifier: 0 })} ${JSON.stringify(each)}`;
      assertNear(found.error, each.error, 1e-9, name);
      assertNear(violation, each.violation, 1e-9, name);
      assertNear(found.gap, each.gap, 1e-6, name);
      assert.equal(found.iterations, each.iterations, name);
      const { classifier } = found;
      assertNear(
        classifier.weights.reduce((sum, weight) => sum + weight, 0),
        1,
        1e-9,
      );
    }
  });

test("the draw's answers are those of one of its models, the same for the same request, and in the long run as probable", async () => {
  const { classifier } = await exponentiatedGradient({
    rows,
    yTrue: wages.yTrue,
    sensitiveFeatures,
    fit: classify,
  });
  const expected = await classifier.probabilities(rows);
  assert.ok(classifier.predictors.length > 1);
  const times = 400;
  const mean = new Float64Array(rows.length);
  for (let k = 0; k < times; k++) {
    const ids = rows.map((_, i) => `${k}-${i}`);
    const answers = await classifier.answers(rows, ids);
    if (k < 3) assert.deepEqual(answers, await classifier.answers(rows, ids));
    for (const [i, answer] of answers.entries()) mean[i] = (mean[i] as number) + answer / times;
  }
  // Five standard deviations of a share of 400 draws.
  for (const [i, value] of mean.entries()) assertNear(value, expected[i] as number, (5 * 0.5) / 20);
});

test(`gridSearch equals Fairlearn ${golden.versions["fairlearn"] ?? ""} GridSearch: every model's error and violation, and the one it picks`, async () => {
  for (const each of golden.grid) {
    const found = await gridSearch({
      rows,
      yTrue: wages.yTrue,
      sensitiveFeatures,
      fit: classify,
      constraint: each.name as ReductionConstraint,
      gridSize: 9,
    });
    assert.equal(found.models.length, each.objectives.length);
    for (const [i, { error, violation }] of found.models.entries()) {
      assertNear(error, each.objectives[i] as number, 1e-12, each.name);
      assertNear(violation, each.violations[i] as number, 1e-12, each.name);
    }
    assert.equal(found.best, each.best);
  }
});

test("bad input is named", async () => {
  const refused = async (
    changed: Partial<ExponentiatedGradientOptions<number[]>>,
    message: string,
  ) => {
    await assert.rejects(
      exponentiatedGradient({
        rows,
        yTrue: wages.yTrue,
        sensitiveFeatures,
        fit: classify,
        ...changed,
      }),
      new AssayerError("invalid-argument", message),
    );
  };
  await refused(
    { constraint: "fairness" as ReductionConstraint },
    "unknown constraint: fairness; expected one of demographicParity, errorRateParity, equalizedOdds, truePositiveRateParity, falsePositiveRateParity, boundedGroupLoss",
  );
  await refused(
    { differenceBound: 0.1, ratioBound: 0.8 },
    "exponentiatedGradient requires a differenceBound or a ratioBound; got both",
  );
  await refused(
    { constraint: "boundedGroupLoss" },
    "exponentiatedGradient requires a differenceBound, the largest loss of a group, for boundedGroupLoss; got none",
  );
  await refused(
    { fit: () => () => [1] },
    "exponentiatedGradient requires a predictor that gives one answer a row; got 1 of 534 rows",
  );
  await refused(
    { fit: () => (own) => own.map(() => 0.5) },
    "exponentiatedGradient requires a predictor that answers 0 or 1; got 0.5 at position 0",
  );
  await refused(
    { yTrue: wages.yTrue.map((label) => 2 * label) },
    "exponentiatedGradient requires labels 0 and 1 for demographicParity; got 2 at position 5",
  );
  await refused(
    { eps: 0 },
    "exponentiatedGradient requires eps and eta0 above 0 and maxIterations of 1 or more; got 0, 2 and 50",
  );
  assert.ok(calls > 0);
});
