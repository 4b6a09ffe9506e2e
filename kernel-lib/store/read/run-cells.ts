import type { DuckDBValue } from "@duckdb/node-api";
import { queryRows, type Connection } from "../connection";
import { numberColumns } from "../number-columns";

/** What a run keeps as rows of keys and values. */
export type CellGroup = "metrics" | "params" | "tags";

export const cellTables: Readonly<Record<CellGroup, string>> = {
  metrics: "metric_series",
  params: "params",
  tags: "tags",
};

/** Values of keys of runs, one after the other, ordered by key: position of the run, position of the key, value. */
interface Cells<Values> {
  keys: readonly string[];
  runs: ArrayLike<number>;
  keyIndexes: ArrayLike<number>;
  values: Values;
}

export type MetricCells = Cells<Float64Array>;
export type TextCells = Cells<string[]> & { types: readonly string[] };

const list = `unnest(from_json(?, '["VARCHAR"]'))`;
const numbered = (name: string) =>
  `(select unnest(all_of) as ${name}, unnest(range(len(all_of))) as ${name}_index
    from (select from_json(?, '["VARCHAR"]') as all_of))`;

/** The keys that some of the runs have, by name. */
export async function keysOfRuns(
  connection: Connection,
  group: CellGroup,
  runIds: readonly string[],
): Promise<string[]> {
  const rows = await queryRows<{ key: string }>(
    connection,
    `select distinct key from ${cellTables[group]} where run_id in (select ${list}) order by key`,
    [JSON.stringify(runIds)],
  );
  return rows.map(({ key }) => key);
}

const joined = (group: CellGroup) =>
  `from ${cellTables[group]} join ${numbered("run_id")} using (run_id) join ${numbered("key")} using (key)
    order by key_index`;

/** Last values of metrics; a million take about a second. */
export async function metricCells(
  connection: Connection,
  runIds: readonly string[],
  keys: readonly string[],
): Promise<MetricCells> {
  const [runs = [], keyIndexes = [], values = new Float64Array()] = await numberColumns(
    connection,
    `select run_id_index::double, key_index::double, last_value ${joined("metrics")}`,
    [JSON.stringify(runIds), JSON.stringify(keys)],
  );
  return { keys, runs, keyIndexes, values };
}

/** Params with their types, or tags. */
export async function textCells(
  connection: Connection,
  group: "params" | "tags",
  runIds: readonly string[],
  keys: readonly string[],
): Promise<TextCells> {
  const type = group === "params" ? "type" : "'string'";
  const reader = await connection.runAndReadAll(
    `select run_id_index::integer, key_index::integer, value, ${type} ${joined(group)}`,
    [JSON.stringify(runIds), JSON.stringify(keys)] as DuckDBValue[],
  );
  // Without rows there are no columns.
  const columns = reader.getColumns() as Partial<[number[], number[], string[], string[]]>;
  const [runs = [], keyIndexes = [], values = [], types = []] = columns;
  return { keys, runs, keyIndexes, values, types };
}
