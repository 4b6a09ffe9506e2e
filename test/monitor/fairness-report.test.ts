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
      () => fairnessReport({ ...table, y_true: table.y_true.map(() => null) }, byTown),
      /^fairnessReport requires rows with a label and a prediction; got none among 100$/u,
    ],
    [
      () =>
        fairnessReport({ ...table, w: table.age.map(() => -1) }, { ...byTown, sampleWeight: "w" }),
      /^metricFrame requires /u,
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
