import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssayerError, messageOf } from "../../errors";
import { queryRows, quotedText, type Connection } from "../connection";
import type { TableKind } from "../journal/events";
import { isTablePath } from "../layout";
import type { Store } from "../store";
import { StoredSource } from "./data-source";

/** A table of a project: the answer of a query over its tables, or a table that a run logged. */
export type ProjectTable =
  | { sql: string }
  | {
      runId: string;
      kind: TableKind;
      /** Default the kind, as the log calls have it. */
      name?: string;
    };

/** A source over the store's tables. The answer of a query is copied to a file in one short visit of the database. */
export function projectSource(store: Store, table: ProjectTable): StoredSource {
  if ("sql" in table) {
    const { sql } = table;
    if (typeof sql !== "string" || sql.trim() === "")
      throw new AssayerError("invalid-argument", `source requires a query; got ${typeof sql}`);
    return new StoredSource(
      "a query of the project",
      async (work) => {
        const folder = await mkdtemp(join(tmpdir(), "assayer-source-"));
        try {
          const path = join(folder, "answer.parquet");
          await store.read((connection) => copyAnswer(connection, sql, path));
          return await work([path]);
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      },
      { kind: "project-sql", sql },
    );
  }
  const { runId, kind, name = kind } = table;
  return new StoredSource(
    `${kind} "${name}" of run ${runId}`,
    async (work) =>
      work([
        join(
          store.directory,
          await store.read((connection) => loggedTablePath(connection, runId, kind, name)),
        ),
      ]),
    { kind: "logged-table", runId, table: kind, name },
  );
}

/** Path of a logged table, relative to the store's folder. */
export async function loggedTablePath(
  connection: Connection,
  runId: string,
  kind: string,
  name: string,
): Promise<string> {
  const tables = await queryRows<{ kind: string; name: string; path: string }>(
    connection,
    "select kind, name, path from logged_tables where run_id = ? order by kind, name",
    [runId],
  );
  const table = tables.find((each) => each.kind === kind && each.name === name);
  if (!table || !isTablePath(table.path))
    throw new AssayerError(
      "unknown-table",
      `unknown table: ${kind} ${name} of run ${runId}; expected one of ${tables.map((each) => `${each.kind} ${each.name}`).join(", ") || "none"}`,
    );
  return table.path;
}

/**
 * A query as a table in a larger one. It comes from a report, which may come from a stranger: one statement, which
 * reads, is all that it can be.
 *
 * @throws AssayerError "invalid-sql"
 */
export async function requireQuery(connection: Connection, sql: string): Promise<string> {
  const query = `(${sql.replace(/[;\s]+$/u, "")}\n)`;
  try {
    const { StatementType } = await import("@duckdb/node-api");
    const statements = await connection.extractStatements(`from ${query}`);
    const [first] = statements.count === 1 ? [await statements.prepare(0)] : [];
    const isQuery = first?.statementType === StatementType.SELECT;
    first?.destroySync();
    if (!isQuery) throw new Error("it must be one query that reads");
  } catch (cause) {
    throw new AssayerError("invalid-sql", `cannot run the query: ${messageOf(cause)}`, {
      cause,
      sql,
    });
  }
  return query;
}

async function copyAnswer(connection: Connection, sql: string, path: string): Promise<void> {
  const query = await requireQuery(connection, sql);
  await queryRows(connection, `copy ${query} to ${quotedText(path)} (format parquet)`).catch(
    (cause: unknown) => {
      throw cause instanceof AssayerError
        ? new AssayerError(cause.code, cause.message, { cause: cause.cause, sql })
        : cause;
    },
  );
}
