import { AssayerError } from "../../errors";
import { requireCount } from "../check";
import { queryRows, type Connection, type SqlValue } from "../connection";
import type { ParamValue, RunStatus } from "../journal/events";
import { requireExperiment } from "./read-experiments";
import { keysOfRuns, metricCells, textCells, type CellGroup, type TextCells } from "./run-cells";
import { columnField } from "./search-fields";
import { parseFilter } from "./search-filter";
import { parseOrder } from "./search-order";
import { filterSql, orderSql, type SqlPart } from "./search-sql";

/** Which runs count: neither hidden nor deleted ones, also hidden ones, only deleted ones, or all. */
export type IncludedRuns = "visible" | "hidden" | "deleted" | "all";

export interface SearchRunsOptions {
  /** MLflow's filter language and more, such as `metrics.auc > 0.8 and params.depth = '6'`: see `parseFilter`. */
  filter?: string;
  experiment?: string;
  /** These runs alone. */
  runIds?: readonly string[];
  /** `metrics.auc desc`, `params.depth`, `started_at desc` (default) and so on, or several. Runs without the value come last. */
  orderBy?: string | readonly string[];
  /** Default 1000, or as many as `runIds` names. */
  limit?: number;
  offset?: number;
  /** What to read: `name`, `metrics.auc`, `params.depth`, `tags.x`; default all. */
  columns?: readonly string[];
  /** Default `visible`. */
  include?: IncludedRuns;
}

/** A run as a list shows it. */
export interface RunSummary {
  runId: string;
  name: string;
  experiment: string;
  status: RunStatus;
  startedAt: Date;
  endedAt: Date | null;
  parentRunId: string | null;
  starred: boolean;
  hidden: boolean;
  deletedAt: Date | null;
  params: Record<string, ParamValue>;
  /** Last value of each metric. */
  metrics: Record<string, number>;
  tags: Record<string, string>;
}

const inclusions: Readonly<Record<IncludedRuns, string>> = {
  visible: "r.deleted_at is null and not r.hidden",
  hidden: "r.deleted_at is null",
  deleted: "r.deleted_at is not null",
  all: "true",
};

/** The condition on `runs r` of who counts. */
export function includedSql(include: IncludedRuns = "visible"): string {
  if (Object.hasOwn(inclusions, include)) return inclusions[include];
  throw new AssayerError(
    "invalid-argument",
    `unknown include: ${include as string}; expected one of ${Object.keys(inclusions).join(", ")}`,
  );
}

function conditionSql({ filter, experiment, runIds, include }: SearchRunsOptions): SqlPart {
  const parts: SqlPart[] = [{ sql: includedSql(include), params: [] }];
  if (experiment !== undefined) parts.push({ sql: "r.experiment = ?", params: [experiment] });
  if (runIds)
    parts.push({
      sql: `r.run_id in (select unnest(from_json(?, '["VARCHAR"]')))`,
      params: [JSON.stringify(runIds)],
    });
  if (filter !== undefined && filter.trim() !== "") parts.push(filterSql(parseFilter(filter)));
  return {
    sql: parts.map(({ sql }) => sql).join(" and "),
    params: parts.flatMap(({ params }) => params),
  };
}

/** The runs that match, in order: `expressions` over `runs r` of each. */
export async function findRuns<Row>(
  connection: Connection,
  expressions: string,
  options: SearchRunsOptions,
): Promise<Row[]> {
  const { orderBy = [], runIds, experiment } = options;
  const limit = requireCount(options.limit ?? runIds?.length ?? 1000, "searchRuns: limit");
  const offset = requireCount(options.offset ?? 0, "searchRuns: offset");
  const orders = (typeof orderBy === "string" ? [orderBy] : orderBy).map(parseOrder);
  const { joins, terms } = orderSql(orders);
  const condition = conditionSql(options);
  const params: SqlValue[] = [...joins.params, ...condition.params, limit, offset];
  const rows = await queryRows<Row>(
    connection,
    `select ${expressions} from runs r ${joins.sql} where ${condition.sql}
      order by ${[...terms, "r.started_at desc", "r.run_id desc"].join(", ")} limit ? offset ?`,
    params,
  );
  if (rows.length === 0 && experiment !== undefined)
    await requireExperiment(connection, experiment);
  return rows;
}

/** How many runs match, whatever the limit. */
export async function countRuns(
  connection: Connection,
  options: SearchRunsOptions,
): Promise<number> {
  const { sql, params } = conditionSql(options);
  const [row] = await queryRows<{ total: number }>(
    connection,
    `select count(*) as total from runs r where ${sql}`,
    params,
  );
  return row?.total ?? 0;
}

const summaryColumns = `r.run_id as "runId", r.name, r.experiment, r.status, r.started_at as "startedAt",
  r.ended_at as "endedAt", r.parent_run_id as "parentRunId", r.starred, r.hidden, r.deleted_at as "deletedAt"`;

/**
 * Runs that match, in order, as rows.
 *
 * @throws AssayerError "invalid-filter", "unknown-experiment" when an experiment is named that has no runs
 */
export async function searchRuns(
  connection: Connection,
  options: SearchRunsOptions = {},
): Promise<RunSummary[]> {
  const fields = options.columns?.map(columnField);
  const found = await findRuns<Omit<RunSummary, CellGroup>>(connection, summaryColumns, options);
  const runs = found.map((run): RunSummary => ({ ...run, params: {}, metrics: {}, tags: {} }));
  const ids = runs.map(({ runId }) => runId);
  const keysOf = async (group: CellGroup) =>
    fields === undefined
      ? keysOfRuns(connection, group, ids)
      : [...new Set(fields.filter((field) => field.group === group).map(({ key }) => key))];
  const metrics = await metricCells(connection, ids, await keysOf("metrics"));
  for (let i = 0; i < metrics.values.length; i++) {
    const run = runs[metrics.runs[i] ?? -1];
    const key = metrics.keys[metrics.keyIndexes[i] ?? -1];
    if (run && key !== undefined) run.metrics[key] = metrics.values[i] ?? NaN;
  }
  eachText(
    await textCells(connection, "params", ids, await keysOf("params")),
    (i, key, value, type) => {
      const run = runs[i];
      if (run) run.params[key] = paramValue(value, type);
    },
  );
  eachText(await textCells(connection, "tags", ids, await keysOf("tags")), (i, key, value) => {
    const run = runs[i];
    if (run) run.tags[key] = value;
  });
  return runs;
}

function eachText(
  { keys, runs, keyIndexes, values, types }: TextCells,
  visit: (run: number, key: string, value: string, type: string) => void,
): void {
  for (let i = 0; i < values.length; i++)
    visit(runs[i] ?? -1, keys[keyIndexes[i] ?? -1] ?? "", values[i] ?? "", types[i] ?? "");
}

function paramValue(value: string, type: string): ParamValue {
  if (type === "number") return Number(value);
  return type === "boolean" ? value === "true" : value;
}
