import { AssayerError } from "../../errors";
import { queryRows, quotedPath, type Connection } from "../connection";
import type { ColumnType, DatasetColumn } from "./dataset-columns";
import { digestColumns } from "./dataset-digest";
import { profileColumn, type ColumnProfile } from "./dataset-profile";
import { loadColumns, quoted } from "./load-columns";
import { inMemory } from "./memory-database";
import type { Columns } from "./table-data";

/** What data is, without the data. */
export interface DatasetDescription {
  /** SHA-256 of the content: see `digestColumns`. */
  digest: string;
  rows: number;
  schema: DatasetColumn[];
  profile: ColumnProfile[];
}

/** Data in memory, or a Parquet or CSV file. */
export type DatasetSource = { columns: Columns } | { file: string; format: "parquet" | "csv" };

const numberTypes = /^(?:U?(?:TINY|SMALL|BIG)INT|HUGEINT|U?INTEGER|FLOAT|DOUBLE|DECIMAL)/u;
const wideTypes = /^(?:U?BIGINT|HUGEINT)/u;

function typeOf(declared: string, empty: boolean, wide: boolean): ColumnType {
  if (empty) return "empty";
  if (numberTypes.test(declared)) return wide ? "integer" : "number";
  if (declared === "BOOLEAN") return "boolean";
  return declared === "DATE" || declared.startsWith("TIMESTAMP") ? "time" : "text";
}

/** The columns of the table `data`, and its number of rows. */
async function readSchema(
  connection: Connection,
): Promise<{ schema: DatasetColumn[]; rows: number }> {
  const declared = await queryRows<{ name: string; type: string }>(
    connection,
    "select column_name as name, column_type as type from (describe data)",
  );
  const parts = declared.flatMap(({ name, type }, i) => [
    `count(${quoted(name)}) = 0 as empty_${i}`,
    ...(wideTypes.test(type)
      ? [`bool_or(abs(${quoted(name)}::hugeint) > ${Number.MAX_SAFE_INTEGER}) as wide_${i}`]
      : []),
  ]);
  const [found = {}] = await queryRows(
    connection,
    `select count(*) as "rows", ${parts.join(", ")} from data`,
  );
  const schema = declared.map(({ name, type }, i) => ({
    name,
    type: typeOf(type, found[`empty_${i}`] === true, found[`wide_${i}`] === true),
  }));
  return { schema, rows: Number(found["rows"]) };
}

async function openFile(connection: Connection, file: string, format: "parquet" | "csv") {
  const path = quotedPath(file);
  try {
    await connection.run(
      format === "parquet"
        ? `create view data as select * from read_parquet(${path}, hive_partitioning = false)`
        : `create table data as select * from read_csv(${path}, sample_size = -1, hive_partitioning = false)`,
    );
  } catch (cause) {
    throw new AssayerError(
      "invalid-argument",
      `logDataset requires a readable Parquet or CSV file; got ${file}`,
      { cause },
    );
  }
}

/**
 * Digest, schema, row count and statistics of data, by a DuckDB in memory.
 *
 * @throws AssayerError "invalid-argument" for a file that is not what its name says, or a column of mixed types
 */
export function describeDataset(source: DatasetSource): Promise<DatasetDescription> {
  return inMemory(async (connection) => {
    if ("columns" in source) await loadColumns(connection, source.columns, { keepUntyped: true });
    else await openFile(connection, source.file, source.format);
    const { schema, rows } = await readSchema(connection);
    const profile: ColumnProfile[] = [];
    for (const column of schema) profile.push(await profileColumn(connection, column, rows));
    return { digest: await digestColumns(connection, schema, rows), rows, schema, profile };
  });
}
