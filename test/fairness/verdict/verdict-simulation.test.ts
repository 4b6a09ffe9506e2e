import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConstraintName } from "../../../kernel-lib/fairness/constraint";
import type { FairnessGroup } from "../../../kernel-lib/fairness/report";
import { judgeGroups, type Measure } from "../../../kernel-lib/fairness/verdict/judge-groups";
import { rowsNeeded } from "../../../kernel-lib/fairness/verdict/rows-needed";
import { binomialDraw } from "../../../kernel-lib/stats/binomial-draw";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { countsOf, group } from "./groups";

const repetitions = 1000;
const tenPoints: Measure = { kind: "difference", limit: 0.1 };

/** A population: of each group the share that the constraint looks at, and its rows. */
interface Population {
  name: string;
  constraint: ConstraintName;
  measure: Measure;
  shares: readonly number[];
  rows: readonly number[];
}

const alike = (share: number, groups: number) => new Array<number>(groups).fill(share);

/** The true figure is exactly the limit, where a wrong verdict is likeliest. */
const onTheLimit: Omit<Population, "rows">[] = [
  { name: "two groups", constraint: "demographicParity", measure: tenPoints, shares: [0.5, 0.6] },
  { name: "two rare", constraint: "demographicParity", measure: tenPoints, shares: [0.02, 0.12] },
  { name: "two common", constraint: "demographicParity", measure: tenPoints, shares: [0.9, 1] },
  {
    name: "six groups",
    constraint: "demographicParity",
    measure: tenPoints,
    shares: [...alike(0.5, 3), ...alike(0.6, 3)],
  },
  {
    name: "ten groups of no gap, none allowed",
    constraint: "demographicParity",
    measure: { kind: "difference", limit: 0 },
    shares: alike(0.3, 10),
  },
  { name: "odds", constraint: "equalizedOdds", measure: tenPoints, shares: [0.7, 0.8] },
  {
    name: "four fifths",
    constraint: "demographicParity",
    measure: { kind: "ratio", limit: 0.8 },
    shares: [0.4, 0.5],
  },
  {
    name: "four fifths of six",
    constraint: "demographicParity",
    measure: { kind: "ratio", limit: 0.8 },
    shares: [...alike(0.4, 3), ...alike(0.5, 3)],
  },
  {
    name: "losses",
    constraint: "boundedGroupLoss",
    measure: { kind: "loss", limit: 0.1 },
    shares: alike(0.1, 4),
  },
];

/** Counts of which the constraint's metric is `hits` of `rows`; other rates are 0.2 everywhere. */
function groupOf(
  place: number,
  constraint: ConstraintName,
  hits: number,
  rows: number,
  falsePositives: number,
): FairnessGroup {
  const rest = rows - hits;
  const name = `g${place}`;
  if (constraint === "boundedGroupLoss") return group(name, countsOf(rest, hits, 0, 0));
  if (constraint === "equalizedOdds")
    return group(name, countsOf(hits, falsePositives, rest, rows - falsePositives));
  return group(name, countsOf(hits, 0, 0, rest));
}

function drawn({ constraint, shares, rows }: Population, random: () => number): FairnessGroup[] {
  return shares.map((share, i) => {
    const n = rows[i % rows.length] ?? 0;
    const hits = binomialDraw(n, share, random);
    return groupOf(i, constraint, hits, n, binomialDraw(n, 0.2, random));
  });
}

function verdictOf({ constraint, measure }: Population, groups: FairnessGroup[]): string {
  const evidence = { problem: "binary", groups, confidence: 0.95, smallGroup: 30 } as const;
  return judgeGroups({ constraint }, measure, evidence).verdict;
}

for (const rows of [[60], [1000, 5000]])
  test(`on the limit, at most 2.5% of verdicts pass and 2.5% fail, of groups of ${rows.join(" and ")} rows`, () => {
    // 0.025 and three standard errors of 1,000 repetitions.
    const most = 0.04;
    onTheLimit.forEach((each, place) => {
      const population = { ...each, rows };
      const random = seededRandom(100 * place + rows.length);
      const seen = { pass: 0, fail: 0, insufficient: 0 };
      for (let i = 0; i < repetitions; i++)
        seen[verdictOf(population, drawn(population, random)) as keyof typeof seen]++;
      assert.ok(seen.pass / repetitions <= most, `${each.name}: ${seen.pass} pass`);
      assert.ok(seen.fail / repetitions <= most, `${each.name}: ${seen.fail} fail`);
    });
  });

test("far from the limit, nearly all verdicts are the right ones", () => {
  const random = seededRandom(1);
  const share = (shares: number[], verdict: string) => {
    const constraint = "equalizedOdds";
    const population = {
      name: "far",
      constraint,
      measure: tenPoints,
      shares,
      rows: [2000],
    } as const;
    let count = 0;
    for (let i = 0; i < 200; i++)
      count += Number(verdictOf(population, drawn(population, random)) === verdict);
    return count / 200;
  };
  assert.ok(share([0.7, 0.71, 0.72], "pass") > 0.99);
  assert.ok(share([0.7, 0.71, 0.9], "fail") > 0.99);
});

const open: Population[] = [
  {
    name: "two that pass",
    constraint: "demographicParity",
    measure: tenPoints,
    shares: [0.5, 0.53],
    rows: [200],
  },
  {
    name: "two that fail",
    constraint: "demographicParity",
    measure: tenPoints,
    shares: [0.5, 0.65],
    rows: [200],
  },
  {
    name: "six alike",
    constraint: "demographicParity",
    measure: tenPoints,
    shares: alike(0.5, 6),
    rows: [100],
  },
  {
    name: "ten, one apart",
    constraint: "demographicParity",
    measure: tenPoints,
    shares: [...alike(0.5, 9), 0.7],
    rows: [100],
  },
  {
    name: "a ratio",
    constraint: "demographicParity",
    measure: { kind: "ratio", limit: 0.8 },
    shares: [0.4, 0.6],
    rows: [100],
  },
];

test("with the rows that are needed, four in five repetitions are settled; with a quarter, fewer than two in three", () => {
  for (const population of open) {
    const { constraint, measure, shares, rows } = population;
    const n = rows[0] ?? 0;
    const groups = shares.map((share, i) => groupOf(i, constraint, Math.round(n * share), n, 0));
    const evidence = { problem: "binary", groups, confidence: 0.95, smallGroup: 30 } as const;
    assert.equal(judgeGroups({ constraint }, measure, evidence).verdict, "insufficient");
    const needed = rowsNeeded({ constraint }, measure, evidence);
    assert.ok(needed !== null);
    const random = seededRandom(needed);
    const settled = (further: number) => {
      let count = 0;
      const each = Math.round(further / shares.length);
      for (let i = 0; i < 300; i++) {
        const grown = shares.map((share, place) => {
          const hits = Math.round(n * share) + binomialDraw(each, share, random);
          return groupOf(place, constraint, hits, n + each, 0);
        });
        count += Number(verdictOf(population, grown) !== "insufficient");
      }
      return count / 300;
    };
    // 0.8 less three standard errors of 300 repetitions.
    assert.ok(settled(needed) > 0.73, `${population.name}: ${settled(needed)} of ${needed}`);
    assert.ok(settled(needed / 4) < 0.66, `${population.name}: ${settled(needed / 4)}`);
  }
});

test("no number of rows settles a figure that is the limit itself", () => {
  const groups = [0.5, 0.6].map((share, i) => groupOf(i, "demographicParity", 200 * share, 200, 0));
  const evidence = { problem: "binary", groups, confidence: 0.95, smallGroup: 30 } as const;
  assert.equal(rowsNeeded({ constraint: "demographicParity" }, tenPoints, evidence), null);
});
