import { AssayerError, messageOf } from "../../../errors";
import type { Expectation } from "../../../quality/expectation";
import { queryRows, quotedText, type Connection } from "../../connection";
import { quoted } from "../../tables/load-columns";
import { scanned } from "../sql-scan";
import { missingSql, valueSql, type QualityColumn } from "./quality-column";
import { bracketed, conditionProblem } from "./user-condition";

/** How an expectation is put to the rows. */
export type RowCheck =
  | {
      kind: "rows";
      /** True for a row that the expectation is about. */
      evaluated: string;
      /** True for a row that fails; never NULL. */
      failing: string;
      /** `one` belongs to the pass over all rows; the others have a pass of their own. */
      pass: "one" | "order" | "groups";
      /** The condition was written by a user, and may fail when it runs. */
      byUser: boolean;
    }
  | { kind: "problem"; problem: string }
  /** Judged by the table's summary. */
  | { kind: "summary" };

const kindWords = {
  number: "numbers",
  text: "text",
  boolean: "booleans",
  time: "times",
  other: "values of another type",
} as const;

function rowsOf(evaluated: string, failing: string): RowCheck {
  return {
    kind: "rows",
    evaluated,
    failing: `coalesce(${failing}, false)`,
    pass: "one",
    byUser: false,
  };
}

function mismatch(column: QualityColumn, wanted: string): RowCheck {
  return {
    kind: "problem",
    problem: `${column.name} holds ${kindWords[column.type]}; ${wanted}`,
  };
}

/** A number as SQL that keeps its digits: whole ones compare exactly with integers. */
function numberSql(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e38
    ? BigInt(value).toString()
    : `${value}::double`;
}

/** A column and a value of an expectation as SQL that can be compared; undefined where the types differ. */
function comparable(
  column: QualityColumn,
): { own: string; literal: (value: unknown) => string | undefined } | undefined {
  const own = quoted(column.name);
  switch (column.type) {
    case "number":
      return {
        own: column.integer ? own : `${own}::double`,
        literal: (value) => (typeof value === "number" ? numberSql(value) : undefined),
      };
    case "boolean":
      return { own, literal: (value) => (typeof value === "boolean" ? String(value) : undefined) };
    case "text":
      return {
        own: `${own}::varchar`,
        literal: (value) => (typeof value === "string" ? quotedText(value) : undefined),
      };
    case "time":
      return {
        own: `${own}::timestamp`,
        literal: (value) =>
          typeof value === "string" ? `${quotedText(value)}::timestamptz::timestamp` : undefined,
      };
    case "other":
      return undefined;
  }
}

async function isTime(connection: Connection, text: string): Promise<boolean> {
  const [row] = await queryRows<{ time: unknown }>(
    connection,
    "select try_cast(? as timestamptz) is not null as time",
    [text],
  );
  return row?.time === true;
}

/** Literals of what an expectation names, or why they do not fit the column. */
async function literalsOf(
  connection: Connection,
  column: QualityColumn,
  values: readonly (string | number | boolean)[],
): Promise<{ own: string; literals: string[] } | { problem: RowCheck }> {
  const sql = comparable(column);
  const literals: string[] = [];
  for (const value of values) {
    const literal = sql?.literal(value);
    if (literal === undefined)
      return { problem: mismatch(column, `it cannot be compared with ${JSON.stringify(value)}`) };
    if (column.type === "time" && !(await isTime(connection, String(value))))
      return { problem: mismatch(column, `${JSON.stringify(value)} is none`) };
    literals.push(literal);
  }
  return { own: sql?.own ?? "", literals };
}

async function betweenCheck(
  connection: Connection,
  column: QualityColumn,
  { min, max, strict = false }: Extract<Expectation, { expect: "between" }>,
): Promise<RowCheck> {
  const bounds = [min, max].filter((bound) => bound !== undefined);
  const found = await literalsOf(connection, column, bounds);
  if ("problem" in found) return found.problem;
  const { own, literals } = found;
  const low = min === undefined ? undefined : literals[0];
  const high = max === undefined ? undefined : literals.at(-1);
  const present = `not ${missingSql(column)}`;
  const outside = [
    low === undefined ? [] : [`${own} ${strict ? "<=" : "<"} ${low}`],
    high === undefined ? [] : [`${own} ${strict ? ">=" : ">"} ${high}`],
  ].flat();
  return rowsOf(present, `${present} and (${outside.join(" or ")})`);
}

function uniqueCheck(columns: readonly QualityColumn[]): RowCheck {
  const [first, ...others] = columns;
  const missing = columns.map(missingSql).join(" and ");
  const key =
    first && others.length === 0 ? valueSql(first) : `row(${columns.map(valueSql).join(", ")})`;
  const present = `not (${missing})`;
  return {
    ...rowsOf(
      present,
      `${present} and ${key} in (select ${key} from ${scanned} where ${present} group by 1 having count(*) > 1)`,
    ),
    pass: "groups",
  } as RowCheck;
}

function monotonicCheck(
  column: QualityColumn,
  { direction, strict = false }: Extract<Expectation, { expect: "monotonic" }>,
): RowCheck {
  if (column.type !== "number" && column.type !== "time")
    return mismatch(column, "only numbers and times rise or fall");
  const value = valueSql(column);
  const wrong = `${direction === "increasing" ? "<" : ">"}${strict ? "=" : ""}`;
  return {
    ...rowsOf(`not ${missingSql(column)}`, `${value} ${wrong} lag(${value} ignore nulls) over ()`),
    pass: "order",
  } as RowCheck;
}

async function sqlCheck(connection: Connection, condition: string): Promise<RowCheck> {
  const problem = await conditionProblem(connection, condition);
  if (problem !== undefined) return { kind: "problem", problem };
  const holds = `${bracketed(condition)}::boolean`;
  return {
    kind: "rows",
    evaluated: `${holds} is not null`,
    failing: `coalesce(not ${holds}, false)`,
    pass: "one",
    byUser: true,
  };
}

/** How an expectation is put to the rows of the table. */
export async function rowCheck(
  connection: Connection,
  expectation: Expectation,
  columns: ReadonlyMap<string, QualityColumn>,
): Promise<RowCheck> {
  const names =
    expectation.expect === "unique"
      ? expectation.columns
      : "column" in expectation
        ? [expectation.column]
        : [];
  const missing = names.filter((name) => !columns.has(name));
  if (missing.length > 0)
    return { kind: "problem", problem: `there is no column ${missing.join(", ")}` };
  const used = names.map((name) => columns.get(name) as QualityColumn);
  const column = used[0] as QualityColumn;
  const present = () => `not ${missingSql(column)}`;
  switch (expectation.expect) {
    case "not-null":
      return rowsOf("true", missingSql(column));
    case "in-set": {
      const found = await literalsOf(connection, column, expectation.values);
      if ("problem" in found) return found.problem;
      return rowsOf(
        present(),
        `${present()} and ${found.own} not in (${found.literals.join(", ")})`,
      );
    }
    case "between":
      return betweenCheck(connection, column, expectation);
    case "matches":
      return column.type === "text"
        ? rowsOf(
            present(),
            `not regexp_matches(${quoted(column.name)}::varchar, ${quotedText(expectation.regex)})`,
          )
        : mismatch(column, "only text can match");
    case "unique":
      return uniqueCheck(used);
    case "monotonic":
      return monotonicCheck(column, expectation);
    case "sql":
      return sqlCheck(connection, expectation.condition);
    case "fresh":
      return column.type === "time"
        ? { kind: "summary" }
        : mismatch(column, "only a time can be fresh");
    case "mean-between":
      return column.type === "number"
        ? { kind: "summary" }
        : mismatch(column, "only numbers have a mean");
    default:
      return { kind: "summary" };
  }
}

/**
 * Refuses regular expressions that DuckDB's (RE2's) cannot be.
 *
 * @throws AssayerError "invalid-argument" that names the expectation, by its position from 1
 */
export async function requireRegexes(
  connection: Connection,
  expectations: readonly Expectation[],
): Promise<void> {
  for (const [i, expectation] of expectations.entries()) {
    if (expectation.expect !== "matches") continue;
    try {
      await queryRows(connection, `select regexp_matches('', ${quotedText(expectation.regex)})`);
    } catch (cause) {
      const text = messageOf((cause as Error).cause ?? cause).replace(
        /^Invalid Input Error: /u,
        "",
      );
      throw new AssayerError(
        "invalid-argument",
        `expectation ${i + 1} (matches) requires a regular expression of RE2's; got ${expectation.regex}: ${text}`,
        { cause },
      );
    }
  }
}
