import type { Table } from "apache-arrow";
import type { Connection } from "../connection";
import { queryRows } from "../connection";
import {
  cellTables,
  keysOfRuns,
  metricCells,
  textCells,
  type CellGroup,
  type TextCells,
} from "./run-cells";
import { attributes, columnField, type Field } from "./search-fields";
import { countRuns, findRuns, includedSql, type SearchRunsOptions } from "./search-runs";

/** One column of many runs, a value for each. Booleans are text: `true` and `false`. */
export type RunColumn =
  /** `time` is milliseconds since the epoch. `present` is 1 where there is a value, which may be NaN, else 0. */
  | { kind: "number" | "time"; values: Float64Array; present: Uint8Array }
  | { kind: "text"; values: (string | null)[] };

/** Runs as columns by their names: reading some of very many metrics costs what those alone cost. */
export interface RunColumns {
  runIds: string[];
  /** Runs that match, also beyond `limit`. */
  total: number;
  columns: Record<string, RunColumn>;
}

/** A key that some run logged. */
export interface RunColumnInfo {
  /** The column's name, such as `metrics.auc`. */
  id: string;
  kind: CellGroup;
  key: string;
  /** Visible runs that have it. */
  runs: number;
}

type AttributeRow = { run_id: string } & Record<`a${number}`, string | number | boolean | null>;

/** Columns that all runs have, where none are asked for. */
const usualAttributes = ["name", "experiment", "status", "started_at", "ended_at"];

function numberColumn(kind: "number" | "time", runs: number) {
  return { kind, values: new Float64Array(runs).fill(NaN), present: new Uint8Array(runs) };
}

function attributeColumn(
  key: string,
  values: readonly (string | number | boolean | null)[],
): RunColumn {
  const type = attributes[key]?.type;
  if (type !== "number" && type !== "time")
    return {
      kind: "text",
      values: values.map((value) => (value === null ? null : String(value))),
    };
  return {
    kind: type,
    values: Float64Array.from(values, (value) => (value === null ? NaN : Number(value))),
    present: Uint8Array.from(values, (value) => Number(value !== null)),
  };
}

/** A column of numbers where all values are, else of text, for each key. */
function textColumns({ keys, runs, keyIndexes, values, types }: TextCells, count: number) {
  const texts = new Set<number>();
  for (let i = 0; i < types.length; i++) if (types[i] !== "number") texts.add(keyIndexes[i] ?? -1);
  const columns = keys.map((_, k): RunColumn =>
    texts.has(k)
      ? { kind: "text", values: new Array<string | null>(count).fill(null) }
      : numberColumn("number", count),
  );
  for (let i = 0; i < values.length; i++) {
    const column = columns[keyIndexes[i] ?? -1];
    const run = runs[i] ?? 0;
    if (column?.kind === "text") column.values[run] = values[i] ?? null;
    else if (column) {
      column.values[run] = Number(values[i]);
      column.present[run] = 1;
    }
  }
  return columns;
}

async function cellColumns(
  connection: Connection,
  group: CellGroup,
  runIds: readonly string[],
  keys: readonly string[],
): Promise<RunColumn[]> {
  if (group !== "metrics") {
    const cells = await textCells(connection, group, runIds, keys);
    if (group === "params") return textColumns(cells, runIds.length);
    return textColumns({ ...cells, types: cells.types.map(() => "string") }, runIds.length).map(
      // A tag that no run has is text all the same.
      (column) =>
        column.kind === "text" ? column : { kind: "text", values: runIds.map(() => null) },
    );
  }
  const { runs, keyIndexes, values } = await metricCells(connection, runIds, keys);
  const columns = keys.map(() => numberColumn("number", runIds.length));
  for (let i = 0; i < values.length; i++) {
    const column = columns[keyIndexes[i] ?? -1];
    const run = runs[i] ?? -1;
    if (!column) continue;
    column.values[run] = values[i] ?? NaN;
    column.present[run] = 1;
  }
  return columns;
}

/** Runs that match, in order, as columns. */
export async function searchRunColumns(
  connection: Connection,
  options: SearchRunsOptions,
): Promise<RunColumns> {
  const asked = options.columns?.map((id): { id: string; field: Field } => ({
    id,
    field: columnField(id),
  }));
  const ofAttributes =
    asked?.filter(({ field }) => field.group === "attributes") ??
    usualAttributes.map((key) => ({ id: key, field: { group: "attributes" as const, key } }));
  const expressions = ofAttributes.map(({ field: { key } }, i) => {
    const { type, sql } = attributes[key] ?? { type: "text", sql: "null" };
    return `${type === "time" ? `epoch_us(${sql}) / 1e3` : sql} as a${i}`;
  });
  const rows = await findRuns<AttributeRow>(
    connection,
    ["r.run_id", ...expressions].join(", "),
    options,
  );
  const runIds = rows.map(({ run_id }) => run_id);
  const columns: Record<string, RunColumn> = {};
  // In the order in which they were asked for.
  for (const { id } of asked ?? ofAttributes) columns[id] = { kind: "text", values: [] };
  ofAttributes.forEach(({ id, field: { key } }, i) => {
    columns[id] = attributeColumn(
      key,
      rows.map((row) => row[`a${i}`] ?? null),
    );
  });
  for (const group of ["metrics", "params", "tags"] as const) {
    const wanted =
      asked?.filter(({ field }) => field.group === group) ??
      (await keysOfRuns(connection, group, runIds)).map((key) => ({
        id: `${group}.${key}`,
        field: { group, key },
      }));
    const keys = [...new Set(wanted.map(({ field }) => field.key))];
    const found = await cellColumns(connection, group, runIds, keys);
    for (const { id, field } of wanted) {
      const column = found[keys.indexOf(field.key)];
      if (column) columns[id] = column;
    }
  }
  const isWhole = options.offset === undefined && runIds.length < (options.limit ?? 1000);
  const total = isWhole ? runIds.length : await countRuns(connection, options);
  return { runIds, total, columns };
}

/** The columns as an Arrow table with `run_id` first; what is missing is null. */
export async function arrowOfColumns({ runIds, columns }: RunColumns): Promise<Table> {
  const { Float64, Table, TimestampMillisecond, Utf8, vectorFromArray } =
    await import("apache-arrow");
  const vectorOf = (column: RunColumn) => {
    if (column.kind === "text") return vectorFromArray(column.values, new Utf8());
    const { values, present } = column;
    const cells = Array.from(values, (value, i) => (present[i] === 1 ? value : null));
    return column.kind === "number"
      ? vectorFromArray(cells, new Float64())
      : vectorFromArray(cells, new TimestampMillisecond());
  };
  return new Table({
    run_id: vectorFromArray(runIds, new Utf8()),
    ...Object.fromEntries(Object.entries(columns).map(([id, each]) => [id, vectorOf(each)])),
  });
}

/** Every key of the runs that are visible, and how many have it: metrics, then params, then tags, by name. */
export async function listRunColumns(connection: Connection): Promise<RunColumnInfo[]> {
  const infos: RunColumnInfo[] = [];
  for (const kind of ["metrics", "params", "tags"] as const) {
    const rows = await queryRows<{ key: string; runs: number }>(
      connection,
      `select key, count(*) as runs from ${cellTables[kind]}
        where run_id in (select r.run_id from runs r where ${includedSql()}) group by key order by key`,
    );
    for (const { key, runs } of rows) infos.push({ id: `${kind}.${key}`, kind, key, runs });
  }
  return infos;
}
