import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { AssayerError } from "../../errors";
import { queryRows, type Connection } from "../connection";
import { isDigest } from "../digest";
import { temporaryName } from "../durable-file";
import { listDigests, listedDigests } from "../file-list";
import { isTablePath, storePaths } from "../layout";
import type { Store } from "../store";
import { inTransaction } from "../transaction";

export interface GarbageOptions {
  /** Runs that were deleted before this, default 30 days ago; never one that is still running. */
  deletedBefore?: Date;
  /** Only tell what would go. */
  dryRun?: boolean;
}

export interface GarbageReport {
  runIds: string[];
  /** Deleted runs that stay, since they made these model versions. */
  kept: { runId: string; versions: string[] }[];
  files: number;
  /** Bytes of the files; `compact` frees the space in the database. */
  bytes: number;
}

const defaultAge = 30 * 24 * 3600 * 1000;

/** Bytes written this long ago are no longer about to be named by a record, in milliseconds. */
export const settledAge = 3600 * 1000;

/** True when a file was neither written nor asked for in the last hour. */
export function isSettled(path: string): boolean {
  return Date.now() - statSync(path).mtimeMs > settledAge;
}

/** Deletes a file that nothing names, unless somebody asks for it at the same moment. */
export function removeSettled(path: string): boolean {
  if (!existsSync(path) || !isSettled(path)) return false;
  const aside = temporaryName(path);
  renameSync(path, aside);
  const settled = isSettled(aside);
  if (settled) rmSync(aside, { force: true });
  else renameSync(aside, path);
  return settled;
}

const tablesOfRuns = ["params", "tags", "artifacts", "datasets", "logged_tables", "runs"] as const;

async function remove(connection: Connection, runIds: readonly string[]): Promise<void> {
  const chosen = `run_id in (select unnest(from_json(?, '["VARCHAR"]')))`;
  const ids = [JSON.stringify(runIds)];
  await inTransaction(connection, async () => {
    await connection.run(
      `delete from metric_points where series_id in (select series_id from metric_series where ${chosen})`,
      ids,
    );
    for (const table of ["metric_series", ...tablesOfRuns])
      await connection.run(`delete from ${table} where ${chosen}`, ids);
  });
}

/** Removes for good what was deleted softly: the runs, and files that no other run or model version names. */
export async function collectGarbage(
  store: Store,
  options: GarbageOptions = {},
): Promise<GarbageReport> {
  const { deletedBefore = new Date(Date.now() - defaultAge), dryRun = false } = options;
  if (!(deletedBefore instanceof Date) || Number.isNaN(deletedBefore.getTime()))
    throw new AssayerError("invalid-argument", "collectGarbage requires a valid date");
  return store.decide(async (connection) => {
    const deleted = await queryRows<{ runId: string; versions: string[] }>(
      connection,
      `select r.run_id as "runId", coalesce(list(v.model || '@' || v.number order by v.model, v.number)
          filter (v.model is not null), []) as versions
        from runs r left join model_versions v using (run_id)
        where deleted_at < epoch_ms(?::bigint) and status <> 'running' group by r.run_id order by r.run_id`,
      [deletedBefore.getTime()],
    );
    const kept = deleted.filter(({ versions }) => versions.length > 0);
    const runIds = deleted.flatMap(({ runId, versions }) => (versions.length > 0 ? [] : [runId]));
    const ids = [JSON.stringify(runIds)];
    const chosen = `run_id in (select unnest(from_json(?, '["VARCHAR"]')))`;
    const digests = await queryRows<{ digest: string }>(
      connection,
      `select distinct digest from artifacts where ${chosen}
        and digest not in (select digest from artifacts where not ${chosen})
        and digest not in (select digest from model_versions)
        and digest not in (select digest from version_profiles)
        and digest not in (select digest from version_backgrounds)`,
      [...ids, ...ids],
    );
    const tables = await queryRows<{ path: string }>(
      connection,
      `select path from logged_tables where ${chosen}`,
      ids,
    );
    const listed = await listedDigests(store.directory, await listDigests(connection));
    const artifacts = digests
      .filter(({ digest }) => isDigest(digest) && !listed.has(digest))
      .map(({ digest }) => storePaths.artifact(store.directory, digest));
    const settled = artifacts.filter((path) => existsSync(path) && isSettled(path));
    const files = tables
      .filter(({ path }) => isTablePath(path))
      .map(({ path }) => join(store.directory, path))
      .filter(existsSync);
    const doomed = [...settled, ...files].map((path) => ({ path, size: statSync(path).size }));
    if (!dryRun) {
      await remove(connection, runIds);
      for (const path of settled) removeSettled(path);
      for (const path of files) rmSync(path, { force: true });
    }
    const bytes = doomed.reduce((sum, { size }) => sum + size, 0);
    return { runIds, kept, files: doomed.length, bytes };
  });
}
