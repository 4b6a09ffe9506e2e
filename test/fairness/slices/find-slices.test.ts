import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError } from "../../../kernel-lib/errors";
import type { FairnessSlice, SliceCondition } from "../../../kernel-lib/fairness/report";
import { findSlices } from "../../../kernel-lib/fairness/slices/find-slices";
import {
  effectSizeOf,
  meanOf,
  readLosses,
  without,
  worseTail,
} from "../../../kernel-lib/fairness/slices/loss-sums";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { assertNear } from "../../stats/two-sample-golden";
import { golden } from "./golden";
import { error, features, people, wrong } from "./wages";

const masks: Record<string, (person: (typeof people)[number]) => boolean> = {
  "education > 13": ({ education }) => education > 13,
  "gender = male": ({ gender }) => gender === "male",
  "experience > 8 and gender = male": ({ experience, gender }) =>
    experience > 8 && gender === "male",
  "age ≤ 25 and gender = female": ({ age, gender }) => age <= 25 && gender === "female",
  "occupation = management": ({ occupation }) => occupation === "management",
  "30 < age ≤ 50 and gender = male and south = 0": ({ age, gender, south }) =>
    age > 30 && age <= 50 && gender === "male" && south === 0,
  "education > 17": ({ education }) => education > 17,
};

const bothLosses = [
  ["wrong", wrong],
  ["error", error],
] as const;

for (const [name, loss] of bothLosses)
  test(`tests of slices of the CPS wages equal scipy ${golden.versions.scipy} where the loss is ${name}`, () => {
    const losses = readLosses("test", loss);
    for (const [words, wanted] of Object.entries(golden.slices[name])) {
      const part = { rows: 0, sum: 0, squares: 0 };
      people.forEach((person, i) => {
        const value = losses.values[i] ?? NaN;
        if (masks[words]?.(person) !== true) return;
        part.rows++;
        part.sum += value;
        part.squares += value * value;
      });
      const rest = without(losses.all, part);
      assert.equal(part.rows, wanted.rows, words);
      assertNear(meanOf(part) + losses.shift, wanted.loss, 1e-12);
      assertNear(meanOf(rest) + losses.shift, wanted.otherLoss, 1e-12);
      assertNear(effectSizeOf(part, rest), wanted.effectSize, 1e-9);
      assertNear(worseTail(part, rest, false), wanted.welch, 1e-9);
      if (wanted.fisher !== null) assertNear(worseTail(part, rest, true), wanted.fisher, 1e-9);
    }
  });

test(`the worst slice of the CPS wages has the figures of scipy ${golden.versions.scipy}`, () => {
  for (const [name, loss] of bothLosses) {
    const [found] = findSlices({ features, loss });
    assert.equal(found?.name, "education > 13");
    const wanted = golden.slices[name]["education > 13"];
    assert.ok(wanted);
    assert.equal(found.rows, wanted.rows);
    assertNear(found.loss.value ?? NaN, wanted.loss, 1e-12);
    assertNear(found.effectSize, wanted.effectSize, 1e-9);
    assertNear(found.pValue, wanted.fisher ?? wanted.welch, 1e-9);
    if (wanted.wilson === null) assert.equal(found.loss.interval, "normal");
    else {
      assertNear(found.loss.low ?? NaN, wanted.wilson[0], 1e-9);
      assertNear(found.loss.high ?? NaN, wanted.wilson[1], 1e-9);
    }
  }
});

type Columns = Record<string, ArrayLike<string | number | null>>;

/** Numbers, categories, a switch of 0 and 1, and a number that is often missing. */
function drawn(seed: number, rows: number): { columns: Columns; random: () => number } {
  const random = seededRandom(seed);
  const draw = <T>(of: () => T) => Array.from({ length: rows }, of);
  const columns = {
    income: draw(() => Math.exp(3 * random())),
    region: draw(() => "abcde"[Math.floor(random() * 5)] ?? ""),
    member: draw(() => Number(random() < 0.4)),
    debt: draw(() => (random() < 0.2 ? null : random())),
    age: draw(() => Math.floor(20 + 50 * random())),
  };
  return { columns, random };
}

function holds(condition: SliceCondition, columns: Columns, row: number): boolean {
  const value = columns[condition.feature]?.[row];
  if ("equals" in condition) return String(value ?? "(missing)") === condition.equals;
  if ("differsFrom" in condition) return String(value ?? "(missing)") !== condition.differsFrom;
  if (typeof value !== "number") return false;
  return value > (condition.above ?? -Infinity) && value <= (condition.atMost ?? Infinity);
}

function rowsOf({ conditions }: FairnessSlice, columns: Columns, rows: number): number[] {
  return Array.from({ length: rows }, (_, row) => row).filter((row) =>
    conditions.every((condition) => holds(condition, columns, row)),
  );
}

test("a slice that was planted is found and ranks first, alone or before another", () => {
  const rows = 8000;
  const { columns, random } = drawn(3, rows);
  const { income = [], region = [], member = [], age = [] } = columns;
  const isBad = (i: number) => Number(income[i]) > 8 && region[i] === "b" && member[i] === 1;
  const isWorse = (i: number) => Number(age[i]) <= 30 && region[i] === "d";
  const loss = Float64Array.from({ length: rows }, (_, i) =>
    Number(random() < (isBad(i) ? 0.6 : isWorse(i) ? 0.35 : 0.1)),
  );
  const found = findSlices({ features: columns, loss });
  const names = found.map(({ conditions }) => conditions.map(({ feature }) => feature).join());
  assert.deepEqual(names, ["income,region,member", "region,age"]);
  for (const [slice, isPlanted] of [
    [found[0], isBad],
    [found[1], isWorse],
  ] as const) {
    assert.ok(slice);
    const named = rowsOf(slice, columns, rows);
    const hits = named.filter(isPlanted).length;
    const planted = loss.reduce((sum, _, i) => sum + Number(isPlanted(i)), 0);
    assert.ok(hits / named.length > 0.75, `${hits} of ${named.length}`);
    assert.ok(hits / planted > 0.75, `${hits} of ${planted}`);
  }
});

test("the figures of a slice are those of the rows that its conditions name", () => {
  const rows = 4000;
  const { columns, random } = drawn(11, rows);
  const { debt = [], region = [], income = [] } = columns;
  const loss = Float64Array.from({ length: rows }, (_, i) => {
    const isMissing = debt[i] === null;
    const isRich = Number(income[i]) > 10 && region[i] !== "a";
    return -Math.log(1 - random()) * (isMissing ? 1.6 : 1) * (isRich ? 1.5 : 1) + 1000;
  });
  const found = findSlices({ features: columns, loss });
  assert.ok(found.some(({ name }) => name === "debt = (missing)"));
  assert.ok(found.length >= 2);
  const scores = found.map(({ effectSize, rows: named }) => effectSize * Math.sqrt(named));
  assert.deepEqual(
    scores,
    scores.toSorted((a, b) => b - a),
  );
  for (const slice of found) {
    const named = rowsOf(slice, columns, rows);
    const mean = named.reduce((sum, row) => sum + (loss[row] ?? 0), 0) / named.length;
    const rest = loss.reduce((sum, value) => sum + value, 0) - mean * named.length;
    assert.equal(slice.rows, named.length);
    assertNear(slice.loss.value ?? NaN, mean, 1e-12);
    assertNear(slice.otherLoss, rest / (rows - named.length), 1e-12);
    assert.ok(slice.pValue <= slice.adjustedPValue && slice.adjustedPValue < 0.05);
  }
});

test("where there is no slice, one is listed in at most 5% of tables", () => {
  const tables = 60;
  for (const isBinary of [true, false]) {
    let alarms = 0;
    for (let seed = 0; seed < tables; seed++) {
      const { columns, random } = drawn(1000 + seed, 600);
      const loss = Float64Array.from({ length: 600 }, () =>
        isBinary ? Number(random() < 0.15) : -Math.log(1 - random()),
      );
      alarms += Number(findSlices({ features: columns, loss }, { minRows: 20 }).length > 0);
    }
    // Five standard errors above 5% would be 11; what is asked is what was promised.
    assert.ok(alarms / tables <= 0.05, `${alarms} of ${tables}`);
  }
});

test("the same table has the same slices, and the search can be ended", () => {
  const { columns, random } = drawn(5, 2000);
  const loss = Float64Array.from({ length: 2000 }, (_, i) =>
    Number(random() < (columns.member?.[i] === 1 ? 0.5 : 0.1)),
  );
  const found = findSlices({ features: columns, loss });
  assert.deepEqual(findSlices({ features: columns, loss }), found);
  assert.equal(found[0]?.name, "member = 1");
  assert.deepEqual(findSlices({ features: columns, loss }, { shouldStop: () => true }), []);
});

test("tables without rows, features or differences have no slices", () => {
  assert.deepEqual(findSlices({ features: {}, loss: [0, 1, 0] }), []);
  assert.deepEqual(findSlices({ features: { a: [] }, loss: [] }), []);
  const a = Array.from({ length: 100 }, (_, i) => i);
  assert.deepEqual(findSlices({ features: { a }, loss: a.map(() => 0) }), []);
  assert.deepEqual(findSlices({ features: { a }, loss: a.map(() => 7.5) }), []);
});

test("a slice in which all answers are wrong, and none elsewhere, has finite figures", () => {
  const group = Array.from({ length: 200 }, (_, i) => (i < 60 ? "x" : "y"));
  const [slice] = findSlices({ features: { group }, loss: group.map((g) => Number(g === "x")) });
  assert.equal(slice?.name, "group = x");
  assert.ok(Number.isFinite(slice.effectSize));
  assert.equal(slice.loss.value, 1);
});

test("findSlices refuses what it cannot answer", () => {
  const refused = (run: () => unknown, message: string) => {
    assert.throws(run, (thrown) => {
      assert.ok(thrown instanceof AssayerError);
      assert.equal(thrown.code, "invalid-argument");
      assert.equal(thrown.message, message);
      return true;
    });
  };
  refused(
    () => findSlices({ features: { age: [1, 2] }, loss: [0, 1, 1] }),
    "findSlices requires as many values of age as losses; got 2 and 3",
  );
  refused(
    () => findSlices({ features: { age: [1, 2] }, loss: [0, NaN] }),
    "findSlices requires finite losses; got NaN at row 1",
  );
  refused(
    () => findSlices({ features: {}, loss: [] }, { maxConditions: 4 }),
    "findSlices requires a whole maxConditions from 1 to 3; got 4",
  );
  refused(
    () => findSlices({ features: {}, loss: [] }, { alpha: 1 }),
    "findSlices requires alpha between 0 and 1; got 1",
  );
});
