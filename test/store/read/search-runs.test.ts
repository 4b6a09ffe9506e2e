import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AssayerError, openProject, type Project, type RunStatus } from "../../../kernel-lib/index";
import { seriesBytes } from "../../../kernel-lib/store/journal/frame";
import { newId } from "../../../kernel-lib/store/id";
import { Store } from "../../../kernel-lib/store/store";
import { temporaryFolder } from "../../temporary-folder";

interface GoldenRun {
  name: string;
  status: string;
  start: number;
  end: number | null;
  user: string;
  metrics: Record<string, number | "NaN">;
  params: Record<string, string>;
  tags: Record<string, string>;
  datasets: { name: string; digest: string; context: string }[];
}

const golden = JSON.parse(
  readFileSync(join(__dirname, "../../parity/golden/mlflow-search.json"), "utf8"),
) as {
  version: string;
  runs: GoldenRun[];
  filters: { filter: string; names: string[] }[];
  refused: unknown[];
  orders: { orderBy: string[]; filter: string; names: string[] }[];
};

/** Logs the runs that the golden file's script logged into MLflow; returns their ids by name. */
function logGoldenRuns({ directory }: Project): Map<string, string> {
  const { journal } = new Store(directory);
  const ids = new Map<string, string>();
  for (const { name, status, start, end, user, metrics, params, tags, datasets } of golden.runs) {
    const runId = newId();
    ids.set(name, runId);
    const source = {
      kind: "script" as const,
      name: null,
      gitCommit: null,
      gitDirty: null,
      nodeVersion: "20",
      assayerVersion: "0",
      user,
    };
    journal.append({
      kind: "run-start",
      runId,
      experiment: "golden",
      name,
      parentRunId: null,
      at: start,
      source,
    });
    for (const [key, value] of Object.entries(metrics))
      journal.appendMetric(seriesBytes(runId, key), Number(value), 0, start);
    for (const [key, value] of Object.entries(params))
      journal.append({ kind: "param", runId, key, value, type: "number" });
    for (const [key, value] of Object.entries(tags))
      journal.append({ kind: "tag", runId, key, value });
    for (const dataset of datasets)
      journal.append({
        kind: "dataset",
        runId,
        ...dataset,
        source: null,
        rows: null,
        schema: null,
        profile: null,
        at: start,
      });
    const ended = status.toLowerCase() as RunStatus;
    if (end !== null)
      journal.append({ kind: "run-status", runId, status: ended, error: null, at: end });
  }
  return ids;
}

async function names(project: Project, filter: string, orderBy: string[] = []): Promise<string[]> {
  return (await project.searchRuns({ filter, orderBy })).map(({ name }) => name);
}

const refusal =
  (message: RegExp, code = "invalid-filter") =>
  (error: unknown) => {
    assert.ok(error instanceof AssayerError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };

test(`filters find the runs that search_runs of MLflow ${golden.version} finds`, async () => {
  const project = await openProject(temporaryFolder());
  const ids = logGoldenRuns(project);
  assert.ok(golden.filters.length >= 60);
  assert.deepEqual(golden.refused, []);
  for (const { filter, names: expected } of golden.filters) {
    const text = filter.replaceAll(/\{id:(\w+)\}/gu, (_, name: string) => ids.get(name) ?? "");
    assert.deepEqual((await names(project, text)).sort(), expected, filter);
  }
  await project.close();
});

/** Orders of ours that differ on purpose: params that are numbers, and none here, are sorted by their size. */
test(`runs come in the order of search_runs of MLflow ${golden.version}`, async () => {
  const project = await openProject(temporaryFolder());
  logGoldenRuns(project);
  assert.ok(golden.orders.length >= 15);
  for (const { orderBy, filter, names: expected } of golden.orders)
    assert.deepEqual(await names(project, filter, orderBy), expected, orderBy.join(", "));
  await project.close();
});

/** What MLflow refuses, or answers otherwise. */
test("filters say more than MLflow's: or, not, numbers, times as text, nan, either case of a status", async () => {
  const project = await openProject(temporaryFolder());
  logGoldenRuns(project);
  const all = golden.runs.map(({ name }) => name);
  const where = (keep: (run: GoldenRun) => boolean) =>
    golden.runs
      .filter(keep)
      .map(({ name }) => name)
      .sort();
  const depth = ({ params }: GoldenRun) => Number(params["depth"] ?? NaN);
  const auc = ({ metrics }: GoldenRun) => Number(metrics["auc"] ?? NaN);
  const time = Date.UTC(2023, 10, 14, 22, 30);
  const cases: [filter: string, keep: (run: GoldenRun) => boolean][] = [
    ["params.depth > 6", (run) => depth(run) > 6],
    // A quoted number is compared by its digits with =, by its size with <.
    ["params.depth >= '9'", (run) => depth(run) >= 9],
    ["params.depth = 6.0", (run) => depth(run) === 6],
    ["params.depth in (6, '10')", (run) => [6, 10].includes(depth(run))],
    ["metrics.auc in (0.87, 0.5)", (run) => [0.87, 0.5].includes(auc(run))],
    ["metrics.auc is null", ({ metrics }) => metrics["auc"] === undefined],
    ["metrics.auc = nan", ({ metrics }) => metrics["auc"] === "NaN"],
    // Nothing is below or above NaN, and what only JavaScript takes for a number is text.
    ["not metrics.auc <= nan", () => true],
    ["not metrics.auc < nan", () => true],
    ["params.depth > '0x5'", (run) => depth(run) > 0],
    ["params.depth < '1e400'", (run) => depth(run) > 0],
    ["not metrics.auc <= 0.8", (run) => !(auc(run) <= 0.8)],
    [
      "metrics.auc > 0.9 or metrics.loss > 5 and status = 'failed'",
      (run) =>
        auc(run) > 0.9 || (Number(run.metrics["loss"] ?? NaN) > 5 && run.status === "FAILED"),
    ],
    [
      "(metrics.auc > 0.9 or metrics.loss > 5) and status = 'Failed'",
      (run) =>
        (auc(run) > 0.9 || Number(run.metrics["loss"] ?? NaN) > 5) && run.status === "FAILED",
    ],
    [
      "not (status = 'finished' or ended_at is null)",
      ({ status }) => status === "FAILED" || status === "KILLED",
    ],
    ["status in ('KILLED', 'failed')", ({ status }) => status === "FAILED" || status === "KILLED"],
    ["started_at < '2023-11-14 22:30'", ({ start }) => start < time],
    ["start_time < '2023-11-14T23:30:00+01:00'", ({ start }) => start < time],
    [`startedAt < ${time}`, ({ start }) => start < time],
    ["name in ('mu', 'it''s-one',)", ({ name }) => name === "mu" || name === "it's-one"],
    ["tags.team in ('risk') and tags.team not in ('ads')", ({ tags }) => tags["team"] === "risk"],
    ["experiment = 'golden' and starred = false", () => true],
    ["duration > 0 and parent_run_id is null", ({ end }) => end !== null],
    [
      "dataset.name = 'wages' and not dataset.context = 'testing'",
      ({ datasets }) =>
        datasets.some(({ name }) => name === "wages") &&
        !datasets.some(({ context }) => context === "testing"),
    ],
  ];
  for (const [filter, keep] of cases) {
    const expected = where(keep);
    assert.ok(expected.length > 0, `some run for ${filter}`);
    assert.deepEqual((await names(project, filter)).sort(), expected, filter);
  }
  assert.deepEqual((await names(project, "  ")).sort(), all.sort());
  const byDepth = await project.searchRuns({ orderBy: "params.depth desc" });
  assert.deepEqual(
    byDepth.map(({ params }) => params["depth"]).filter((depth) => depth !== undefined),
    golden.runs
      .map(depth)
      .filter((depth) => depth > 0)
      .sort((a, b) => b - a),
  );
  await project.close();
});

test("a value never becomes part of the SQL", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e", name: `x'; drop table runs; --` });
  run.setTag(`k"') or true --`, "v");
  await run.end();
  await project.startRun({ experiment: "e" }).end();
  const found = async (filter: string) => (await project.searchRuns({ filter })).length;
  assert.equal(await found(`name = 'x''; drop table runs; --'`), 1);
  assert.equal(await found("tags.`k\"') or true --` = 'v'"), 1);
  assert.equal(await found("name = ''' or 1 = 1 --'"), 0);
  assert.equal((await project.searchRuns({ orderBy: ["tags.`a') --`"] })).length, 2);
  await project.close();
});

test("a filter that cannot be read is refused with the position, what was expected and what came", async () => {
  const project = await openProject(temporaryFolder());
  for (const [filter, message] of [
    [
      "metrics.auc",
      /^a filter requires one of =, !=, >, .* at position 12; got the end of the text$/u,
    ],
    ["metrics.auc >", /requires a number at position 14; got the end of the text$/u],
    ["metrics.auc > 'x'", /requires a number at position 15; got "x"$/u],
    ["metrics.auc like 'x'", /requires one of =, .* at position 13; got like$/u],
    [
      "auc > 1",
      /^unknown attribute at position 1: auc; expected one of run_id, name, .*, or metrics\.<key>/u,
    ],
    [
      "metrics.a = 1 and metric_s.b = 1",
      /^unknown group at position 19: metric_s; expected one of attributes, metrics/u,
    ],
    ["metrics. auc > 1", /requires a key right after metrics\. at position 10; got auc$/u],
    ["params.x = 6 params.y = 1", /requires and, or or the end at position 14; got params\.y$/u],
    ["(params.x = 6", /requires and, or or \) at position 14; got the end/u],
    ["params.x = 'a", /requires the closing ' of the quote at position 12; got the end/u],
    ["params.x ! 'a'", /requires = after ! at position 10/u],
    ["params.x in 6", /requires \( and a list of values at position 13; got 6$/u],
    ["params.x in ()", /requires a number or a quoted text at position 14; got \)$/u],
    ["params.x not 6", /requires in at position 14; got 6$/u],
    ["status > 'a'", /requires one of =, !=, like, ilike, in/u],
    [
      "started_at > 'yesterday'",
      /requires milliseconds since the epoch or a quoted time such as .*; got "yesterday"$/u,
    ],
    ["started_at > '2024-13-01'", /requires milliseconds/u],
    ["starred = 1", /requires true or false at position 11; got 1$/u],
    [
      "dataset.rows = '1'",
      /^unknown dataset key at position 1: rows; expected one of name, digest, context$/u,
    ],
    ["artifact_uri = 'x'", /^unknown attribute at position 1: artifact_uri/u],
    ["and", /^unknown attribute at position 1: and/u],
    ["not ".repeat(5000) + "name = 'x'", /requires at most 100 levels of not and \(/u],
    ["=", /requires a field such as metrics\.auc/u],
  ] as const)
    await assert.rejects(project.searchRuns({ filter }), refusal(message), filter);
  for (const [orderBy, message] of [
    ["metrics.auc down", /requires asc, desc or the end at position 13; got down$/u],
    ["colour", /^unknown attribute at position 1: colour/u],
    [
      "dataset.name",
      /requires an attribute, a metric, a param or a tag at position 1; got a dataset$/u,
    ],
  ] as const)
    await assert.rejects(project.searchRuns({ orderBy }), refusal(message), orderBy);
  await assert.rejects(
    project.searchRuns({ include: "some" as "all" }),
    refusal(
      /^unknown include: some; expected one of visible, hidden, deleted, all$/u,
      "invalid-argument",
    ),
  );
  await assert.rejects(
    project.searchRuns({ as: "table" as "rows" }),
    refusal(/^unknown as: table; expected one of rows, columns, arrow$/u, "invalid-argument"),
  );
  await assert.rejects(
    project.searchRuns({ columns: ["dataset.name"] }),
    refusal(
      /requires columns of attributes, metrics, params or tags; got dataset\.name$/u,
      "invalid-argument",
    ),
  );
  await project.close();
});

test("columns come in the order asked for, missing values told from NaN, and total counts beyond the page", async () => {
  const project = await openProject(temporaryFolder());
  for (const [name, auc, depth] of [
    ["a", 0.5, 3],
    ["b", NaN, "auto"],
    ["c", undefined, undefined],
  ] as const) {
    const run = project.startRun({
      experiment: "e",
      name,
      ...(depth === undefined ? {} : { params: { depth, layers: 2, prune: true } }),
    });
    if (auc !== undefined) run.logMetrics({ auc, "val loss": 1 });
    if (name === "a") run.setTag("team", "risk");
    await run.end();
  }
  const columns = [
    "params.depth",
    "metrics.auc",
    "params.layers",
    "params.prune",
    "name",
    "tags.team",
    "metrics.val loss",
    "started_at",
    "metrics.none",
    "starred",
  ];
  const table = await project.searchRuns({ as: "columns", columns, orderBy: "name", limit: 2 });
  assert.deepEqual(Object.keys(table.columns), columns);
  assert.deepEqual([table.total, table.runIds.length], [3, 2]);
  const { started_at: started, ...rest } = table.columns;
  assert.equal(started?.kind, "time");
  const number = (values: number[], present: number[]) => ({
    kind: "number",
    values: Float64Array.from(values),
    present: Uint8Array.from(present),
  });
  assert.deepEqual(rest, {
    "params.depth": { kind: "text", values: ["3", "auto"] },
    "metrics.auc": number([0.5, NaN], [1, 1]),
    "params.layers": number([2, 2], [1, 1]),
    "params.prune": { kind: "text", values: ["true", "true"] },
    name: { kind: "text", values: ["a", "b"] },
    "tags.team": { kind: "text", values: ["risk", null] },
    "metrics.val loss": number([1, 1], [1, 1]),
    "metrics.none": number([NaN, NaN], [0, 0]),
    starred: { kind: "text", values: ["false", "false"] },
  });
  const whole = await project.searchRuns({ as: "columns" });
  assert.deepEqual(Object.keys(whole.columns), [
    "name",
    "experiment",
    "status",
    "started_at",
    "ended_at",
    "metrics.auc",
    "metrics.val loss",
    "params.depth",
    "params.layers",
    "params.prune",
    "tags.team",
  ]);
  assert.deepEqual(whole.columns["metrics.auc"], number([NaN, NaN, 0.5], [0, 1, 1]));
  assert.equal(whole.total, 3);
  const rows = await project.searchRuns({
    columns: ["metrics.auc", "params.prune"],
    orderBy: "name",
  });
  assert.deepEqual(
    rows.map(({ metrics, params, tags }) => [metrics, params, tags]),
    [
      [{ auc: 0.5 }, { prune: true }, {}],
      [{ auc: NaN }, { prune: true }, {}],
      [{}, {}, {}],
    ],
  );
  const arrow = await project.searchRuns({
    as: "arrow",
    columns: ["name", "metrics.auc", "started_at"],
    orderBy: "name",
  });
  assert.deepEqual(
    arrow.schema.fields.map(({ name, type }) => `${name}: ${String(type)}`),
    ["run_id: Utf8", "name: Utf8", "metrics.auc: Float64", "started_at: Timestamp<MILLISECOND>"],
  );
  assert.deepEqual([...(arrow.getChild("metrics.auc") ?? [])], [0.5, NaN, null]);
  assert.equal(arrow.getChild("started_at")?.get(0), rows[0]?.startedAt.getTime());
  assert.deepEqual(await project.runColumns(), [
    { id: "metrics.auc", kind: "metrics", key: "auc", runs: 2 },
    { id: "metrics.val loss", kind: "metrics", key: "val loss", runs: 2 },
    { id: "params.depth", kind: "params", key: "depth", runs: 2 },
    { id: "params.layers", kind: "params", key: "layers", runs: 2 },
    { id: "params.prune", kind: "params", key: "prune", runs: 2 },
    { id: "tags.team", kind: "tags", key: "team", runs: 1 },
  ]);
  await project.close();
});

test("hidden and deleted runs count only where they are asked for, in lists, columns and experiments", async () => {
  const project = await openProject(temporaryFolder());
  const ids: Record<string, string> = {};
  for (const name of ["shown", "hidden", "deleted"]) {
    const run = project.startRun({ experiment: name === "shown" ? "a" : "b", name });
    run.logMetric(name, 1);
    await run.end();
    ids[name] = run.id;
  }
  await project.updateRun(ids["hidden"] ?? "", { hidden: true, starred: true });
  await project.deleteRuns([ids["deleted"] ?? ""]);
  for (const [include, expected] of [
    [undefined, ["shown"]],
    ["visible", ["shown"]],
    ["hidden", ["hidden", "shown"]],
    ["deleted", ["deleted"]],
    ["all", ["deleted", "hidden", "shown"]],
  ] as const) {
    const options = include === undefined ? {} : { include };
    const found = await project.searchRuns({ ...options, orderBy: "name" });
    assert.deepEqual(
      found.map(({ name }) => name),
      expected,
    );
    const experiments = await project.experiments(options);
    assert.equal(
      experiments.reduce((sum, { runs }) => sum + runs, 0),
      expected.length,
    );
  }
  assert.deepEqual(
    (await project.experiments()).map(({ name }) => name),
    ["a"],
  );
  assert.deepEqual(await project.searchRuns({ experiment: "b" }), []);
  assert.deepEqual(
    (await project.runColumns()).map(({ id }) => id),
    ["metrics.shown"],
  );
  const [hidden] = await project.searchRuns({ filter: "starred = true", include: "hidden" });
  assert.deepEqual([hidden?.starred, hidden?.hidden, hidden?.deletedAt], [true, true, null]);
  assert.ok((await project.run(ids["deleted"] ?? "")).deletedAt instanceof Date);
  await project.close();
});
