import { openScan } from "../store/scan/open-scan";
import type { DataSource } from "../store/scan/data-source";
import type { LongWork } from "../store/long-work";

/** A column of data, as reports see it. */
export interface DataColumn {
  name: string;
  type: "number" | "boolean" | "text" | "time" | "other";
}

/**
 * Names and types of the columns of a table, in its order: what a report on it may name.
 *
 * @throws AssayerError "invalid-source" for files that are not there or cannot be read, "invalid-sql" for a query that
 *   fails
 * @example (await dataColumns("predictions.parquet")).map(({ name }) => name)
 */
export function dataColumns(
  source: DataSource,
  options: Pick<LongWork, "signal"> = {},
): Promise<DataColumn[]> {
  return openScan(
    source,
    ({ columns }) => Promise.resolve(columns.map(({ name, type }) => ({ name, type }))),
    options,
  );
}
