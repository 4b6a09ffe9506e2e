import { messageOf } from "../../../errors";
import { queryRows, quotedText, type Connection } from "../../connection";
import type { Relation } from "../open-scan";
import { scanned } from "../sql-scan";

/**
 * Lets nothing but the table's own files be read from now on, and nothing be written, by any connection: conditions may
 * come from a file that somebody else wrote.
 */
export async function lockDown(
  connection: Connection,
  { readFrom }: Pick<Relation, "readFrom">,
): Promise<void> {
  const found = await Promise.all(
    readFrom.map((pattern) =>
      queryRows<{ file: string }>(connection, `select file from glob(${quotedText(pattern)})`),
    ),
  );
  const paths = [...readFrom, ...found.flat().map(({ file }) => file)];
  await connection.run(`set allowed_paths = [${paths.map(quotedText).join(", ")}]`);
  await connection.run("set enable_external_access = false");
  await connection.run("set lock_configuration = true");
}

/** What DuckDB said, without the SQL and without values of rows, which conversions quote. */
export function databaseMessage(error: unknown): string {
  const [first = ""] = messageOf(error)
    .replace(/^cannot run the query: /u, "")
    .split(/\n\s*\n|\nLINE /u);
  const text = first.trim().replace(/\s+/gu, " ");
  return /^conversion error/iu.test(text) ? text.replace(/'[^']*'|"[^"]*"/gu, "…") : text;
}

interface Parsed {
  error: boolean;
  error_message?: string;
  statements?: {
    node: Record<string, unknown> & { select_list?: unknown[]; from_table?: { type?: string } };
  }[];
}

/** A condition in brackets, each on a line of its own so that it cannot end in a comment. */
export function bracketed(condition: string): string {
  return `(\n${condition}\n)`;
}

/**
 * Why a text cannot be a condition on rows of the table; undefined if it can. What it is must be one expression: no
 * other part of a statement, and no further statement, gets through.
 */
export async function conditionProblem(
  connection: Connection,
  condition: string,
): Promise<string | undefined> {
  const [row] = await queryRows<{ parsed: string }>(
    connection,
    "select json_serialize_sql(?::varchar)::varchar as parsed",
    [`select ${bracketed(condition)}`],
  );
  const parsed = JSON.parse(row?.parsed ?? "") as Parsed;
  if (parsed.error) return `Parser Error: ${parsed.error_message ?? ""}`;
  const node = parsed.statements?.length === 1 ? parsed.statements[0]?.node : undefined;
  const isEmpty = (value: unknown) =>
    value === null || value === undefined || (Array.isArray(value) && value.length === 0);
  const isExpression =
    node?.["type"] === "SELECT_NODE" &&
    node.select_list?.length === 1 &&
    node.from_table?.type === "EMPTY" &&
    ["modifiers", "where_clause", "group_expressions", "having", "qualify", "sample"].every((key) =>
      isEmpty(node[key]),
    );
  if (!isExpression) return "it is not one condition";
  try {
    // An expression may stand for several columns, as columns(*) does.
    const [columns] = await queryRows<{ count: number }>(
      connection,
      `select count(*) as count from (describe select *, ${bracketed(condition)}::boolean from ${scanned})`,
    );
    const [own] = await queryRows<{ count: number }>(
      connection,
      `select count(*) as count from (describe ${scanned})`,
    );
    return columns?.count === (own?.count ?? 0) + 1 ? undefined : "it is not one condition";
  } catch (error) {
    return databaseMessage(error);
  }
}
