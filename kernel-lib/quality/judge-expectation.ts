import type { Expectation } from "./expectation";
import { countText, durationText, percentText, plural, valueText } from "./format";
import type { ExpectationFacts } from "./quality-facts";
import type { ColumnQuality, DataSummary, ExpectationResult } from "./quality-report";
import { requiredText } from "./required-text";

/** What was seen, and whether it is what was required. */
interface Finding {
  passed: boolean;
  observed: string;
  failing?: number;
}

function within(value: number, { min, max }: { min?: number; max?: number }): boolean {
  return value >= (min ?? -Infinity) && value <= (max ?? Infinity);
}

/** What failing rows are called, by expectation. */
const failingWords: Partial<Record<Expectation["expect"], string>> = {
  "not-null": "missing",
  "in-set": "something else",
  between: "outside",
  matches: "something else",
  unique: "in more than one row",
};

function extremesText({ min, max }: ColumnQuality): string {
  return min === null || max === null
    ? ""
    : `; values go from ${valueText(min)} to ${valueText(max)}`;
}

function judgeRows(
  expectation: Expectation,
  { evaluated, failing }: Extract<ExpectationFacts, { kind: "rows" }>,
  column: ColumnQuality | undefined,
): Finding {
  const { mostly = 1 } = expectation as { mostly?: number };
  // A share that is exactly as asked for passes, whatever the last bit of the division.
  const passed = failing <= Math.floor((1 - mostly) * evaluated + 1e-9);
  const { expect } = expectation;
  const noun = expect === "not-null" || expect === "sql" || expect === "unique" ? "row" : "value";
  if (evaluated === 0) return { passed, observed: `there is no ${noun} to look at`, failing };
  const extremes = expect === "between" && column ? extremesText(column) : "";
  const of = plural(evaluated, noun);
  if (failing === 0) return { passed, observed: `none of ${of} fails${extremes}`, failing };
  const verb = failing === 1 ? "is" : "are";
  const word = failingWords[expect];
  const what = word === undefined ? (failing === 1 ? "fails" : "fail") : `${verb} ${word}`;
  return {
    passed,
    observed: `${countText(failing)} of ${of} ${what} (${percentText(failing / evaluated)})${extremes}`,
    failing,
  };
}

function judgeSchema(
  { columns, exact = false }: Extract<Expectation, { expect: "schema" }>,
  table: DataSummary,
): Finding {
  const found = new Map(table.columns.map(({ column, type }) => [column, type]));
  const wrong = [
    ...Object.entries(columns).flatMap(([name, type]) => {
      const own = found.get(name);
      if (own === undefined) return [`there is no ${name}`];
      return own === type ? [] : [`${name} is ${own}`];
    }),
    ...[...found.keys()]
      .filter((name) => exact && !Object.hasOwn(columns, name))
      .map((name) => `${name} was not expected`),
  ];
  return wrong.length === 0
    ? { passed: true, observed: `it has ${plural(found.size, "column")}, these among them` }
    : { passed: false, observed: wrong.join("; ") };
}

function judgeFresh(maxAgeSeconds: number, column: ColumnQuality, now: Date): Finding {
  if (column.max === null) return { passed: false, observed: "there is no time to look at" };
  const age = (now.getTime() - Date.parse(String(column.max))) / 1000;
  const distance = durationText(Math.abs(age));
  return {
    passed: age <= maxAgeSeconds,
    observed: `the latest is ${column.max}, ${distance} ${age < 0 ? "in the future" : "old"}`,
  };
}

function judgeSummary(
  expectation: Expectation,
  table: DataSummary,
  column: ColumnQuality | undefined,
  now: Date,
): Finding {
  switch (expectation.expect) {
    case "row-count":
      return {
        passed: within(table.rows, expectation),
        observed: `it has ${plural(table.rows, "row")}`,
      };
    case "schema":
      return judgeSchema(expectation, table);
    default:
  }
  if (!column) return { passed: false, observed: "there is no such column" };
  switch (expectation.expect) {
    case "fresh":
      return judgeFresh(expectation.maxAgeSeconds, column, now);
    case "mean-between": {
      const { mean } = column;
      if (mean === null) return { passed: false, observed: "there is no value to take a mean of" };
      return { passed: within(mean, expectation), observed: `the mean is ${valueText(mean)}` };
    }
    case "distinct-between":
      return {
        passed: within(column.distinct, expectation),
        observed: `it has ${plural(column.distinct, "different value")}`,
      };
    default:
      return { passed: false, observed: `nothing tells about ${expectation.expect}` };
  }
}

/** Whether the facts of a scan are what an expectation requires. */
export function judgeExpectation(
  expectation: Expectation,
  facts: ExpectationFacts,
  table: DataSummary,
  now: Date,
): ExpectationResult {
  const name = "column" in expectation ? expectation.column : null;
  const column = table.columns.find((each) => each.column === name);
  const finding: Finding =
    facts.kind === "problem"
      ? { passed: false, observed: facts.problem }
      : facts.kind === "rows"
        ? judgeRows(expectation, facts, column)
        : judgeSummary(expectation, table, column, now);
  return {
    expectation,
    column: name,
    severity: expectation.severity ?? "error",
    passed: finding.passed,
    required: requiredText(expectation),
    observed: finding.observed,
    failing: finding.failing ?? null,
    failingRows: facts.kind === "rows" ? facts.failingRows : null,
  };
}
