import { statSync } from "node:fs";
import { extname } from "node:path";
import { AssayerError, messageOf } from "../../errors";
import { queryRows, quotedPath, type Connection } from "../connection";
import { numberColumns } from "../number-columns";

/** What a column of a file holds; `other` is what has no place in a run, such as lists. */
export type ColumnKind = "number" | "text" | "boolean" | "time" | "other";

/** Values of one column by run, each run's in order of their steps. */
export interface FileSeries {
  /** Position in `runNames`. */
  runs: Float64Array;
  steps: Float64Array;
  /** Milliseconds since the epoch; NaN where there is no column of times. */
  timestamps: Float64Array;
  values: Float64Array;
}

/** A CSV or Parquet file, read by a DuckDB in memory. */
export interface TableFile {
  readonly columns: ReadonlyMap<string, ColumnKind>;
  /** All rows; numbers are numbers, times are dates, everything else is text. */
  rows(): Promise<Record<string, number | string | Date | boolean | null>[]>;
  /**
   * Says what a run is: the rows with one value in a column, all rows without a column, or every row of its own.
   * Returns their names, in the order in which they appear; those of rows may be empty or there twice.
   */
  groupRuns(runColumn: string | undefined, everyRow?: boolean): Promise<string[]>;
  /** The only value of a column in each run: null where there is none, undefined where there are several. */
  onlyValues(column: string): Promise<(string | null | undefined)[]>;
  series(columns: { value: string; step?: string; time?: string }): Promise<FileSeries>;
  close(): void;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function kindOf(type: string): ColumnKind {
  if (/^(u?(tiny|small|big|huge)?int(eger)?|double|float|decimal.*|uinteger)$/iu.test(type))
    return "number";
  if (/^(varchar|enum.*|uuid)$/iu.test(type)) return "text";
  if (/^boolean$/iu.test(type)) return "boolean";
  return /^(timestamp|date)/iu.test(type) ? "time" : "other";
}

/** Counts the rows of a file; DuckDB's own `rowid` gives way to a column of that name. */
const rowColumn = "assayer_row";

/** Milliseconds since the epoch: numbers are seconds, or milliseconds where seconds would be after the year 5000. */
function timeExpression(column: string | undefined, kind: ColumnKind | undefined): string {
  if (column === undefined) return "'nan'::double";
  const name = `d.${quoted(column)}`;
  if (kind === "number")
    return `if(${name}::double < 1e11, ${name}::double * 1000, ${name}::double)`;
  return `epoch_us(${name}::timestamp)::double / 1000`;
}

/**
 * Opens a CSV file (also compressed, as `.csv.gz`) or a Parquet file.
 *
 * @throws AssayerError "invalid-source" for one that cannot be read or has no rows
 */
export async function openTableFile(path: string): Promise<TableFile> {
  const refuse = (got: string, cause?: unknown) =>
    new AssayerError(
      "invalid-source",
      `import requires a CSV or Parquet file; got ${got}: ${path}`,
      {
        cause,
      },
    );
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw refuse("no file");
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
  });
  const connection = await instance.connect();
  const close = () => {
    connection.closeSync();
    instance.closeSync();
  };
  const reader =
    extname(path).toLowerCase() === ".parquet"
      ? `read_parquet(${quotedPath(path)}, hive_partitioning = false)`
      : `read_csv(${quotedPath(path)}, header = true, sample_size = -1, hive_partitioning = false)`;
  try {
    await connection.run(
      `create table data as select row_number() over () - 1 as ${rowColumn}, * from ${reader}`,
    );
    const columns = await queryRows<{ name: string; type: string }>(
      connection,
      "select column_name as name, data_type as type from information_schema.columns where table_name = 'data' and column_name <> ? order by ordinal_position",
      [rowColumn],
    );
    return new OpenFile(
      connection,
      close,
      new Map(columns.map(({ name, type }) => [name, kindOf(type)])),
    );
  } catch (cause) {
    close();
    throw refuse(`one that cannot be read (${messageOf(cause).split("\n")[0] ?? ""})`, cause);
  }
}

class OpenFile implements TableFile {
  constructor(
    private readonly connection: Connection,
    readonly close: () => void,
    readonly columns: ReadonlyMap<string, ColumnKind>,
  ) {}

  rows() {
    const cells = [...this.columns].map(([name, kind]) => {
      if (kind === "number") return `${quoted(name)}::double as ${quoted(name)}`;
      if (kind === "time") return `${quoted(name)}::timestamp as ${quoted(name)}`;
      return kind === "boolean" ? quoted(name) : `${quoted(name)}::varchar as ${quoted(name)}`;
    });
    return queryRows<Record<string, number | string | Date | boolean | null>>(
      this.connection,
      `select ${cells.join(", ")} from data order by ${rowColumn}`,
    );
  }

  async groupRuns(runColumn: string | undefined, everyRow = false): Promise<string[]> {
    const first = everyRow ? "position" : "min(position) over (partition by name)";
    const name = runColumn === undefined ? "''" : `coalesce(${quoted(runColumn)}::varchar, '')`;
    await this.connection.run(
      `create or replace temp table run_of as
        select position, dense_rank() over (order by first) - 1 as run, name
        from (select position, name, ${first} as first from (select ${rowColumn} as position, ${name} as name from data))`,
    );
    const rows = await queryRows<{ name: string }>(
      this.connection,
      "select any_value(name) as name from run_of group by run order by run",
    );
    return rows.map((row) => row.name);
  }

  async onlyValues(column: string): Promise<(string | null | undefined)[]> {
    const rows = await queryRows<{ value: string | null; count: number }>(
      this.connection,
      `select any_value(d.value) as value, count(distinct d.value) as count
        from run_of r join (select ${rowColumn} as position, ${quoted(column)}::varchar as value from data) d using (position)
        group by r.run order by r.run`,
    );
    return rows.map(({ value, count }) => (count > 1 ? undefined : value));
  }

  async series(wanted: { value: string; step?: string; time?: string }): Promise<FileSeries> {
    const { value, step, time } = wanted;
    const at = timeExpression(time, time === undefined ? undefined : this.columns.get(time));
    const steps =
      step === undefined
        ? "row_number() over (partition by r.run order by r.position) - 1"
        : `d.${quoted(step)}::double`;
    const [runs, stepColumn, timestamps, values] = await numberColumns(
      this.connection,
      `select r.run::double, coalesce((${steps})::double, 'nan'), coalesce(${at}, 'nan'), d.${quoted(value)}::double
        from run_of r join data d on d.${rowColumn} = r.position
        where d.${quoted(value)} is not null order by r.run, 2, r.position`,
    );
    return { runs, steps: stepColumn, timestamps, values } as FileSeries;
  }
}
