import { existsSync, rmSync } from "node:fs";
import { applyEvents } from "./apply-events";
import { MetricBatch } from "./apply-metrics";
import { inTransaction, queryRows, type Connection } from "./connection";
import type { JournalEvent } from "./events";
import { scanFrames } from "./frame";
import { segmentMagic } from "./journal";
import { storePaths } from "./layout";
import { listSegments, readFrom, type Segment } from "./segments";

/** Marks a segment of which nothing more will come. */
const finished = Number.MAX_SAFE_INTEGER;

/** What this process last saw in each store, so that a read of an unchanged store opens it only once. */
const lastSeen = new Map<string, Map<string, number>>();

function stateOf(segment: Segment): number {
  return segment.alive ? segment.size : finished;
}

/** True when the journals hold something that the database may not have yet. */
export function hasNews(store: string): boolean {
  if (!existsSync(storePaths.database(store))) return true;
  const seen = lastSeen.get(store);
  if (!seen) return true;
  return listSegments(store).some((segment) => seen.get(segment.name) !== stateOf(segment));
}

/** Reads what is new in one segment; the journal's order is kept. */
function readSegment(segment: Segment, from: number) {
  const events: JournalEvent[] = [];
  const metrics = new MetricBatch();
  const data = readFrom(segment.path, from);
  const start = from === 0 ? segmentMagic.length : 0;
  if (from === 0 && !data.subarray(0, start).equals(segmentMagic)) {
    const fault = data.length < start ? null : "not a journal segment";
    return { events, metrics, consumed: 0, ended: false, fault };
  }
  const scan = scanFrames(
    data.subarray(start),
    (event) => events.push(event as JournalEvent),
    (metric) => {
      metrics.add(metric);
    },
  );
  const ended = events.at(-1)?.kind === "segment-end";
  const fault =
    scan.reason === "corrupt" ? `a corrupt record at byte ${from + start + scan.end}` : null;
  return { events, metrics, consumed: from + start + scan.end, ended, fault };
}

/** Takes in one segment from an offset; returns true when it can be deleted. */
async function ingestSegment(
  connection: Connection,
  segment: Segment,
  from: number,
): Promise<boolean> {
  const part = readSegment(segment, from);
  const left = segment.size - part.consumed;
  const fault =
    part.fault ?? (left > 0 && !segment.alive ? `${left} bytes that are no whole record` : null);
  const ended = part.ended || fault !== null || !segment.alive;
  await applyEvents(connection, part.events, segment.writer);
  await part.metrics.apply(connection);
  await connection.run("insert or replace into journal_segments values (?, ?, ?::bigint, ?, ?)", [
    segment.name,
    segment.writer,
    part.consumed,
    ended,
    fault,
  ]);
  return ended && fault === null;
}

/** Runs that no living process writes any more, and that never said how they ended. */
async function markKilledRuns(connection: Connection, live: readonly string[]): Promise<void> {
  await connection.run(
    `update runs set status = 'killed', ended_at = coalesce(
        (select max(last_timestamp) from metric_series m where m.run_id = runs.run_id), started_at)
      where status = 'running' and writer not in (select unnest(from_json(?, '["VARCHAR"]')))`,
    [JSON.stringify(live)],
  );
}

/**
 * Table functions over the logged tables of each kind: `from predictions() where run_id = '…'`. A file counts once
 * its record is here, so a table that was half written when a process died is never seen. DuckDB reads a file when
 * it creates such a function, so a function comes with the first table of its kind.
 */
async function createTableFunctions(connection: Connection): Promise<void> {
  const kinds = await queryRows<{ kind: string }>(
    connection,
    `select distinct kind from logged_tables
      where kind not in (select function_name from duckdb_functions() where function_type = 'table_macro')`,
  );
  for (const { kind } of kinds)
    await connection.run(
      `create macro ${kind}() as table
        select logged.name as table_name, data.* exclude (filename)
        from read_parquet('tables/${kind}/*/*.parquet', union_by_name = true, hive_partitioning = true,
          hive_types = {'run_id': varchar}, filename = true) data
        join logged_tables logged on logged.kind = '${kind}' and logged.run_id = data.run_id
          and parse_filename(logged.path) = parse_filename(data.filename)`,
    );
}

interface Progress {
  consumed: number;
  ended: boolean;
  fault: string | null;
}

async function readProgress(connection: Connection): Promise<Map<string, Progress>> {
  const rows = await queryRows<Progress & { segment: string }>(
    connection,
    "select segment, consumed, ended, fault from journal_segments",
  );
  return new Map(rows.map((row) => [row.segment, row]));
}

/**
 * Takes what the journals hold into the tables: each segment in one transaction together with the offset
 * up to which it was read, so that every record arrives exactly once whenever the process dies.
 * A segment of which nothing more will come is deleted once all of it is committed; one with a fault is kept.
 */
export async function ingest(connection: Connection, store: string): Promise<void> {
  const segments = listSegments(store);
  const seen = new Map<string, number>();
  const progress = await readProgress(connection);
  for (const segment of segments) {
    const { consumed = 0, ended = false, fault = null } = progress.get(segment.name) ?? {};
    let deletable = ended && fault === null;
    if (!ended && (consumed < segment.size || !segment.alive))
      deletable = await inTransaction(connection, () =>
        ingestSegment(connection, segment, consumed),
      );
    if (deletable) rmSync(segment.path, { force: true });
    else seen.set(segment.name, stateOf(segment));
  }
  const live = new Set(segments.filter((segment) => segment.alive).map(({ writer }) => writer));
  await markKilledRuns(connection, [...live]);
  await createTableFunctions(connection);
  lastSeen.set(store, seen);
}
