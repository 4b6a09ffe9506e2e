import { existsSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AssayerError } from "../../errors";
import { putArtifactFile } from "../artifacts";
import {
  copyDatabase,
  queryRows,
  quotedText,
  takeTurn,
  visit,
  type Connection,
} from "../connection";
import { isDigest } from "../digest";
import { copyDurably } from "../durable-file";
import { listDigests, listedDigests } from "../file-list";
import { newId } from "../id";
import { ingest } from "../journal/ingest";
import { findStore, isTablePath, readManifest, storePaths } from "../layout";
import { eachItem, type LongWork } from "../long-work";
import { mergeVersions, type Renumbered, type VersionCounts } from "./merge-versions";
import type { Store } from "../store";
import { inTransaction } from "../transaction";

/** Two stores that say different things of one; ours was kept. */
export interface MergeConflict {
  /** Such as `param depth of run 01j…`. */
  what: string;
  ours: string;
  theirs: string;
}

/** What a merge brought: counts are of what was new. */
export interface MergeReport extends VersionCounts {
  runs: number;
  params: number;
  tags: number;
  /** Values of metrics. */
  metrics: number;
  artifacts: number;
  datasets: number;
  tables: number;
  conflicts: MergeConflict[];
  /** Model versions whose number another version has here. */
  renumbered: Renumbered[];
  /** Files that the other store names and does not have, or has with other bytes. */
  missingFiles: string[];
}

/** Rows of a run that have a name and stay as they are. */
const namedRows = [
  { table: "params", keys: ["key"], what: "param", value: "value", count: "params" },
  { table: "tags", keys: ["key"], what: "tag", value: "value", count: "tags" },
  { table: "artifacts", keys: ["name"], what: "artifact", value: "digest", count: "artifacts" },
  { table: "logged_tables", keys: ["kind", "name"], what: "table", value: "path", count: "tables" },
] as const;

async function change(connection: Connection, sql: string): Promise<number> {
  return (await connection.run(sql)).rowsChanged;
}

/** A copy of another store's database with everything in it that its journals hold; the store stays as it is. */
async function snapshot(store: string, database: string): Promise<void> {
  await takeTurn(store, async () => {
    if (existsSync(storePaths.database(store))) await copyDatabase(store, database);
    const work = (connection: Connection) => ingest(connection, store, database);
    while (await visit(store, "write", work, { database }));
  });
}

/** Brings the files over that ours does not have; returns those that theirs has not either. */
async function copyFiles(
  ours: string,
  theirs: string,
  database: string,
  work: LongWork,
): Promise<string[]> {
  const { named, lists, paths } = await takeTurn(theirs, () =>
    visit(
      theirs,
      "read",
      async (connection) => ({
        lists: await listDigests(connection),
        named: await queryRows<{ digest: string }>(
          connection,
          "select digest from artifacts union select digest from model_versions union select digest from version_profiles union select digest from version_backgrounds",
        ),
        paths: await queryRows<{ path: string }>(connection, "select path from logged_tables"),
      }),
      { database },
    ),
  );
  const digests = new Set(named.map(({ digest }) => digest));
  const foreign =
    [...digests].find((digest) => !isDigest(digest)) ??
    paths.find(({ path }) => !isTablePath(path))?.path;
  if (foreign !== undefined)
    throw new AssayerError(
      "invalid-store",
      `merge requires a store that names only files of its own; got ${foreign}`,
    );
  for (const digest of await listedDigests(theirs, lists)) digests.add(digest);
  const missing: string[] = [];
  const absent = <T>(items: readonly T[], place: (item: T) => string) =>
    items.filter((item) => !existsSync(place(item)));
  const artifacts = absent([...digests], (digest) => storePaths.artifact(ours, digest));
  await eachItem(artifacts, "artifact", work, async (digest) => {
    const file = storePaths.artifact(theirs, digest);
    try {
      if (existsSync(file)) await putArtifactFile(ours, file, digest);
      else missing.push(`artifacts/${digest}`);
    } catch (error) {
      if (!(error instanceof AssayerError)) throw error;
      missing.push(`artifacts/${digest}`);
    }
  });
  const tables = absent(paths, ({ path }) => join(ours, path));
  await eachItem(tables, "table", work, ({ path }) => {
    if (existsSync(join(theirs, path))) copyDurably(join(theirs, path), join(ours, path));
    else missing.push(path);
  });
  return missing;
}

/** What both stores have, and say differently. */
async function findConflicts(connection: Connection): Promise<MergeConflict[]> {
  const ofRows = namedRows.map(
    ({ table, keys, what, value }) =>
      `select '${what} ' || ${keys.map((key) => `o.${key}`).join(" || ' ' || ")} || ' of run ' || o.run_id as what,
        m.${value} as ours, o.${value} as theirs
      from other.${table} o join ${table} m using (run_id, ${keys.join(", ")}) where m.${value} <> o.${value}`,
  );
  const ofRuns = ["name", "note"].map(
    (column) =>
      `select '${column} of run ' || o.run_id, coalesce(m.${column}, ''), coalesce(o.${column}, '')
      from other.runs o join runs m using (run_id) where m.${column} is distinct from o.${column}`,
  );
  return queryRows<MergeConflict>(
    connection,
    `${[...ofRows, ...ofRuns].join(" union all ")} order by what`,
  );
}

async function mergeRuns(connection: Connection): Promise<number> {
  // A run that ended after one of the stores was copied has ended in both.
  await connection.run(
    `update runs set status = o.status, ended_at = o.ended_at, error = o.error from other.runs o
      where runs.run_id = o.run_id and runs.status in ('running', 'killed') and o.status in ('finished', 'failed')`,
  );
  return change(
    connection,
    "insert into runs by name select * from other.runs where run_id not in (select run_id from runs)",
  );
}

/** Series that are new come whole; of one that both have, the points that ours lacks. */
async function mergeMetrics(connection: Connection): Promise<number> {
  await connection.run(
    `create or replace temp table merging as
      select o.series_id as theirs, m.series_id as known,
        coalesce(m.series_id, (select coalesce(max(series_id), 0) from metric_series)
          + row_number() over (partition by m.series_id is null order by o.series_id))::integer as ours,
      from other.metric_series o left join metric_series m using (run_id, key)
      where m.series_id is null or (m.count, m.last_step, m.last_timestamp, m.last_value, m.min_value, m.max_value)
        is distinct from (o.count, o.last_step, o.last_timestamp, o.last_value, o.min_value, o.max_value)`,
  );
  await connection.run(
    `insert into metric_series select m.ours, o.* exclude (series_id)
      from other.metric_series o join merging m on m.theirs = o.series_id where m.known is null`,
  );
  const fresh = await change(
    connection,
    `insert into metric_points select m.ours, p.step, p.timestamp, p.value
      from other.metric_points p join merging m on m.theirs = p.series_id where m.known is null`,
  );
  const added = await change(
    connection,
    `insert into metric_points
      (select m.ours, p.step, p.timestamp, p.value
        from other.metric_points p join merging m on m.theirs = p.series_id where m.known is not null)
      except all
      (select p.series_id, p.step, p.timestamp, p.value
        from metric_points p join merging m on m.known = p.series_id)`,
  );
  await connection.run(
    `update metric_series s set count = p.count, nan_count = p.nan_count, first_step = p.first_step,
        last_step = p.last_step, last_timestamp = p.last.timestamp,
        last_value = p.last.value, min_value = p.min_value, max_value = p.max_value
      from (select series_id, count(*) as count, count(*) filter (isnan(value)) as nan_count, min(step) as first_step,
          max(step) as last_step,
          arg_max({'timestamp': timestamp, 'value': value}, (step, timestamp)) as last,
          min(value) filter (not isnan(value)) as min_value, max(value) filter (not isnan(value)) as max_value
        from metric_points where series_id in (select known from merging where known is not null) group by series_id) p
      where s.series_id = p.series_id`,
  );
  await connection.run("drop table merging");
  return fresh + added;
}

/**
 * Brings the runs, models and history of another store into this one, in one transaction: a second merge of the same
 * brings nothing, and one that is killed leaves the tables as they were. Where both stores say different things of
 * one, ours is kept and the conflict is named. The other store is only read.
 *
 * @param other a store's folder, or one that has a store in it
 * @throws AssayerError "invalid-store" when there is none, or it is the same one
 */
export async function mergeStore(
  target: Store,
  other: string,
  options: LongWork = {},
): Promise<MergeReport> {
  const theirs = findStore(other);
  if (theirs === undefined)
    throw new AssayerError("invalid-store", `merge requires a store; got none in ${other}`);
  readManifest(theirs);
  const ours = target.directory;
  if (realpathSync(theirs) === realpathSync(ours))
    throw new AssayerError("invalid-store", `merge requires another store; got this one: ${other}`);
  const scratch = join(ours, `merge-${newId()}.tmp`);
  mkdirSync(scratch);
  const database = join(scratch, "store.duckdb");
  try {
    await snapshot(theirs, database);
    const missingFiles = await copyFiles(ours, theirs, database, options);
    options.signal?.throwIfAborted();
    options.onProgress?.("tables", 1);
    return await target.decide(async (connection) => {
      await connection.run(`attach ${quotedText(database)} as other (read_only)`);
      try {
        return await inTransaction(connection, async () => {
          const conflicts = await findConflicts(connection);
          const runs = await mergeRuns(connection);
          const counts = { params: 0, tags: 0, artifacts: 0, tables: 0 };
          for (const { table, keys, count } of namedRows)
            counts[count] = await change(
              connection,
              `insert into ${table} by name select o.* from other.${table} o anti join ${table} m using (run_id, ${keys.join(", ")})`,
            );
          const datasets = await change(
            connection,
            "insert or ignore into datasets by name select * from other.datasets",
          );
          const metrics = await mergeMetrics(connection);
          const versions = await mergeVersions(connection, target);
          return {
            runs,
            ...counts,
            metrics,
            datasets,
            ...versions.counts,
            conflicts: [...conflicts, ...versions.conflicts],
            renumbered: versions.renumbered,
            missingFiles,
          };
        });
      } finally {
        await connection.run("detach other");
      }
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
