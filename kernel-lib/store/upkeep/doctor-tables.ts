import { existsSync } from "node:fs";
import { messageOf } from "../../errors";
import { queryRows } from "../connection";
import type { Examined, Problem } from "./doctor";
import { createDurably } from "../durable-file";
import { storePaths } from "../layout";

/** Reads every column of every table, so that a damaged block shows itself. */
export async function checkTables({ connection }: Examined): Promise<Problem[]> {
  const tables = await queryRows<{ name: string }>(
    connection,
    "select table_name as name from duckdb_tables() where not internal and not temporary order by 1",
  );
  const problems: Problem[] = [];
  for (const { name } of tables) {
    try {
      await connection.run(`select bit_xor(hash(t)) from ${name} t`);
    } catch (error) {
      const what = `table ${name} cannot be read: ${messageOf(error)}; restore it from a backup`;
      problems.push({ severity: "error", what });
    }
  }
  return problems;
}

/** What the points of a series come to; NaN apart for the extremes. */
const trueSummary = `select series_id, count(*) as count, count(*) filter (isnan(value)) as nan_count,
    min(step) as first_step, max(step) as last_step,
    min(value) filter (not isnan(value)) as min_value, max(value) filter (not isnan(value)) as max_value
  from metric_points group by series_id`;

export async function checkSeries({ connection }: Examined): Promise<Problem[]> {
  const wrong = await queryRows<{ key: string; runId: string }>(
    connection,
    `select s.key, s.run_id as "runId" from metric_series s left join (${trueSummary}) p using (series_id)
      where (s.count, s.nan_count, s.first_step, s.last_step, s.min_value, s.max_value)
        is distinct from (p.count, p.nan_count, p.first_step, p.last_step, p.min_value, p.max_value) order by all`,
  );
  const [orphans] = await queryRows<{ count: number }>(
    connection,
    "select count(*) as count from metric_points anti join metric_series using (series_id)",
  );
  const problems = wrong.map(({ key, runId }): Problem => ({
    severity: "error",
    what: `the summary of metric ${key} of run ${runId} does not fit its points`,
    repair: {
      what: "count its points again",
      work: () =>
        connection.run(
          `update metric_series s set count = p.count, nan_count = p.nan_count, first_step = p.first_step,
                last_step = p.last_step, last_timestamp = p.last.timestamp,
                last_value = p.last.value, min_value = p.min_value, max_value = p.max_value
              from (select *, (select arg_max({'timestamp': timestamp, 'value': value}, (step, timestamp))
                  from metric_points x where x.series_id = t.series_id) as last
                from (${trueSummary}) t) p
              where s.series_id = p.series_id and s.run_id = ? and s.key = ?`,
          [runId, key],
        ),
    },
  }));
  if ((orphans?.count ?? 0) > 0)
    problems.push({
      severity: "warning",
      what: `${orphans?.count} metric values of no series`,
      repair: {
        what: "delete them",
        work: () =>
          connection.run(
            "delete from metric_points where series_id not in (select series_id from metric_series)",
          ),
      },
    });
  return problems;
}

const tablesOfRuns = ["params", "tags", "metric_series", "artifacts", "datasets", "logged_tables"];

/** Rows whose run is not there: the segment that began it was lost, or the run was collected as garbage. */
export async function checkRunRows({ connection }: Examined): Promise<Problem[]> {
  const lost = await queryRows<{ runId: string; rows: number }>(
    connection,
    `select run_id as "runId", count(*) as rows
      from (${tablesOfRuns.map((table) => `select run_id from ${table}`).join(" union all ")})
      anti join runs using (run_id) group by run_id order by run_id`,
  );
  return lost.map(({ runId, rows }): Problem => ({
    severity: "error",
    what: `${rows} records of run ${runId}, whose beginning is not there`,
    repair: {
      what: "give it a beginning, in the experiment `recovered`",
      work: () =>
        connection.run(
          `insert into runs (run_id, experiment, name, status, started_at, source_kind, node_version,
                assayer_version, user_name, writer)
              values (?, 'recovered', 'recovered-' || right(?, 6), 'killed', coalesce(
                (select min(p.timestamp) from metric_points p join metric_series s using (series_id) where s.run_id = ?),
                now()::timestamp), 'unknown', 'unknown', 'unknown', 'unknown', 'unknown')`,
          [runId, runId, runId],
        ),
    },
  }));
}

/** Without the file that takes it, another process would give a version's number again. */
export async function checkReservations({ store, connection }: Examined): Promise<Problem[]> {
  const versions = await queryRows<{ model: string; number: number }>(
    connection,
    "select model, number from model_versions order by all",
  );
  return versions.flatMap(({ model, number }): Problem[] => {
    const path = storePaths.reservation(store.directory, model, number);
    if (existsSync(path)) return [];
    return [
      {
        severity: "error",
        what: `the number of ${model}@${number} could be given again`,
        repair: {
          what: "take it",
          work: () => {
            createDurably(path, "");
          },
        },
      },
    ];
  });
}
