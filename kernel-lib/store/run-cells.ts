import { queryRows, type Connection } from "./connection";
import type { ParamValue } from "./events";
import { numberColumns } from "./number-columns";

/** The parts of a run that are kept as rows of keys and values. */
interface RunCells {
  runId: string;
  params: Record<string, ParamValue>;
  metrics: Record<string, number>;
  tags: Record<string, string>;
}

const wanted = `(select unnest(ids) as run_id, unnest(range(len(ids))) as position
  from (select from_json(?, '["VARCHAR"]') as ids))`;

interface TextRow {
  position: number;
  key: string;
  value: string;
  type: string;
}

function paramValue({ value, type }: TextRow): ParamValue {
  if (type === "number") return Number(value);
  return type === "boolean" ? value === "true" : value;
}

/** Fills params, last metrics and tags of many runs, with one query for each; a million values take about a second. */
export async function addCells(connection: Connection, runs: readonly RunCells[]): Promise<void> {
  const ids = JSON.stringify(runs.map(({ runId }) => runId));
  const params = await queryRows<TextRow>(
    connection,
    `select position, key, value, type from params join ${wanted} using (run_id) order by key`,
    [ids],
  );
  for (const row of params) {
    const run = runs[row.position];
    if (run) run.params[row.key] = paramValue(row);
  }
  const tags = await queryRows<TextRow>(
    connection,
    `select position, key, value from tags join ${wanted} using (run_id) order by key`,
    [ids],
  );
  for (const { position, key, value } of tags) {
    const run = runs[position];
    if (run) run.tags[key] = value;
  }
  const keys = await queryRows<{ key: string }>(
    connection,
    "select distinct key from metric_series order by key",
  );
  const [positions = [], keyIndexes = [], values = []] = await numberColumns(
    connection,
    `select position::double, key_index::double, last_value
      from metric_series join ${wanted} using (run_id)
      join (select key, row_number() over (order by key) - 1 as key_index
        from (select distinct key from metric_series)) using (key)
      order by key_index`,
    [ids],
  );
  for (let i = 0; i < positions.length; i++) {
    const run = runs[positions[i] ?? -1];
    const key = keys[keyIndexes[i] ?? -1]?.key;
    if (run && key !== undefined) run.metrics[key] = values[i] ?? NaN;
  }
}
