import assert from "node:assert/strict";
import { test } from "node:test";
import * as assayer from "../../kernel-lib/index";
import type {
  Comparison,
  EqualizedOddsInput,
  Figure,
  PrivilegedInput,
} from "../../kernel-lib/index";
import { golden } from "./golden";

const { versions, data } = golden;

function near(actual: number | null | undefined, expected: unknown, what: string): void {
  if (expected === null) {
    assert.equal(actual, null, what);
    return;
  }
  assert.ok(
    typeof actual === "number" && Math.abs(actual - Number(expected)) <= 1e-12,
    `${what}: ${String(actual)} is not ${String(expected)}`,
  );
}

for (const [name, { columns, named }] of Object.entries(data))
  test(`named fairness metrics equal Fairlearn ${versions.fairlearn} within 1e-12 on ${name}`, () => {
    const [feature, values] = Object.entries(columns.sensitiveFeatures)[0] as [string, unknown[]];
    // Without the group that has no positive, of which Fairlearn says that its true positive rate is 0.
    const keep = values.flatMap((value, i) => (value === "c" ? [] : [i]));
    const taken = <T>(column: readonly T[]) => keep.map((i) => column[i] as T);
    named.forEach((expected, weighted) => {
      const input = {
        yTrue: taken(columns.yTrue),
        yPred: taken(columns.yPred),
        sensitiveFeatures: { [feature]: taken(values) },
        ...(weighted === 1 ? { sampleWeight: taken(columns.sampleWeight) } : {}),
      };
      for (const [key, value] of Object.entries(expected)) {
        const [metric, method, agg] = key.split(".") as [keyof typeof assayer, Comparison, string?];
        const compute = assayer[metric] as (input: EqualizedOddsInput) => Figure;
        const figure = compute({
          ...input,
          method,
          ...(agg === undefined ? {} : { agg: agg as "mean" }),
        });
        near(figure.value, value, key);
        assert.ok(figure.low !== null && figure.high !== null, key);
        assert.ok(figure.low <= Number(value) && Number(value) <= figure.high, key);
      }
    });
  });

test(`metrics of privileged and other rows equal AIF360 ${versions.aif360} within 1e-12 on wages`, () => {
  const { columns, privileged } = data.wages;
  const [feature, values] = Object.entries(columns.sensitiveFeatures)[0] as [string, unknown[]];
  privileged.forEach(({ privileged: value, ...expected }, weighted) => {
    for (const [key, number] of Object.entries(expected)) {
      const input: PrivilegedInput = {
        yTrue: columns.yTrue,
        yPred: columns.yPred,
        sensitiveFeatures: { [feature]: values },
        privileged: { [feature]: value },
        ...(weighted === 1 ? { sampleWeight: columns.sampleWeight } : {}),
      };
      const figure = key.startsWith("generalizedEntropyIndex")
        ? assayer.generalizedEntropyIndex({ ...input, alpha: key.endsWith("3") ? 3 : 2 })
        : (assayer[key as "disparateImpact"] as (input: PrivilegedInput) => Figure)(input);
      near(figure.value, number, key);
      assert.ok(figure.low !== null && figure.high !== null, key);
      assert.ok(figure.low <= Number(number) && Number(number) <= figure.high, key);
    }
  });
});

test(`consistency equals AIF360 ${versions.aif360} within 1e-12 on points that have no ties`, () => {
  const { values, ...input } = golden.consistency;
  for (const [neighbours, expected] of Object.entries(values))
    near(
      assayer.consistency({ ...input, neighbours: Number(neighbours) }),
      expected,
      `${neighbours} neighbours`,
    );
});

test("calibrationByGroup tells the share of positives of like scores, and how far it is off", () => {
  const [group] = assayer.calibrationByGroup({
    yTrue: [0, 1, 1, 1],
    yScore: [0.15, 0.15, 0.95, 1],
    sensitiveFeatures: { g: ["a", "a", "a", "a"] },
  });
  assert.deepEqual(
    group?.bins.map(({ meanScore, share, rows }) => [meanScore, share.value, rows]),
    [
      [0.15, 0.5, 2],
      [0.975, 1, 2],
    ],
  );
  assert.ok(Math.abs((group?.expectedCalibrationError ?? 0) - (0.35 + 0.025) / 2) < 1e-15);
});

test("privileged values that no row has, and sides without rows, are refused", () => {
  const input = {
    yTrue: [0, 1],
    yPred: [1, 1],
    sensitiveFeatures: { sex: ["f", "m"] },
    privileged: { sex: "x" },
  };
  assert.throws(() => assayer.disparateImpact(input), {
    code: "invalid-argument",
    message: "disparateImpact requires privileged values that rows have; got an unknown one of sex",
  });
  assert.throws(() => assayer.disparateImpact({ ...input, privileged: { sex: ["f", "m"] } }), {
    code: "invalid-argument",
    message: "disparateImpact requires rows that are privileged and rows that are not; got 2 and 0",
  });
});
