import { stageRows } from "../append-rows";
import type { Connection } from "../connection";
import type { JournalEvent } from "./events";

type Kind = Exclude<JournalEvent["kind"], "segment" | "segment-end">;
type EventOf<K extends Kind> = Extract<JournalEvent, { kind: K }>;
type Cell = string | number | boolean | null;

/** How events of one kind reach the tables: staged as rows of `columns`, then taken over by `sql`. */
interface Applier<E> {
  columns: string;
  rows: (event: E, position: number, writer: string) => Cell[][];
  /** Events with one key replace each other; the last one counts. */
  key?: (event: E) => string;
  sql: readonly string[];
}

/** What is kept with a version; the one that was set last counts. */
function keptApplier(
  table: "version_profiles" | "version_backgrounds",
): Applier<EventOf<"version-profile" | "version-background">> {
  return {
    columns: `model varchar, number integer, digest varchar, size double, row_count double, column_count integer,
      set_by varchar, at_ms double`,
    key: (e) => JSON.stringify([e.model, e.number]),
    rows: (e) => [[e.model, e.number, e.digest, e.size, e.rows, e.columns, e.by, e.at]],
    sql: [
      `insert or replace into ${table} select model, number, digest, size::bigint, row_count::bigint,
        column_count, set_by, epoch_ms(at_ms::bigint) from staged s
        where not exists (select 1 from ${table} p
          where p.model = s.model and p.number = s.number and p.set_at > epoch_ms(s.at_ms::bigint))`,
    ],
  };
}

/** In the order in which they are applied: a run starts before it ends, a version is there before its stage. */
const appliers: { [K in Kind]: Applier<EventOf<K>> } = {
  "run-start": {
    columns: `run_id varchar, experiment varchar, name varchar, parent varchar, at_ms double, source_kind varchar,
      source_name varchar, git_commit varchar, git_dirty boolean, node_version varchar, assayer_version varchar,
      user_name varchar, writer varchar`,
    rows: (e, _, writer) => [
      [
        e.runId,
        e.experiment,
        e.name,
        e.parentRunId,
        e.at,
        e.source.kind,
        e.source.name,
        e.source.gitCommit,
        e.source.gitDirty,
        e.source.nodeVersion,
        e.source.assayerVersion,
        e.source.user,
        writer,
      ],
    ],
    sql: [
      `insert or ignore into runs select run_id, experiment, name, parent, 'running', epoch_ms(at_ms::bigint), null, null,
        null, source_kind, source_name, git_commit, git_dirty, node_version, assayer_version, user_name, writer, false, false, null, null
        from staged`,
    ],
  },
  "run-status": {
    columns:
      "position integer, run_id varchar, status varchar, error varchar, at_ms double, writer varchar",
    rows: (e, position, writer) => [[position, e.runId, e.status, e.error, e.at, writer]],
    sql: [
      `update runs set status = s.status, error = s.error,
          ended_at = if(s.status = 'running', null, epoch_ms(s.at_ms::bigint)),
          writer = if(s.status = 'running', s.writer, runs.writer)
        from (select * from staged qualify row_number() over (partition by run_id order by at_ms desc, position desc) = 1) s
        where runs.run_id = s.run_id`,
    ],
  },
  "run-edit": {
    columns: `position integer, run_id varchar, name varchar, starred boolean, hidden boolean, deleted boolean,
      edited_by varchar, at_ms double`,
    rows: ({ name = null, starred = null, hidden = null, deleted = null, ...e }, position) => [
      [position, e.runId, name, starred, hidden, deleted, e.by, e.at],
    ],
    sql: [
      `update runs set name = coalesce(s.name, runs.name), starred = coalesce(s.starred, runs.starred),
          hidden = coalesce(s.hidden, runs.hidden),
          deleted_at = case s.deleted when true then epoch_ms(s.deleted_ms::bigint) when false then null else runs.deleted_at end,
          deleted_by = case s.deleted when true then s.deleted_by when false then null else runs.deleted_by end
        from (select run_id, arg_max(name, (at_ms, position)) as name, arg_max(starred, (at_ms, position)) as starred,
            arg_max(hidden, (at_ms, position)) as hidden, arg_max(deleted, (at_ms, position)) as deleted,
            max(at_ms) filter (deleted is not null) as deleted_ms,
            arg_max(edited_by, (at_ms, position)) filter (deleted is not null) as deleted_by
          from staged group by run_id) s
        where runs.run_id = s.run_id`,
    ],
  },
  param: {
    columns: "run_id varchar, key varchar, value varchar, type varchar, number double",
    key: (e) => `${e.runId}${e.key}`,
    rows: (e) => [[e.runId, e.key, e.value, e.type, e.type === "number" ? Number(e.value) : null]],
    sql: ["insert or ignore into params select * from staged"],
  },
  tag: {
    columns: "run_id varchar, key varchar, value varchar",
    key: (e) => `${e.runId}${e.key}`,
    rows: (e) => [[e.runId, e.key, e.value]],
    sql: [
      "insert or replace into tags select * from staged where value is not null",
      `delete from tags using staged s
        where s.value is null and tags.run_id = s.run_id and tags.key = s.key`,
    ],
  },
  note: {
    columns: "run_id varchar, text varchar",
    key: (e) => e.runId,
    rows: (e) => [[e.runId, e.text]],
    sql: ["update runs set note = s.text from staged s where runs.run_id = s.run_id"],
  },
  artifact: {
    columns:
      "run_id varchar, name varchar, digest varchar, size double, media_type varchar, at_ms double",
    key: (e) => `${e.runId}${e.name}`,
    rows: (e) => [[e.runId, e.name, e.digest, e.size, e.mediaType, e.at]],
    sql: [
      `insert or replace into artifacts
        select run_id, name, digest, size::bigint, media_type, epoch_ms(at_ms::bigint) from staged`,
    ],
  },
  dataset: {
    columns: `run_id varchar, name varchar, digest varchar, context varchar, source varchar, row_count double,
      schema varchar, profile varchar, at_ms double`,
    key: (e) => JSON.stringify([e.runId, e.name, e.digest, e.context]),
    rows: (e) => [
      [e.runId, e.name, e.digest, e.context, e.source, e.rows, e.schema, e.profile, e.at],
    ],
    sql: [
      `insert or replace into datasets select run_id, name, digest, context, source, row_count::bigint, schema, profile,
        epoch_ms(at_ms::bigint) from staged`,
    ],
  },
  table: {
    columns:
      "run_id varchar, kind varchar, name varchar, row_count double, columns varchar, path varchar, at_ms double",
    key: (e) => `${e.runId}${e.table}/${e.name}`,
    rows: (e) => [[e.runId, e.table, e.name, e.rows, JSON.stringify(e.columns), e.path, e.at]],
    sql: [
      `insert or replace into logged_tables select run_id, kind, name, row_count::bigint,
        from_json(columns, '["VARCHAR"]'), path, epoch_ms(at_ms::bigint) from staged`,
    ],
  },
  "model-version": {
    columns: `model varchar, number integer, format varchar, stage varchar, digest varchar, size double, run_id varchar, at_ms double, created_by varchar,
      input varchar, output varchar, sample varchar, note varchar, profile varchar, profile_size double,
      profile_rows double, profile_columns integer, background varchar, background_size double,
      background_rows double, background_columns integer`,
    rows: (e) => [
      [
        e.model,
        e.number,
        e.format ?? "onnx",
        e.stage,
        e.digest,
        e.size,
        e.runId,
        e.at,
        e.by,
        e.input,
        e.output,
        e.sample,
        e.note,
        e.profile?.digest ?? null,
        e.profile?.size ?? null,
        e.profile?.rows ?? null,
        e.profile?.columns ?? null,
        e.background?.digest ?? null,
        e.background?.size ?? null,
        e.background?.rows ?? null,
        e.background?.columns ?? null,
      ],
    ],
    sql: [
      `insert or ignore into model_versions select model, number, format, stage, digest,
        size::bigint, run_id, epoch_ms(at_ms::bigint), created_by, input, output, sample, note from staged`,
      `insert or ignore into version_profiles select model, number, profile, profile_size::bigint,
        profile_rows::bigint, profile_columns, created_by, epoch_ms(at_ms::bigint) from staged where profile is not null`,
      `insert or ignore into version_backgrounds select model, number, background, background_size::bigint,
        background_rows::bigint, background_columns, created_by, epoch_ms(at_ms::bigint) from staged
        where background is not null`,
    ],
  },
  "version-tag": {
    columns: "model varchar, number integer, key varchar, value varchar",
    key: (e) => JSON.stringify([e.model, e.number, e.key]),
    rows: (e) => [[e.model, e.number, e.key, e.value]],
    sql: [
      "insert or replace into version_tags select * from staged where value is not null",
      `delete from version_tags v using staged s
        where s.value is null and v.model = s.model and v.number = s.number and v.key = s.key`,
    ],
  },
  "version-profile": keptApplier("version_profiles"),
  "version-background": keptApplier("version_backgrounds"),
  stage: {
    columns: `position integer, model varchar, number integer, from_stage varchar, to_stage varchar, reason varchar,
      changed_by varchar, at_ms double`,
    rows: (e, position) =>
      e.moves.map(({ number, from, to, reason }, i) => [
        position * 2 + i,
        e.model,
        number,
        from,
        to,
        reason,
        e.by,
        e.at,
      ]),
    sql: [
      `insert into stage_transitions
        select (select coalesce(max(transition_id), 0) from stage_transitions) + position + 1, model, number, from_stage,
          to_stage, reason, changed_by, epoch_ms(at_ms::bigint) from staged`,
      `update model_versions v set stage = s.stage from
        (select model, number, arg_max(to_stage, position) as stage from staged group by all) s
        where v.model = s.model and v.number = s.number`,
    ],
  },
  deployment: {
    columns: `deployment_id varchar, model varchar, number integer, target varchar, status varchar, detail varchar,
      counter double, deployed_by varchar, at_ms double`,
    rows: (e) => [
      [e.deploymentId, e.model, e.number, e.target, e.status, e.detail, e.counter, e.by, e.at],
    ],
    sql: [
      `insert or ignore into deployments select deployment_id, model, number, target, status, detail, counter::bigint,
        deployed_by, epoch_ms(at_ms::bigint) from staged`,
    ],
  },
};

/** An event and who wrote it. */
export interface WrittenEvent {
  event: JournalEvent;
  writer: string;
}

async function applyKind<E>(
  connection: Connection,
  applier: Applier<E>,
  events: readonly { event: E; writer: string }[],
): Promise<void> {
  const { key } = applier;
  const kept = key ? [...new Map(events.map((each) => [key(each.event), each])).values()] : events;
  const rows = kept.flatMap(({ event, writer }, position) => applier.rows(event, position, writer));
  await stageRows(connection, "staged", applier.columns, rows);
  for (const sql of applier.sql) await connection.run(sql);
  await connection.run("drop table staged");
}

/** Takes events into the tables, in an open transaction. Kinds of a later format are passed over. */
export async function applyEvents(
  connection: Connection,
  events: readonly WrittenEvent[],
): Promise<void> {
  for (const [kind, applier] of Object.entries(appliers)) {
    const ofKind = events.filter(({ event }) => event.kind === kind);
    if (ofKind.length > 0) await applyKind(connection, applier as Applier<JournalEvent>, ofKind);
  }
}
