import { messageOf } from "../../errors";
import { queryRows, type Connection } from "../connection";

/** Columns that the functions add to those of the logged tables. */
const fileColumn = "assayer_file";
export const addedColumns: readonly string[] = ["run_id", "table_name", fileColumn];

/**
 * Table functions over the logged tables of each kind: `from predictions() where run_id = '…'`. A file counts once
 * its record is here, so a table that was half written when a process died is never seen. DuckDB reads a file when
 * it creates such a function, so a function comes with the first table of its kind; where that cannot be read, the
 * user is told, and everything else goes on. Tables of kind `table` have nothing in common that one could ask for.
 */
export async function createTableFunctions(connection: Connection): Promise<void> {
  const kinds = await queryRows<{ kind: string }>(
    connection,
    // Asking DuckDB for its functions would take a fifth of a visit.
    `select distinct kind from logged_tables
      where kind in ('features', 'predictions', 'explanations')
        and ('function ' || kind) not in (select key from store_meta)`,
  );
  for (const { kind } of kinds) {
    try {
      await connection.run(
        `create or replace macro ${kind}() as table
          select logged.name as table_name, data.* exclude (${fileColumn})
          from read_parquet('tables/${kind}/*/*.parquet', union_by_name = true, hive_partitioning = true,
            hive_types = {'run_id': varchar}, filename = '${fileColumn}') data
          join logged_tables logged on logged.kind = '${kind}' and logged.run_id = data.run_id
            and parse_filename(logged.path) = parse_filename(data.${fileColumn})`,
      );
      await connection.run("insert or replace into store_meta values ('function ' || ?, 'made')", [
        kind,
      ]);
    } catch (error) {
      process.emitWarning(
        `cannot make the table function ${kind}(): ${messageOf(error)}`,
        "AssayerWarning",
      );
    }
  }
}
