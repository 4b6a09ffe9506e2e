import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  checkQuality,
  failingRows,
  suggestExpectations,
  type ColumnQuality,
  type Expectation,
} from "../../kernel-lib/index";
import { temporaryFolder } from "../temporary-folder";

const flights = join(__dirname, "../../kernel-lib/demo/flights.parquet");
const now = new Date("2001-07-01T00:00:00Z");

/** Passed, observed and failing of one expectation. */
async function judged(
  source: Parameters<typeof checkQuality>[0],
  expectation: Expectation,
): Promise<[boolean, string, number | null]> {
  const { results } = await checkQuality(source, [expectation], { now });
  const { passed, observed, failing } = results[0] ?? assert.fail();
  return [passed, observed, failing];
}

async function columnsOf(source: Parameters<typeof checkQuality>[0]) {
  const { table } = await checkQuality(source);
  return Object.fromEntries(table.columns.map((column) => [column.column, column]));
}

function picked<K extends keyof ColumnQuality>(column: ColumnQuality | undefined, ...keys: K[]) {
  return keys.map((key) => column?.[key]);
}

test("a report says in a sentence what fails, and passes while no error does", async () => {
  const report = await checkQuality(
    flights,
    [
      { expect: "not-null", column: "delay" },
      { expect: "between", column: "delay", max: 600, severity: "warning" },
      { expect: "row-count", min: 100_000, severity: "info" },
    ],
    { name: "flights", now },
  );
  assert.equal(report.passed, true);
  assert.equal(
    report.summary,
    "2 of 3 expectations fail over 60,000 rows, none of them an error: expected that delay is at most 600; 4 of 60,000 values are outside (0.00667%); values go from -66 to 1158.",
  );
  assert.deepEqual(report.data, {
    rows: 60_000,
    description: flights,
    origin: { kind: "file", path: flights },
  });
  assert.deepEqual(
    [report.kind, report.format, report.name, report.createdAt],
    ["quality", 1, "flights", "2001-07-01T00:00:00.000Z"],
  );
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
});

test("rows that fail are shown in their order, for every expectation about rows", async () => {
  const source = [
    { key: "a", t: 1, x: 5 },
    { key: "b", t: 3, x: NaN },
    { key: "a", t: 2, x: null },
    { key: "d", t: null, x: -7 },
    { key: "e", t: 4, x: 6 },
  ];
  const expected: [Expectation, unknown[]][] = [
    [{ expect: "not-null", column: "x" }, ["b", "a"]],
    [{ expect: "in-set", column: "key", values: ["a", "b"] }, ["d", "e"]],
    [{ expect: "between", column: "x", min: 0 }, ["d"]],
    [{ expect: "matches", column: "key", regex: "^[a-d]$" }, ["e"]],
    [{ expect: "unique", columns: ["key"] }, ["a", "a"]],
    [{ expect: "monotonic", column: "t", direction: "increasing" }, ["a"]],
    // An unknown condition, as of a missing value, is no failure.
    [{ expect: "sql", condition: "t > 1 -- and no more" }, ["a"]],
    [{ expect: "sql", condition: "t >= (select max(t) from data) - 1" }, ["a", "a"]],
    [{ expect: "sql", condition: "t is null or t >= avg(t) over ()" }, ["a", "a"]],
  ];
  const { results } = await checkQuality(
    source,
    expected.map(([expectation]) => expectation),
  );
  for (const [i, [, keys]] of expected.entries()) {
    const result = results[i] ?? assert.fail();
    const rows = await failingRows(source, result);
    assert.deepEqual(
      rows.map(({ key }) => key),
      keys,
      result.required,
    );
    assert.equal(result.failing, keys.length, result.required);
  }
  await assert.rejects(
    failingRows(source, { failingRows: null, required: "the table has 3 rows" }),
    {
      code: "invalid-argument",
      message: "failingRows requires an expectation about rows; got one that the table has 3 rows",
    },
  );
  await assert.rejects(failingRows(source, results[0] ?? assert.fail(), { limit: -1 }), {
    code: "invalid-argument",
    message: "failingRows as limit requires a whole number of 0 or more; got -1",
  });
});

test("an expectation that cannot be put to the table fails and says why, and the others are judged", async () => {
  const source = {
    n: [1, 2, 3],
    s: ["a", "b", "x7"],
    t: [new Date(0), new Date(1000), new Date(2000)],
  };
  const cases: [Expectation, RegExp][] = [
    [{ expect: "not-null", column: "N" }, /^there is no column N$/u],
    [{ expect: "unique", columns: ["n", "m"] }, /^there is no column m$/u],
    [{ expect: "between", column: "s", min: 1 }, /^s holds text; it cannot be compared with 1$/u],
    [
      { expect: "in-set", column: "n", values: ["1"] },
      /^n holds numbers; it cannot be compared with "1"$/u,
    ],
    [{ expect: "between", column: "t", min: "soon" }, /^t holds times; "soon" is none$/u],
    [{ expect: "matches", column: "n", regex: "1" }, /^n holds numbers; only text can match$/u],
    [
      { expect: "monotonic", column: "s", direction: "increasing" },
      /^s holds text; only numbers and times rise or fall$/u,
    ],
    [{ expect: "mean-between", column: "s", min: 0 }, /^s holds text; only numbers have a mean$/u],
    [
      { expect: "fresh", column: "n", maxAgeSeconds: 1 },
      /^n holds numbers; only a time can be fresh$/u,
    ],
    [{ expect: "sql", condition: "nn > 1" }, /^Binder Error: Referenced column "nn" not found/u],
    [{ expect: "sql", condition: "n >" }, /^Parser Error: syntax error/u],
    [{ expect: "sql", condition: "avg(n) > 1" }, /^Binder Error: .*GROUP BY/u],
    [
      { expect: "sql", condition: "s::integer > 1" },
      /^Conversion Error: Could not convert string … to INT32/u,
    ],
  ];
  const { results, passed } = await checkQuality(source, [
    ...cases.map(([expectation]) => expectation),
    { expect: "between", column: "n", max: 2 },
    { expect: "sql", condition: "n < 3" },
  ]);
  assert.equal(passed, false);
  for (const [i, [, observed]] of cases.entries()) {
    assert.match(results[i]?.observed ?? "", observed);
    assert.deepEqual(
      [results[i]?.passed, results[i]?.failing],
      [false, results[i]?.failing ?? null],
    );
  }
  assert.deepEqual(
    results.slice(-2).map(({ failing }) => failing),
    [1, 1],
  );
});

test("a regular expression that RE2 does not know is refused before anything is read", async () => {
  await assert.rejects(
    checkQuality({ s: ["a"] }, [
      { expect: "not-null", column: "s" },
      { expect: "matches", column: "s", regex: "(?=a)" },
    ]),
    {
      code: "invalid-argument",
      message:
        "expectation 2 (matches) requires a regular expression of RE2's; got (?=a): invalid perl operator: (?=",
    },
  );
});

test("a condition of a file from elsewhere reads and writes nothing but the table", async () => {
  const folder = temporaryFolder();
  const secret = join(folder, "secret.csv");
  writeFileSync(secret, "password\nhunter2\n");
  const evil = join(folder, "evil.csv");
  const hostile = [
    `(select count(*) from '${secret}') = 0`,
    `(select count(*) from read_csv('${secret}')) = 0`,
    `(select content from read_text('${secret}')) is null`,
    `(select count(*) from glob('${folder}/*')) = 0`,
    `true); copy (select 1) to '${evil}'; select (true`,
    `true) from data; copy (select 1) to '${evil}'; --`,
    "1), (2",
    "true) from data where (true",
    "true) union select (false",
    "true) order by (1",
    "columns(*) is not null",
    "delay > $1",
    "true; drop table data",
    "true) --",
  ];
  for (const source of [
    flights,
    { delay: [1, 2], other: [1, 2] },
    { sql: `from '${flights}' limit 10` },
  ]) {
    const { results, table } = await checkQuality(
      source,
      hostile.map((condition) => ({ expect: "sql", condition })),
    );
    for (const [i, { passed, observed }] of results.entries()) {
      assert.equal(passed, false, hostile[i]);
      assert.doesNotMatch(observed, /hunter2|none of/u);
    }
    assert.match(results[1]?.observed ?? "", /^Permission Error: Cannot access file/u);
    assert.ok(table.rows > 0);
    for (const condition of hostile.filter((each) => !each.includes("$1")))
      await assert.rejects(failingRows(source, { failingRows: condition, required: "" }), {
        code: "invalid-sql",
      });
  }
  assert.equal(existsSync(evil), false);
  assert.equal(readFileSync(secret, "utf8"), "password\nhunter2\n");
});

test("columns and values of any kind are compared as they are", async () => {
  const name = `a "b" 'c'; drop table data; -- ünï 🦆`;
  const source = {
    [name]: ["it's", 'a "quote"', "\\", ""],
    select: [1, 2, 3, 4],
    U0: [1, 1, 1, 1],
  };
  assert.deepEqual(
    await judged(source, { expect: "in-set", column: name, values: ["it's", 'a "quote"', "\\"] }),
    [false, "1 of 4 values is something else (25%)", 1],
  );
  assert.deepEqual(await judged(source, { expect: "unique", columns: [name, "select"] }), [
    true,
    "none of 4 rows fails",
    0,
  ]);
  assert.deepEqual(await judged(source, { expect: "matches", column: name, regex: "'|\"" }), [
    false,
    "2 of 4 values are something else (50%)",
    2,
  ]);
  assert.deepEqual(
    (
      await judged(source, {
        expect: "schema",
        columns: { [name]: "text", x: "number", select: "text" },
        exact: true,
      })
    )[1],
    "there is no x; select is number; U0 was not expected",
  );
});

test("a table without rows complies with all that is said of rows", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "empty.csv");
  writeFileSync(path, "a,b\n");
  const source = {
    sql: "select 1.5::double as x, 'a' as s, timestamp '2001-01-01' as t where false",
  };
  const { table, results, passed } = await checkQuality(source, [
    { expect: "not-null", column: "x" },
    { expect: "between", column: "x", min: 3 },
    { expect: "in-set", column: "s", values: ["b"] },
    { expect: "unique", columns: ["x", "s"] },
    { expect: "monotonic", column: "t", direction: "increasing" },
    { expect: "sql", condition: "x > 3" },
    { expect: "row-count", max: 0 },
    { expect: "mean-between", column: "x", min: 0 },
    { expect: "fresh", column: "t", maxAgeSeconds: 1 },
  ]);
  assert.equal(passed, false);
  assert.deepEqual(
    results.map((result) => result.passed),
    [true, true, true, true, true, true, true, false, false],
  );
  assert.equal(results[1]?.observed, "there is no value to look at");
  assert.equal(results[8]?.observed, "there is no time to look at");
  assert.deepEqual([table.rows, table.duplicateRows, table.emptyRows], [0, 0, 0]);
  assert.deepEqual(
    picked(
      table.columns[0],
      "missing",
      "distinct",
      "constant",
      "almostConstant",
      "mean",
      "min",
      "median",
      "standardDeviation",
      "top",
    ),
    [0, 0, true, false, null, null, null, null, []],
  );
  assert.deepEqual(
    (await suggestExpectations(source)).map(({ expect }) => expect),
    ["schema"],
  );
  assert.equal((await checkQuality(path)).table.columns.length, 2);
});

test("one row has a mean and no deviation; a column all missing has neither", async () => {
  const columns = await columnsOf([{ x: 3, y: null, s: "a" }]);
  assert.deepEqual(
    picked(
      columns["x"],
      "mean",
      "standardDeviation",
      "min",
      "q25",
      "max",
      "constant",
      "almostConstant",
    ),
    [3, null, 3, 3, 3, true, true],
  );
  assert.deepEqual(
    picked(columns["y"], "missing", "distinct", "constant", "almostConstant", "mean", "top"),
    [1, 0, true, false, null, []],
  );
  const empty = await checkQuality({ a: [null, NaN], b: new Float64Array([NaN, NaN]) });
  assert.deepEqual([empty.table.emptyRows, empty.table.duplicateRows], [2, 1]);
  assert.deepEqual(
    empty.table.correlation.values.every((value) => value === null),
    true,
  );
});

test("NaN is missing like NULL; infinities are counted, and left out of every figure", async () => {
  const source = {
    x: new Float64Array([1, 2, 3, NaN, Infinity, -Infinity]),
    y: [2, 4, 6, null, 1, 1],
  };
  const { table, results } = await checkQuality(source, [
    { expect: "not-null", column: "x" },
    { expect: "between", column: "x", min: 0 },
    { expect: "mean-between", column: "x", min: 2, max: 2 },
    { expect: "unique", columns: ["x"] },
  ]);
  const [x] = table.columns;
  assert.deepEqual(
    picked(
      x,
      "missing",
      "infinite",
      "distinct",
      "mean",
      "standardDeviation",
      "min",
      "median",
      "max",
    ),
    [1, 2, 5, 2, 1, 1, 2, 3],
  );
  assert.deepEqual(
    results.map(({ failing }) => failing),
    [1, 1, null, 0],
  );
  assert.equal(results[2]?.passed, true);
  assert.deepEqual(table.correlation, { columns: ["x", "y"], values: [1, 1, 1, 1] });
  const infiniteTime = await columnsOf({
    sql: "select unnest([timestamp 'infinity', timestamp '2001-01-01', timestamp '-infinity', null]) as t",
  });
  assert.deepEqual(picked(infiniteTime["t"], "missing", "infinite", "min", "max"), [
    1,
    2,
    "2001-01-01T00:00:00.000Z",
    "2001-01-01T00:00:00.000Z",
  ]);
});

test("integers of any size keep their digits, and numbers of any size their spread", async () => {
  const huge = new BigInt64Array([9007199254740993n, 9007199254740992n, 1n]);
  const source = {
    huge,
    wide: new Float64Array([1e308, -1e308, 0]),
    tiny: [1e-310, 2e-310, 3e-310],
  };
  const columns = await columnsOf(source);
  assert.deepEqual(picked(columns["huge"], "min", "max", "distinct"), [1, "9007199254740993", 3]);
  assert.deepEqual(
    columns["huge"]?.top.map(({ value }) => value),
    ["1", "9007199254740992", "9007199254740993"],
  );
  assert.deepEqual(picked(columns["wide"], "standardDeviation", "mean"), [1e308, 0]);
  assert.ok(Math.abs((columns["tiny"]?.standardDeviation ?? 0) - 1e-310) < 1e-320);
  // Beyond 2 ** 53 doubles would call both the same.
  assert.equal((await judged(source, { expect: "between", column: "huge", max: 2 ** 53 }))[2], 1);
  assert.equal(
    (await judged(source, { expect: "in-set", column: "huge", values: [1, 2 ** 53] }))[2],
    1,
  );
  const wider = await columnsOf({
    sql: "select 170141183460469231731687303715884105727::hugeint as x",
  });
  assert.equal(wider["x"]?.max, "170141183460469231731687303715884105727");
});

test("a table of 1,000 columns is one statement, and correlation is asked for", async () => {
  const names = Array.from({ length: 1000 }, (_, i) => `c${i}`);
  const source = Object.fromEntries(
    names.map((name, i) => [
      name,
      Float64Array.from({ length: 50 }, (_, row) => Math.sin(row * (i + 1))),
    ]),
  );
  const { table, results, warnings } = await checkQuality(
    source,
    names.map((column) => ({ expect: "between", column, min: -1, max: 1 })),
  );
  assert.equal(table.columns.length, 1000);
  assert.ok(results.every(({ passed }) => passed));
  assert.deepEqual(table.correlation, { columns: [], values: [] });
  assert.deepEqual(warnings, [
    "correlation was left out: of 1000 numeric columns it takes a while; correlation: true computes it",
  ]);
});

test("columns that are the same are told from those that have the same figures", async () => {
  const source = {
    a: [1, 2, 3, 4, null],
    b: [4, 2, 3, 1, null],
    c: [1, 2, 3, 4, NaN],
    d: [4, 2, 3, 1, null],
    e: [4, 2, 3, 1, null],
    none: [null, null, null, null, null],
  };
  const columns = await columnsOf(source);
  assert.deepEqual(
    Object.fromEntries(
      Object.entries(columns).map(([name, { duplicateOf }]) => [name, duplicateOf]),
    ),
    { a: null, b: null, c: "a", d: "b", e: "b", none: null },
  );
});

test("a signal stops the work", async () => {
  const stop = new AbortController();
  stop.abort(new Error("enough"));
  await assert.rejects(checkQuality(flights, [], { signal: stop.signal }), { code: "aborted" });
});

test("expectations suggested by one half of the flights hold on the other, and fail on faults", async () => {
  let alarms = 0;
  const samples = 10;
  for (let seed = 0; seed < samples; seed++) {
    // The half of the rows is drawn anew each time.
    const half = (side: number) => ({
      sql: `select * exclude (n) from (select *, row_number() over () as n from '${flights}') where hash(n + ${seed} * 1000003) % 20 = ${side}`,
    });
    const report = await checkQuality(half(1), await suggestExpectations(half(0)), {
      correlation: false,
    });
    if (report.results.some(({ passed }) => !passed)) alarms++;
  }
  assert.ok(alarms === 0, `${alarms} of ${samples} reports raise an alarm`);
  const suggested = await suggestExpectations(flights);
  const faulty = await checkQuality(
    {
      sql: `select if(random() < 0.01, null, delay) * if(random() < 0.01, 100, 1) as delay, date, origin, distance::varchar as distance from '${flights}' order by delay`,
    },
    suggested,
    { correlation: false },
  );
  assert.deepEqual(
    faulty.results
      .filter(({ passed }) => !passed)
      .map(({ expectation, column }) => [expectation.expect, column]),
    [
      ["schema", null],
      ["monotonic", "date"],
      ["not-null", "delay"],
      ["between", "delay"],
      ["between", "distance"],
      ["not-null", "destination"],
    ],
  );
});

test("suggestions name keys, categories, shares of what is missing, and order, each with a reason", async () => {
  const rows = Array.from({ length: 400 }, (_, i) => ({
    id: `id-${i}`,
    number: i * 3,
    sex: i % 3 === 0 ? "f" : "m",
    smoker: i % 5 === 0,
    age: i % 7 === 0 ? null : 20 + (i % 60) + 0.5,
    when: new Date(Date.UTC(2001, 0, 1) + i * 1000),
    nothing: null,
  }));
  const suggested = await suggestExpectations(rows);
  const of = (column: string) =>
    suggested.filter((each) =>
      "column" in each
        ? each.column === column
        : "columns" in each && Array.isArray(each.columns) && each.columns.includes(column),
    );
  const bare = (column: string) =>
    of(column).map(({ note, ...rest }) => (note === undefined ? assert.fail() : rest));
  assert.ok(suggested.every(({ note }) => (note ?? "").length > 10));
  assert.deepEqual(bare("id"), [
    { expect: "not-null", column: "id", severity: "error" },
    { expect: "unique", columns: ["id"], severity: "error" },
  ]);
  assert.equal(bare("number")[1]?.expect, "unique");
  assert.deepEqual(bare("sex")[1], {
    expect: "in-set",
    column: "sex",
    values: ["f", "m"],
    mostly: 0.975,
    severity: "error",
  });
  assert.deepEqual(bare("smoker")[1], {
    expect: "in-set",
    column: "smoker",
    values: [false, true],
    mostly: 0.975,
    severity: "error",
  });
  assert.deepEqual(bare("age"), [
    { expect: "not-null", column: "age", mostly: 0.718, severity: "warning" },
    { expect: "between", column: "age", min: 14.6, max: 85.4, mostly: 0.971, severity: "warning" },
  ]);
  assert.equal(bare("when")[1]?.expect, "monotonic");
  assert.deepEqual(of("nothing"), []);
  assert.equal((await checkQuality(rows, suggested)).passed, true);
});
