import type { TableData } from "../tables/table-data";

/** A query of DuckDB's SQL, run in a database of its own: `{ sql: "from 'flights.parquet' where delay > 0" }`. */
export interface SqlSource {
  sql: string;
}

/**
 * A table to look at: rows, columns or an Arrow table in memory; the path of a Parquet or CSV file, in which `*` and
 * `?` name several; a query; or a table of a project, which `project.source` gives.
 */
export type DataSource = TableData | string | SqlSource | StoredSource;

/** Files of a project's store that hold a table. */
export class StoredSource {
  /** @internal Sources of a project come from `project.source`. */
  constructor(
    /** What the table is, in words: `features "test" of run 01…`. */
    readonly description: string,
    /** Runs `work` with Parquet files that hold the table, and removes those that were made for it. */
    readonly withFiles: <T>(work: (paths: readonly string[]) => Promise<T>) => Promise<T>,
    /** Where the rows can be found again, for whoever opens a report later. */
    readonly origin: SourceOrigin,
  ) {}
}

/** Where the rows of a report can be read again; `memory` for those that are gone. */
export type SourceOrigin =
  | { kind: "memory" }
  | { kind: "file"; path: string }
  | { kind: "sql"; sql: string }
  | { kind: "project-sql"; sql: string }
  | { kind: "logged-table"; runId: string; table: string; name: string };
