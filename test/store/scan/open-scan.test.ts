import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import {
  tableFromArrays,
  vectorFromArray,
  Float16,
  Float64,
  Table,
  Utf8,
  Dictionary,
  Int32,
} from "apache-arrow";
import { AssayerError } from "../../../kernel-lib/errors";
import { StoredSource, type DataSource } from "../../../kernel-lib/store/scan/data-source";
import { openScan } from "../../../kernel-lib/store/scan/open-scan";
import type { ColumnValues, TableScan } from "../../../kernel-lib/store/scan/table-scan";
import { temporaryFolder } from "../../temporary-folder";

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function withDuckDB(...statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  for (const sql of statements) await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

/** Values with what is missing as null, however a scan codes them. */
function plain(column: ColumnValues): (number | string | null)[] {
  return column.kind === "number"
    ? Array.from(column.values, (value) => (Number.isNaN(value) ? null : value))
    : Array.from(column.codes, (code) => column.categories[code] ?? null);
}

async function read(scan: TableScan, name: string, as: "number" | "category", orderBy?: string) {
  const [column] = await all(scan.values([{ name, as }], orderBy === undefined ? {} : { orderBy }));
  assert.ok(column);
  return plain(column);
}

const start = Date.UTC(2001, 0, 1);
const rows = [
  { amount: 1.5, count: 3, kind: "b", on: true, at: new Date(start) },
  { amount: null, count: 1, kind: "a", on: false, at: new Date(start + 2) },
  { amount: NaN, count: 2, kind: null, on: null, at: null },
  { amount: -Infinity, count: 2, kind: "", on: true, at: new Date(start + 1) },
];

async function sources(folder: string): Promise<Record<string, DataSource>> {
  const query = `select * from (values
      (1.5::double, 3::integer, 'b', true, timestamp '2001-01-01 00:00:00'),
      (null, 1, 'a', false, timestamp '2001-01-01 00:00:00.002'),
      ('nan', 2, null, null, null),
      ('-inf', 2, '', true, timestamp '2001-01-01 00:00:00.001')
    ) t(amount, count, kind, "on", "at")`;
  const parquet = join(folder, "table.parquet");
  await withDuckDB(`copy (${query}) to '${parquet}' (format parquet)`);
  const columns = {
    amount: rows.map(({ amount }) => amount),
    count: Int32Array.from(rows, ({ count }) => count),
    kind: rows.map(({ kind }) => kind),
    on: rows.map(({ on }) => on),
    at: rows.map(({ at }) => at),
  };
  return {
    rows,
    columns,
    arrow: tableFromArrays(columns as unknown as Record<string, unknown[]>),
    parquet,
    sql: { sql: `${query};` },
    stored: Reflect.construct(StoredSource, [
      'features "table" of run 1',
      (work: (paths: string[]) => Promise<unknown>) => work([parquet]),
      { kind: "logged-table", runId: "1", table: "features", name: "table" },
    ]) as StoredSource,
  };
}

test("a table scans to the same values, however it is given", async () => {
  for (const [given, source] of Object.entries(await sources(temporaryFolder())))
    await openScan(source, async (scan) => {
      assert.equal(scan.rows, 4, given);
      assert.deepEqual(
        scan.columns.map(({ name, type }) => [name, type]),
        [
          ["amount", "number"],
          ["count", "number"],
          ["kind", "text"],
          ["on", "boolean"],
          ["at", "time"],
        ],
        given,
      );
      assert.deepEqual(
        scan.columns.filter(({ integer }) => integer).map(({ name }) => name),
        ["count"],
        given,
      );
      assert.deepEqual(await read(scan, "amount", "number"), [1.5, null, null, -Infinity], given);
      assert.deepEqual(await read(scan, "on", "number"), [1, 0, null, 1], given);
      assert.deepEqual(await read(scan, "at", "number"), [start, start + 2, null, start + 1]);
      assert.deepEqual(await read(scan, "kind", "category"), ["b", "a", null, ""], given);
      assert.deepEqual(await read(scan, "on", "category"), ["true", "false", null, "true"], given);
      assert.deepEqual(await read(scan, "count", "category"), ["3", "1", "2", "2"], given);
      assert.deepEqual(await read(scan, "amount", "category"), ["1.5", null, null, "-Infinity"]);
      assert.equal((await read(scan, "at", "category"))[0], "2001-01-01T00:00:00.000Z", given);
      assert.deepEqual(await read(scan, "kind", "category", "at"), ["b", "", "a", null], given);
      assert.deepEqual(await read(scan, "amount", "number", "count"), [null, null, -Infinity, 1.5]);
      const counts = await all(scan.counts(["kind", "count", "amount"]));
      assert.deepEqual(
        counts.map(({ name, missing, counts: each }) => [name, missing, [...each].sort()]),
        [
          [
            "kind",
            1,
            [
              ["", 1],
              ["a", 1],
              ["b", 1],
            ],
          ],
          [
            "count",
            0,
            [
              ["1", 1],
              ["2", 2],
              ["3", 1],
            ],
          ],
          [
            "amount",
            2,
            [
              ["-Infinity", 1],
              ["1.5", 1],
            ],
          ],
        ],
        given,
      );
      assert.deepEqual(await scan.distinctCounts(["kind"]), [
        { name: "kind", distinct: 3, present: 3 },
      ]);
      assert.deepEqual(await scan.texts("kind", 10), ["b", "a", ""], given);
    });
});

test("every type of DuckDB reads as a number, a category, or is left as other", async () => {
  const sql = `select 1.25::decimal(9,2) as "decimal", 170141183460469231731687303715884105727::hugeint as huge,
    date '2001-01-02' as day, timestamptz '2001-01-01 00:00:00+02' as zoned, 'infinity'::timestamp as never,
    'y'::enum('x','y') as letter, '00000000-0000-0000-0000-000000000001'::uuid as id, [1] as list, {a: 1} as struct,
    time '10:00' as clock, null as nothing, 255::utinyint as small, 9007199254740993 as big`;
  await openScan({ sql }, async (scan) => {
    assert.deepEqual(Object.fromEntries(scan.columns.map(({ name, type }) => [name, type])), {
      decimal: "number",
      huge: "number",
      day: "time",
      zoned: "time",
      never: "time",
      letter: "text",
      id: "text",
      list: "other",
      struct: "other",
      clock: "other",
      nothing: "number",
      small: "number",
      big: "number",
    });
    const numbers = async (name: string) => (await read(scan, name, "number"))[0];
    const categories = async (name: string) => (await read(scan, name, "category"))[0];
    assert.equal(await numbers("decimal"), 1.25);
    assert.equal(await numbers("huge"), 2 ** 127);
    assert.equal(await numbers("day"), Date.UTC(2001, 0, 2));
    assert.equal(await numbers("zoned"), Date.UTC(2000, 11, 31, 22));
    assert.equal(await numbers("never"), null);
    assert.equal(await numbers("nothing"), null);
    assert.equal(await categories("nothing"), null);
    assert.equal(await categories("letter"), "y");
    assert.equal(await categories("id"), "00000000-0000-0000-0000-000000000001");
    assert.equal(await categories("decimal"), "1.25");
    assert.equal(await categories("big"), "9007199254740993");
    await assert.rejects(
      read(scan, "list", "category"),
      new AssayerError(
        "invalid-argument",
        "reading a column requires numbers, booleans, text or times; got another type in list",
      ),
    );
    await assert.rejects(
      read(scan, "letter", "number"),
      new AssayerError(
        "invalid-argument",
        "reading numbers requires a column of numbers, booleans or times; got text in letter",
      ),
    );
  });
});

test("columns of unlike values or of lists are other, a column of nothing is missing throughout", async () => {
  const data = { mixed: [1, "a"], lists: [[1], [2]], nothing: [null, undefined] };
  await openScan(data as unknown as DataSource, async (scan) => {
    assert.deepEqual(
      scan.columns.map(({ type }) => type),
      ["other", "other", "number"],
    );
    assert.deepEqual(await read(scan, "nothing", "category"), [null, null]);
  });
});

test("typed arrays in memory are read where they are, also from Arrow", async () => {
  const values = Float64Array.of(3, 1, 2);
  for (const source of [
    { values },
    new Table({ values: vectorFromArray([...values], new Float64()) }),
  ])
    await openScan(source as DataSource, async (scan) => {
      const [column] = await all(scan.values([{ name: "values", as: "number" }]));
      assert.ok(column?.kind === "number");
      assert.deepEqual(column.values, values);
      if (source instanceof Table) return;
      assert.equal(column.values, values);
    });
  const encoded = vectorFromArray(["b", null, "b"], new Dictionary(new Utf8(), new Int32()));
  await openScan(new Table({ encoded }) as DataSource, async (scan) => {
    assert.deepEqual(
      scan.columns.map(({ type }) => type),
      ["text"],
    );
    assert.deepEqual(await read(scan, "encoded", "category"), ["b", null, "b"]);
  });
});

test("more columns and rows than one read takes come in the order of rows", async () => {
  const path = join(temporaryFolder(), "large.parquet");
  const names = Array.from({ length: 19 }, (_, c) => `c${c}`);
  await withDuckDB(
    `copy (select ${names.map((name, c) => `if((i + ${c}) % 7 = 0, null, i * ${c + 1})::double as ${name}`).join(", ")}
      from range(300000) t(i)) to '${path}' (format parquet, row_group_size 20000)`,
  );
  await openScan(path, async (scan) => {
    assert.equal(scan.rows, 300_000);
    const columns = await all(scan.values(names.map((name) => ({ name, as: "number" }))));
    assert.deepEqual(
      columns.map(({ name }) => name),
      names,
    );
    const requireValues = (column: ColumnValues, c: number) => {
      assert.ok(column.kind === "number");
      for (let i = 0; i < scan.rows; i++) {
        const expected = (i + c) % 7 === 0 ? NaN : i * (c + 1);
        if (!Object.is(column.values[i], expected)) assert.fail(`${column.name} of row ${i}`);
      }
      return column.values;
    };
    assert.equal(new Set(columns.map(requireValues)).size, names.length, "each has its own array");
    const lent = new Set<Float64Array>();
    let c = 0;
    for await (const column of scan.values(
      names.map((name) => ({ name, as: "number" })),
      { lent: true },
    ))
      lent.add(requireValues(column, c++));
    assert.equal(c, names.length);
    assert.ok(lent.size < names.length, `arrays are taken again; got ${lent.size}`);
  });
});

test("files by pattern are one table, and a file whose name looks like a pattern is itself", async () => {
  const folder = temporaryFolder();
  await withDuckDB(
    `copy (select 1 as a) to '${join(folder, "one.parquet")}' (format parquet)`,
    `copy (select 2 as a, 'x' as b) to '${join(folder, "two.parquet")}' (format parquet)`,
    `copy (select 3 as a) to '${join(folder, "[t]*.parquet")}' (format parquet)`,
  );
  await openScan(join(folder, "*o*.parquet"), async (scan) => {
    assert.deepEqual([...(await read(scan, "a", "number"))].sort(), [1, 2]);
    assert.deepEqual(
      scan.columns.map(({ name }) => name),
      ["a", "b"],
    );
  });
  const literal = join(folder, "[t]*.parquet");
  await openScan(literal, async (scan) => {
    assert.deepEqual(await read(scan, "a", "number"), [3]);
    assert.deepEqual(scan.origin, { kind: "file", path: literal });
  });
  writeFileSync(join(folder, "t.csv"), "a,b\n1,x\n,y\n");
  await openScan(join(folder, "?.csv"), async (scan) => {
    assert.deepEqual(await read(scan, "a", "number"), [1, null]);
    assert.deepEqual(await read(scan, "b", "category"), ["x", "y"]);
  });
});

test("what cannot be read is refused, and says why", async () => {
  const folder = temporaryFolder();
  const nothing = () => Promise.resolve();
  const broken = join(folder, "broken.parquet");
  writeFileSync(broken, "no Parquet");
  const refused = (source: DataSource, code: string, text: RegExp) =>
    assert.rejects(openScan(source, nothing), (error: unknown) => {
      assert.ok(error instanceof AssayerError);
      assert.equal(error.code, code);
      assert.match(error.message, text);
      return true;
    });
  const missing = join(folder, "none.parquet");
  await refused(
    missing,
    "invalid-source",
    /^reading data requires Parquet or CSV files; got no file: .*none\.parquet$/u,
  );
  await refused(join(folder, "*.csv"), "invalid-source", /got no file: /u);
  await refused(broken, "invalid-source", /got what cannot be read \(.*\): .*broken\.parquet$/u);
  await refused(join(folder, "a.xlsx"), "invalid-source", /got another ending: /u);
  await refused({ sql: "select nonsense" }, "invalid-sql", /^cannot run the query: .*nonsense/su);
  await refused([], "invalid-argument", /^a table requires one column or more; got none$/u);
  await assert.rejects(
    openScan(rows, (scan) => all(scan.counts(["kinds"]))),
    new AssayerError(
      "invalid-argument",
      "unknown column: kinds; expected one of amount, count, kind, on, at",
    ),
  );
});

test("a signal stops a scan, whether it waits for DuckDB or is between two columns", async () => {
  const stop = new AbortController();
  const aborted = (error: unknown) =>
    error instanceof AssayerError &&
    error.code === "aborted" &&
    error.message === "reading data requires time to finish; got a signal to stop";
  await openScan(
    { sql: "select i::double as a, i::double as b from range(1000000) t(i)" },
    async (scan) => {
      setTimeout(() => {
        stop.abort();
      }, 5);
      await assert.rejects(
        all(
          scan.values(
            Array.from({ length: 200 }, () => ({ name: "a", as: "number" })),
            stop,
          ),
        ),
        aborted,
      );
      await assert.rejects(all(scan.counts(["a"], stop)), aborted);
    },
  );
  await assert.rejects(
    openScan(rows, (scan) => all(scan.counts(["kind"], stop))),
    aborted,
  );
});

test("a signal stops a query that runs while the source is opened", async () => {
  const stop = new AbortController();
  setTimeout(() => {
    stop.abort();
  }, 50);
  const start = performance.now();
  await assert.rejects(
    openScan(
      { sql: "select sum(sin(a.i * b.i)) from range(30000) a(i), range(30000) b(i)" },
      () => Promise.resolve(),
      stop,
    ),
    (error) => error instanceof AssayerError && error.code === "aborted",
  );
  assert.ok(performance.now() - start < 10_000);
});

test("a signal given while columns in memory are read stops them", async () => {
  const stop = new AbortController();
  const columns = Object.fromEntries(
    Array.from({ length: 50 }, (_, i) => [`c${i}`, Float64Array.of(i)]),
  );
  setImmediate(() => {
    stop.abort();
  });
  await assert.rejects(
    openScan(columns, (scan) =>
      all(
        scan.values(
          scan.columns.map(({ name }) => ({ name, as: "number" })),
          stop,
        ),
      ),
    ),
    (error) => error instanceof AssayerError && error.code === "aborted",
  );
});

test("the texts that are looked at are spread over all rows, of a table in memory and of a query", async () => {
  const texts = Array.from({ length: 9999 }, (_, i) => String(i));
  for (const source of [{ t: texts }, { sql: "select i::varchar as t from range(9999) t(i)" }]) {
    const chosen = await openScan(source, (scan) => scan.texts("t", 5000));
    assert.equal(chosen.length, 5000);
    assert.equal(chosen.filter((text) => Number(text) < 5000).length, 2500);
  }
});

test("half-precision numbers of Arrow are numbers", async () => {
  const table = new Table({ x: vectorFromArray([0.25, -2, 1024], new Float16()) });
  assert.deepEqual(
    await openScan(table as DataSource, (scan) => read(scan, "x", "number")),
    [0.25, -2, 1024],
  );
});

test("lines of a CSV file that do not fit are not passed over for others that do", async () => {
  const path = join(temporaryFolder(), "ragged.csv");
  writeFileSync(path, "a,b\n1,2\n3\n4,5,6\n");
  await openScan(path, (scan) => {
    assert.equal(scan.rows, 3);
    return Promise.resolve();
  });
});

test("what is no source is refused by what it is", async () => {
  for (const [source, got] of [
    [null, "null"],
    [undefined, "undefined"],
    [5, "number"],
  ] as const)
    await assert.rejects(
      openScan(source as never, () => Promise.resolve()),
      (error) =>
        error instanceof AssayerError &&
        error.code === "invalid-argument" &&
        error.message === `a table requires rows, columns or an Arrow table; got ${got}`,
    );
});
