import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  AssayerError,
  fairnessReport,
  metricFrame,
  openProject,
  type FairnessReportOptions,
} from "../../kernel-lib/index";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";
import { requireReport } from "../../kernel-lib/store/reports/report-file";
import { temporaryFolder } from "../temporary-folder";

type Cell = string | number | null;

/** People of two towns; the model recognises positives of `hill` with `recall`, of `dale` nine times in ten. */
function people(rows: number, recall: number) {
  const random = seededRandom(5);
  const table: Record<"request_id" | "town" | "age" | "y_true" | "y_score", Cell[]> = {
    request_id: [],
    town: [],
    age: [],
    y_true: [],
    y_score: [],
  };
  for (let row = 0; row < rows; row++) {
    const town = random() < 0.5 ? "hill" : "dale";
    const label = random() < 0.5 ? 1 : 0;
    const hit = random() < (label === 0 ? 0.1 : town === "hill" ? recall : 0.9);
    table.request_id.push(`r-${row}`);
    table.town.push(town);
    table.age.push(Math.floor(20 + 40 * random()));
    table.y_true.push(label);
    table.y_score.push(hit ? 0.6 + 0.4 * random() : 0.4 * random());
  }
  return table;
}

const now = new Date("2026-01-01T00:00:00Z");
const byTown: FairnessReportOptions = { sensitiveFeatures: ["town"], now };
const verdictsOf = (report: Awaited<ReturnType<typeof fairnessReport>>) =>
  report.results.map(({ constraint, verdict }) => [constraint.constraint, verdict]);

async function refusal(work: Promise<unknown>): Promise<string> {
  let message = "";
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof AssayerError);
    assert.equal(error.code, "invalid-argument");
    message = error.message;
    return true;
  });
  return message;
}

test("a model that recognises half of one town fails, and says of whom and by how much", async () => {
  const table = people(4000, 0.5);
  const report = await fairnessReport(table, { ...byTown, features: ["town", "age"] });
  assert.equal(report.verdict, "alarm");
  assert.deepEqual(verdictsOf(report), [
    ["demographicParity", "fail"],
    ["equalOpportunity", "fail"],
    ["equalizedOdds", "fail"],
  ]);
  const [, opportunity] = report.results;
  assert.ok(opportunity);
  assert.deepEqual(opportunity.between, ["hill", "dale"]);
  assert.match(opportunity.sentence, /hill/u);
  assert.match(report.summary, /^3 of 3 requirements failed\. \S/u);
  assert.equal(report.slices[0]?.name.includes("hill"), true);
  assert.ok((report.errorTree?.length ?? 0) >= 3);
  assert.deepEqual(requireReport(JSON.parse(JSON.stringify(report)), "test"), report);
});

test("figures of a report are those of metricFrame, with the rows they divide by", async () => {
  const table = people(1000, 0.7);
  const report = await fairnessReport(table, byTown);
  const frame = metricFrame({
    metrics: report.metrics.map(({ name }) => name) as ["accuracy"],
    yTrue: table.y_true as number[],
    yPred: table.y_score.map((score) => Number(Number(score) > 0.5)),
    yScore: table.y_score as number[],
    sensitiveFeatures: { town: table.town },
  });
  const [grouping] = report.groupings;
  assert.ok(grouping);
  assert.deepEqual(
    grouping.groups.map(({ name, figures }) => [name, figures]),
    frame.byGroup.map(({ name, figures }) => [name, figures]),
  );
  assert.deepEqual(grouping.disparities, frame.disparities());
  const hill = grouping.groups.find(({ name }) => name === "hill");
  const positives = table.y_true.filter((label, row) => label === 1 && table.town[row] === "hill");
  assert.ok(hill);
  assert.equal(hill.figures.truePositiveRate?.denominator, positives.length);
  assert.equal(hill.scores?.positives, positives.length);
});

test("the thresholds of a group's scores name exact counts", async () => {
  const table = people(2000, 0.7);
  const report = await fairnessReport(table, byTown);
  const scores = report.groupings[0]?.groups.find(({ name }) => name === "dale")?.scores;
  assert.ok(scores);
  for (const place of [0, 17, scores.thresholds.length - 2]) {
    const threshold: number = scores.thresholds[place] ?? NaN;
    const above = table.y_true.filter(
      (label, row) =>
        label === 1 && table.town[row] === "dale" && Number(table.y_score[row]) > threshold,
    );
    assert.equal(scores.positivesAbove[place], above.length);
  }
});

test("sensitive columns of a table of their own are joined by their key", async () => {
  const folder = temporaryFolder();
  const { town, ...predictions } = people(1000, 0.7);
  const kept = join(folder, "people.csv");
  const order = predictions.request_id.map((_, row) => row).reverse();
  writeFileSync(
    kept,
    `request_id,town\n${order.map((row) => `${predictions.request_id[row]},${town[row]}`).join("\n")}\n`,
  );
  const beside = await fairnessReport({ ...predictions, town }, { ...byTown, features: [] });
  const apart = await fairnessReport(predictions, {
    ...byTown,
    features: [],
    sensitiveSource: { source: kept, key: "request_id" },
  });
  assert.deepEqual(apart.groupings, beside.groupings);
  assert.deepEqual(apart.results, beside.results);
  assert.equal(JSON.stringify(apart).includes("r-17"), false);
  const unknown = {
    ...predictions,
    request_id: predictions.request_id.map((id, row) => (row < 10 ? "?" : id)),
  };
  const some = await fairnessReport(unknown, {
    ...byTown,
    sensitiveSource: { source: kept, key: "request_id" },
  });
  assert.deepEqual(some.warnings, ["10 of 1000 rows are not in the table of sensitive features"]);
  assert.deepEqual(
    some.groupings[0]?.groups.map(({ name, rows }) => [name, rows > 10]),
    [
      ["dale", true],
      ["hill", true],
      ["(missing)", false],
    ],
  );
  assert.equal(
    await refusal(
      fairnessReport(predictions, {
        ...byTown,
        sensitiveSource: {
          source: { request_id: ["r-1", "r-1"], town: ["a", "b"] },
          key: "request_id",
        },
      }),
    ),
    "fairnessReport requires a key that names one row each; got several rows of one request_id",
  );
});

test("a group none of whose rows has a label is named, and nothing passes because of it", async () => {
  const table = people(20_000, 0.9);
  const town = table.town.map((name, row) => (row % 10 === 0 ? "moor" : name));
  const fair = await fairnessReport({ ...table, town }, byTown);
  assert.deepEqual(
    verdictsOf(fair).map(([, verdict]) => verdict),
    ["pass", "pass", "pass"],
  );
  assert.equal(fair.verdict, "stable");
  const y_true = table.y_true.map((label, row) => (town[row] === "moor" ? null : label));
  const report = await fairnessReport({ ...table, y_true, town }, byTown);
  const moor = report.groupings[0]?.groups.find(({ name }) => name === "moor");
  assert.deepEqual([moor?.rows, moor?.small], [0, true]);
  assert.equal(report.verdict, "undecided");
  for (const { verdict, unjudged } of report.results) {
    assert.equal(verdict, "insufficient");
    assert.deepEqual(
      unjudged.map(({ group }) => group),
      ["moor"],
    );
  }
  assert.deepEqual(report.warnings, ["2000 of 20000 rows have no label yet, and are left out"]);
});

test("several sensitive features are judged by themselves and together", async () => {
  const table = people(3000, 0.9);
  const sex = table.age.map((age) => (Number(age) % 2 === 0 ? "f" : "m"));
  const report = await fairnessReport(
    { ...table, sex },
    { sensitiveFeatures: ["sex", "town"], now },
  );
  assert.deepEqual(
    report.groupings.map(({ features, groups }) => [features, groups.map(({ name }) => name)]),
    [
      [["sex"], ["f", "m"]],
      [["town"], ["dale", "hill"]],
      [
        ["sex", "town"],
        ["f, dale", "f, hill", "m, dale", "m, hill"],
      ],
    ],
  );
  const apart = await fairnessReport(
    { ...table, sex },
    { sensitiveFeatures: ["sex", "town"], intersections: false, now },
  );
  assert.equal(apart.groupings.length, 2);
});

test("features of many values leave their overlap out, and it is told", async () => {
  const rows = 2200;
  const of = (values: number, step: number) =>
    Array.from({ length: rows }, (_, row) => (row * step) % values);
  const table = { y_true: of(2, 1), y_score: of(5, 3), a: of(110, 1), b: of(109, 31) };
  const report = await fairnessReport(table, {
    sensitiveFeatures: ["a", "b"],
    features: [],
    threshold: 2,
    now,
  });
  assert.deepEqual(
    report.groupings.map(({ features, groups }) => [features, groups.length]),
    [
      [["a"], 110],
      [["b"], 109],
    ],
  );
  assert.deepEqual(report.warnings, ["a and b make 2200 groups, more than 100: left out"]);
});

test("groups whose values have commas are never taken for one another", async () => {
  const rows = Array.from({ length: 200 }, (_, row) => ({
    a: row % 2 === 0 ? "p, q" : "p",
    b: row % 2 === 0 ? "r" : "q, r",
    y_true: row % 2,
    y_score: (row % 7) / 7,
  }));
  const report = await fairnessReport(rows, { sensitiveFeatures: ["a", "b"], features: [], now });
  assert.deepEqual(
    report.groupings[2]?.groups.map(({ name, scores }) => [
      name,
      scores?.positives,
      scores?.negatives,
    ]),
    [
      ['p, "q, r"', 100, 0],
      ['"p, q", r', 0, 100],
    ],
  );
});

test("truth values and numbers are the same labels, in either column", async () => {
  const rows = Array.from({ length: 400 }, (_, row) => ({
    town: row % 2 === 0 ? "hill" : "dale",
    y_true: row % 3 === 0 ? 1 : 0,
    y_pred: row % 5 === 0 ? 1 : 0,
  }));
  const plain = await fairnessReport(rows, byTown);
  const mixed = rows.map((row) => ({ ...row, y_pred: row.y_pred === 1 }));
  assert.deepEqual((await fairnessReport(mixed, byTown)).groupings, plain.groupings);
  const named = await fairnessReport(rows, { ...byTown, posLabel: true });
  assert.deepEqual(named.groupings, plain.groupings);
  const one = rows.map(({ town }) => ({ town, y_true: 1, y_pred: true }));
  assert.equal((await fairnessReport(one, byTown)).overall.counts?.truePositives, 400);
});

test("rows without a weight are left out, and a group without any has no counts of others", async () => {
  const rows = Array.from({ length: 300 }, (_, row) => ({
    town: ["hill", "dale", "moor"][row % 3] ?? "",
    y_true: row % 2,
    y_pred: row % 2,
    w: row % 3 === 2 ? null : 2,
  }));
  const report = await fairnessReport(rows, { ...byTown, sampleWeight: "w" });
  assert.deepEqual(report.warnings, ["100 of 300 rows miss a weight, and are left out"]);
  const moor = report.groupings[0]?.groups.find(({ name }) => name === "moor");
  assert.equal(moor?.rows, 0);
  assert.deepEqual(moor.weightSquares, moor.counts);
});

test("a report keeps what its verdicts are made of, whatever metrics are asked for", async () => {
  const report = await fairnessReport(people(4000, 0.5), { ...byTown, metrics: ["rocAuc"] });
  assert.deepEqual(
    report.metrics.map(({ name }) => name),
    ["rocAuc", "selectionRate"],
  );
  assert.deepEqual(
    report.results.map(({ verdict }) => verdict),
    ["fail", "fail", "fail"],
  );
  const { town, y_true, y_score } = people(500, 0.9);
  const numbers = await fairnessReport(
    { town, y_true, y_pred: y_score, y_score: y_score.map(() => null) },
    {
      ...byTown,
      problem: "regression",
      metrics: ["rmse"],
      constraints: [{ constraint: "boundedGroupLoss", maxDifference: 2 }],
    },
  );
  assert.deepEqual([numbers.data.rows, numbers.overall.rows], [500, 500]);
  assert.deepEqual(
    numbers.results.map(({ verdict }) => verdict),
    ["pass"],
  );
});

test("a regression is judged by its error", async () => {
  const random = seededRandom(3);
  const rows = Array.from({ length: 2000 }, (_, row) => {
    const town = row % 2 === 0 ? "hill" : "dale";
    const y_true = random() * 10;
    return { town, y_true, y_pred: y_true + (random() - 0.5) * (town === "hill" ? 8 : 2) };
  });
  const report = await fairnessReport(rows, {
    ...byTown,
    problem: "regression",
    constraints: [{ constraint: "boundedGroupLoss", maxDifference: 1 }],
  });
  assert.deepEqual(
    report.metrics.map(({ name }) => name),
    ["mae", "rmse", "r2"],
  );
  assert.deepEqual(verdictsOf(report), [["boundedGroupLoss", "fail"]]);
  assert.equal(report.overall.counts, null);
});

test("a report says what it requires of columns, labels and options", async () => {
  const table = people(100, 0.9);
  const cases: [() => Promise<unknown>, RegExp][] = [
    [
      () => fairnessReport(table, { sensitiveFeatures: [] }),
      /^fairnessReport requires one sensitive feature or more; got none$/u,
    ],
    [
      () => fairnessReport(table, { sensitiveFeatures: ["sex"] }),
      /^unknown column: sex; expected one of request_id, town, age, y_true, y_score$/u,
    ],
    [
      () => fairnessReport(table, { ...byTown, problem: "ranking" as never }),
      /^unknown problem: ranking; expected one of binary, regression$/u,
    ],
    [
      () => fairnessReport({ ...table, y_true: table.y_true.map((_, row) => row % 3) }, byTown),
      /^fairnessReport requires posLabel for labels other than 0 and 1, or false and true; got 3 different ones$/u,
    ],
    [
      () =>
        fairnessReport(
          { ...table, y_true: table.y_true.map((_, row) => row % 3) },
          { ...byTown, posLabel: 1 },
        ),
      /^fairnessReport requires labels of two classes; got 3 different ones$/u,
    ],
    [
      () => fairnessReport(table, { ...byTown, problem: "regression", yScore: "y_score" }),
      /^fairnessReport requires yPred of a regression; got y_score as yScore$/u,
    ],
    [
      () => fairnessReport({ ...table, y_true: table.y_true.map(() => null) }, byTown),
      /^fairnessReport requires rows with a label and a prediction; got none among 100$/u,
    ],
    [
      () =>
        fairnessReport({ ...table, w: table.age.map(() => -1) }, { ...byTown, sampleWeight: "w" }),
      /^metricFrame requires /u,
    ],
    [
      () => fairnessReport(table, { ...byTown, smallGroup: NaN }),
      /^metricFrame requires smallGroup of 0 or more; got NaN$/u,
    ],
    [
      () => fairnessReport(table, { ...byTown, metrics: ["fame"] as never }),
      /^unknown metric: fame; expected one of /u,
    ],
    [
      () => fairnessReport(table, { ...byTown, constraints: [{ constraint: "fame" as never }] }),
      /^unknown constraint: fame; expected one of /u,
    ],
  ];
  for (const [work, expected] of cases) assert.match(await refusal(work()), expected);
});

test("a report is logged with its run, listed with its verdict, and gates a promotion by its counts", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "towns" });
  await run.logPredictions(people(4000, 0.5), { name: "test" });
  const report = await fairnessReport(
    project.source({ runId: run.id, kind: "predictions", name: "test" }),
    byTown,
  );
  run.logReport(report);
  await run.end();
  const [info] = await project.reports({ kind: "fairness" });
  assert.deepEqual([info?.kind, info?.name, info?.verdict], ["fairness", "fairness", "alarm"]);
  assert.equal(info?.summary, report.summary);
  assert.deepEqual(await project.readReport(run.id, "fairness", "fairness"), report);
  await project.close();
});
