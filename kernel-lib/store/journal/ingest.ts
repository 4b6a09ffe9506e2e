import { existsSync, rmSync } from "node:fs";
import { messageOf } from "../../errors";
import { applyEvents, type WrittenEvent } from "./apply-events";
import { MetricBatch } from "./apply-metrics";
import { stageRows } from "../append-rows";
import { queryRows, type Connection } from "../connection";
import type { JournalEvent } from "./events";
import { scanFrames } from "./frame";
import { segmentMagic } from "./journal";
import { storePaths } from "../layout";
import { listSegments, readFrom, type Segment } from "./segments";
import { createTableFunctions } from "../tables/table-functions";
import { inTransaction } from "../transaction";

/** Bytes of journal that one transaction takes in; others can have the database in between. */
const batchBytes = 64 * 1024 * 1024;

/** Marks a segment of which nothing more will come. */
const finished = Number.MAX_SAFE_INTEGER;

/** What this process last saw, by database, so that a read of an unchanged store opens it only once. */
const lastSeen = new Map<string, Map<string, number>>();

function stateOf(segment: Segment): number {
  return segment.alive ? segment.size : finished;
}

/** True when the journals hold something that the database, the store's own or a copy, may not have yet. */
export function hasNews(store: string, database = storePaths.database(store)): boolean {
  if (!existsSync(database)) return true;
  const seen = lastSeen.get(database);
  if (!seen) return true;
  return listSegments(store).some((segment) => seen.get(segment.name) !== stateOf(segment));
}

/** True when the store has journals at all, read or not: one that was closed has none. */
export function hasUnread(store: string): boolean {
  return !existsSync(storePaths.database(store)) || listSegments(store).length > 0;
}

/** How far a segment was taken in. */
interface Progress {
  consumed: number;
  /** Nothing more of it will be read. */
  ended: boolean;
  /** Why some of it was not taken in; such a segment is kept. */
  fault: string | null;
}

const unread: Progress = { consumed: 0, ended: false, fault: null };

interface Part extends Progress {
  segment: Segment;
}

/** Reads what is new in one segment. */
function readPart(
  segment: Segment,
  { consumed, fault: oldFault }: Progress,
  events: WrittenEvent[],
  metrics: MetricBatch,
): Part {
  const data = readFrom(segment.path, consumed);
  const start = consumed === 0 ? segmentMagic.length : 0;
  if (consumed === 0 && !data.subarray(0, start).equals(segmentMagic)) {
    const foreign = data.length >= start || !segment.alive;
    return { segment, consumed, ended: foreign, fault: foreign ? "not a journal segment" : null };
  }
  let last: JournalEvent["kind"] | undefined;
  let refused = 0;
  const { end, reason } = scanFrames(data.subarray(start), {
    event(event) {
      events.push({ event: event as JournalEvent, writer: segment.writer });
      last = (event as JournalEvent).kind;
    },
    metric(metric) {
      if (!metrics.add(metric)) refused++;
    },
    metrics(block) {
      refused += metrics.addMany(block);
    },
  });
  const reached = consumed + start + end;
  const left = segment.size - reached;
  let fault = oldFault;
  if (refused > 0) fault ??= `${refused} metric values with a step or time out of range`;
  if (reason === "corrupt") fault ??= `a corrupt record at byte ${reached}`;
  const ended = last === "segment-end" || reason === "corrupt" || !segment.alive;
  if (left > 0 && ended) fault ??= `${left} bytes that are no whole record`;
  return { segment, consumed: reached, ended, fault };
}

async function writeProgress(connection: Connection, parts: readonly Part[]): Promise<void> {
  await stageRows(
    connection,
    "progress",
    "segment varchar, writer varchar, consumed double, ended boolean, fault varchar",
    parts.map(({ segment, consumed, ended, fault }) => [
      segment.name,
      segment.writer,
      consumed,
      ended,
      fault,
    ]),
  );
  await connection.run(
    "insert or replace into journal_segments select segment, writer, consumed::bigint, ended, fault from progress",
  );
  await connection.run("drop table progress");
}

/**
 * The events that the tables take, each tried alone. Only for a batch that failed: one bad record, of a version of
 * this library with a mistake in it, must not keep all others out.
 */
async function soundEvents(connection: Connection, events: readonly WrittenEvent[]) {
  const sound: WrittenEvent[] = [];
  const faults = new Map<string, string>();
  for (const each of events) {
    await connection.run("begin");
    try {
      await applyEvents(connection, [each]);
      sound.push(each);
    } catch (error) {
      faults.set(each.writer, `a ${each.event.kind} record: ${messageOf(error)}`);
    } finally {
      await connection.run("rollback");
    }
  }
  return { sound, faults };
}

/** Takes some segments in: their records and the offsets up to which they were read, all or nothing. */
async function ingestBatch(
  connection: Connection,
  segments: readonly Segment[],
  progress: ReadonlyMap<string, Progress>,
): Promise<Part[]> {
  const events: WrittenEvent[] = [];
  const metrics = new MetricBatch();
  const parts = segments.map((segment) =>
    readPart(segment, progress.get(segment.name) ?? unread, events, metrics),
  );
  const apply = (wanted: readonly WrittenEvent[], done: readonly Part[]) =>
    inTransaction(connection, async () => {
      await applyEvents(connection, wanted);
      await metrics.apply(connection);
      await writeProgress(connection, done);
    });
  try {
    await apply(events, parts);
    return parts;
  } catch {
    const { sound, faults } = await soundEvents(connection, events);
    const told = parts.map((part) => ({
      ...part,
      fault: part.fault ?? faults.get(part.segment.writer) ?? null,
    }));
    await apply(sound, told);
    return told;
  }
}

/** Runs that no living process writes any more, and that never said how they ended. */
async function markKilledRuns(connection: Connection, segments: readonly Segment[]): Promise<void> {
  const live = segments.filter((segment) => segment.alive).map(({ writer }) => writer);
  await connection.run(
    `update runs set status = 'killed', ended_at = coalesce(
        (select max(last_timestamp) from metric_series m where m.run_id = runs.run_id), started_at)
      where status = 'running' and writer not in (select unnest(from_json(?, '["VARCHAR"]')))`,
    [JSON.stringify(live)],
  );
}

async function readProgress(
  connection: Connection,
  segments: readonly Segment[],
): Promise<Map<string, Progress>> {
  const rows = await queryRows<Progress & { segment: string }>(
    connection,
    `select segment, consumed, ended, fault from journal_segments
      where segment in (select unnest(from_json(?, '["VARCHAR"]')))`,
    [JSON.stringify(segments.map(({ name }) => name))],
  );
  return new Map(rows.map((row) => [row.segment, row]));
}

/** The first segments that have something new, as many as make a batch. */
function nextBatch(
  segments: readonly Segment[],
  progress: ReadonlyMap<string, Progress>,
): Segment[] {
  const batch: Segment[] = [];
  let bytes = 0;
  for (const segment of segments) {
    const { consumed, ended, fault } = progress.get(segment.name) ?? unread;
    // One that had ended may have more: its writer was out of sight, and wrote again.
    const isRead = consumed >= segment.size && (ended || segment.alive);
    if (isRead || (ended && fault !== null)) continue;
    bytes += segment.size - consumed;
    if (batch.length > 0 && bytes > batchBytes) break;
    batch.push(segment);
  }
  return batch;
}

/**
 * Takes what the journals hold into the tables: records in the same transaction as the offsets up to which their
 * segments were read, so that each arrives exactly once whenever the process dies. A segment of which nothing more
 * will come is deleted once all of it is committed, unless `copy` is a copy of the database; one with a fault is
 * kept.
 *
 * @returns true when there is more than one visit should take
 */
export async function ingest(
  connection: Connection,
  store: string,
  copy?: string,
): Promise<boolean> {
  const segments = listSegments(store);
  const progress = await readProgress(connection, segments);
  const batch = nextBatch(segments, progress);
  const parts = batch.length === 0 ? [] : await ingestBatch(connection, batch, progress);
  for (const part of parts) progress.set(part.segment.name, part);
  const seen = new Map<string, number>();
  for (const segment of segments) {
    const { ended, fault } = progress.get(segment.name) ?? unread;
    if (ended && fault === null && copy === undefined) rmSync(segment.path, { force: true });
    else seen.set(segment.name, stateOf(segment));
  }
  const others = segments.filter((segment) => !batch.includes(segment));
  if (nextBatch(others, progress).length > 0) return true;
  await markKilledRuns(connection, segments);
  await createTableFunctions(connection);
  lastSeen.set(copy ?? storePaths.database(store), seen);
  return false;
}
