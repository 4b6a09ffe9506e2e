import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { AssayerError } from "../errors";
import { inTransaction } from "./transaction";

/** A numbered step; the text of a step that was released never changes. */
export interface Migration {
  version: number;
  sql: () => string;
}

const migrations: readonly Migration[] = [
  { version: 1, sql: () => readFileSync(join(__dirname, "schema.sql"), "utf8") },
  {
    version: 2,
    sql: () => `
      -- Profiles of the data that model versions were made with: an artifact each.
      create table version_profiles (
        model varchar not null,
        number integer not null,
        digest varchar not null, -- SHA-256, and the file's name under artifacts/
        size bigint not null,
        row_count bigint not null,
        column_count integer not null,
        set_by varchar not null,
        set_at timestamp not null,
        primary key (model, number)
      )`,
  },
  {
    version: 3,
    sql: () => `
      -- Rows that explanations of model versions compare with: an artifact each.
      create table version_backgrounds (
        model varchar not null,
        number integer not null,
        digest varchar not null, -- SHA-256, and the file's name under artifacts/
        size bigint not null,
        row_count bigint not null,
        column_count integer not null,
        set_by varchar not null,
        set_at timestamp not null,
        primary key (model, number)
      )`,
  },
];

async function schemaVersion(connection: DuckDBConnection): Promise<number> {
  const tables = await connection.runAndReadAll(
    "select table_name from information_schema.tables where table_schema = 'main'",
  );
  if (tables.currentRowCount === 0) return 0;
  if (!tables.getRows().some(([name]) => name === "store_meta"))
    throw new AssayerError(
      "invalid-store",
      "opening a store requires a database made by assayer; got another DuckDB database",
    );
  const reader = await connection.runAndReadAll(
    "select value from store_meta where key = 'schema_version'",
  );
  return Number(reader.getRows()[0]?.[0]);
}

function refuseNewer(version: number, known: number): void {
  if (version > known)
    throw new AssayerError(
      "newer-store",
      `opening a store requires schema version ${known} or lower; got ${version}: update assayer to open it`,
    );
}

/** Brings the schema up to the newest version, each step in a transaction of its own. */
export async function migrate(
  connection: DuckDBConnection,
  steps: readonly Migration[] = migrations,
): Promise<void> {
  const version = await schemaVersion(connection);
  refuseNewer(version, steps.length);
  for (const step of steps.slice(version))
    await inTransaction(connection, async () => {
      await connection.run(step.sql());
      await connection.run("insert or replace into store_meta values ('schema_version', ?)", [
        String(step.version),
      ]);
    });
}

/** A reader met a schema that a writer would bring up. */
export class OlderSchema extends AssayerError {
  constructor(version: number) {
    super(
      "read-only-store",
      `reading a store of schema version ${version} requires write access once, to bring it to ${migrations.length}`,
    );
  }
}

/** A reader cannot migrate: it asks for a schema it knows and that is there. */
export async function requireKnownSchema(connection: DuckDBConnection): Promise<void> {
  const version = await schemaVersion(connection);
  refuseNewer(version, migrations.length);
  if (version < migrations.length) throw new OlderSchema(version);
}
