import { rmSync } from "node:fs";
import { stageRows } from "../append-rows";
import { queryRows, type Connection } from "../connection";
import { createDurably } from "../durable-file";
import { storePaths } from "../layout";
import type { MergeConflict } from "./merge";
import type { Store } from "../store";
import { currentUser } from "../user";

export interface VersionCounts {
  modelVersions: number;
  versionTags: number;
  versionProfiles: number;
  versionBackgrounds: number;
  stageTransitions: number;
  deployments: number;
}

/** A version that has another number here than in the store it came from. */
export interface Renumbered {
  model: string;
  from: number;
  to: number;
}

interface Version {
  model: string;
  number: number;
  stage: string;
  /** What makes two records the same version, whatever their number. */
  identity: string;
}

/** Where a version of the other store goes. */
interface Placed extends Version {
  theirs: number;
  isNew: boolean;
}

const versionsOf = (connection: Connection, schema: string) =>
  queryRows<Version>(
    connection,
    `select model, number, stage, concat_ws(' ', digest, epoch_us(created_at), run_id) as identity
      from ${schema}.model_versions order by model, number`,
  );

/** Takes a version's own number if it is free, else the next that is. */
function takeNumber(store: string, version: Version, taken: ReadonlySet<number>, files: string[]) {
  const last = Math.max(0, ...taken);
  for (let number = version.number; ; number = Math.max(last, number) + 1) {
    const path = storePaths.reservation(store, version.model, number);
    if (taken.has(number) || !createDurably(path, "")) continue;
    files.push(path);
    return number;
  }
}

async function write(
  connection: Connection,
  placed: readonly Placed[],
): Promise<{ counts: VersionCounts; conflicts: MergeConflict[] }> {
  await stageRows(
    connection,
    "placed",
    "model varchar, theirs integer, number integer, stage varchar, is_new boolean",
    placed.map(({ model, theirs, number, stage, isNew }) => [model, theirs, number, stage, isNew]),
  );
  const change = async (sql: string) => (await connection.run(sql)).rowsChanged;
  const modelVersions = await change(
    `insert into model_versions by name
      select o.* replace (p.number as number, p.stage as stage)
      from other.model_versions o join placed p on p.model = o.model and p.theirs = o.number where p.is_new`,
  );
  const versionTags = await change(
    `insert or ignore into version_tags select o.model, p.number, o.key, o.value
      from other.version_tags o join placed p on p.model = o.model and p.theirs = o.number`,
  );
  const kept = (table: string) =>
    change(
      `insert or ignore into ${table} by name select o.* replace (p.number as number)
        from other.${table} o join placed p on p.model = o.model and p.theirs = o.number`,
    );
  const differing = (what: string, table: string) =>
    queryRows<MergeConflict>(
      connection,
      `select '${what} of ' || p.model || '@' || p.number as what, m.digest as ours, o.digest as theirs
        from other.${table} o join placed p on p.model = o.model and p.theirs = o.number
          join ${table} m on m.model = p.model and m.number = p.number
        where m.digest <> o.digest order by what`,
    );
  const versionProfiles = await kept("version_profiles");
  const versionBackgrounds = await kept("version_backgrounds");
  const conflicts = [
    ...(await differing("profile", "version_profiles")),
    ...(await differing("background", "version_backgrounds")),
  ];
  const stageTransitions = await change(
    `insert into stage_transitions
      select (select coalesce(max(transition_id), 0) from stage_transitions)
          + row_number() over (order by changed_at, transition_id), * exclude (transition_id)
      from (select o.* replace (p.number as number)
        from other.stage_transitions o join placed p on p.model = o.model and p.theirs = o.number) o
      anti join stage_transitions m
        using (model, number, from_stage, to_stage, reason, changed_by, changed_at)`,
  );
  const deployments = await change(
    `insert or ignore into deployments by name select o.* replace (p.number as number)
      from other.deployments o join placed p on p.model = o.model and p.theirs = o.number`,
  );
  await connection.run("drop table placed");
  const counts = {
    modelVersions,
    versionTags,
    versionProfiles,
    versionBackgrounds,
    stageTransitions,
    deployments,
  };
  return { counts, conflicts };
}

/**
 * Brings model versions, their tags, profiles, stages and deployments over, in an open transaction with the other database
 * attached. A number that another version has here gives way to the next free one; a stage that one version at a
 * time can hold stays with the one that holds it here.
 */
export async function mergeVersions(
  connection: Connection,
  target: Store,
): Promise<{ counts: VersionCounts; conflicts: MergeConflict[]; renumbered: Renumbered[] }> {
  const { stages } = target.manifest;
  const [firstStage = "none", lastStage = "archived"] = [stages[0], stages.at(-1)];
  const ours = await versionsOf(connection, "main");
  const theirs = await versionsOf(connection, "other");
  const conflicts: MergeConflict[] = [];
  const reservations: string[] = [];
  const moves: { model: string; number: number; from: string; holder: number }[] = [];
  const place = (version: Version): Placed => {
    const { model, number: theirNumber } = version;
    const siblings = ours.filter((each) => each.model === model);
    const same = siblings.find(({ identity }) => identity === version.identity);
    if (same) {
      if (same.stage !== version.stage)
        conflicts.push({
          what: `stage of ${model}@${same.number}`,
          ours: same.stage,
          theirs: version.stage,
        });
      return { ...same, theirs: theirNumber, isNew: false };
    }
    const taken = new Set(siblings.map((each) => each.number));
    const number = takeNumber(target.directory, version, taken, reservations);
    const placed = { ...version, number, theirs: theirNumber, isNew: true };
    const holder = siblings.find(({ stage }) => stage === version.stage);
    if (!stages.includes(version.stage)) {
      const what = `stage of ${model}@${number}, which is none of ${stages.join(", ")}`;
      conflicts.push({ what, ours: firstStage, theirs: version.stage });
      placed.stage = firstStage;
    } else if (holder && version.stage !== firstStage && version.stage !== lastStage) {
      const what = `stage of ${model}@${number}, which ${model}@${holder.number} holds`;
      conflicts.push({ what, ours: lastStage, theirs: version.stage });
      moves.push({ model, number, from: version.stage, holder: holder.number });
      placed.stage = lastStage;
    }
    ours.push(placed);
    return placed;
  };
  try {
    const placed = theirs.map(place);
    const { counts, conflicts: ofProfiles } = await write(connection, placed);
    conflicts.push(...ofProfiles);
    for (const { model, number, from, holder } of moves)
      await connection.run(
        `insert into stage_transitions select coalesce(max(transition_id), 0) + 1, ?, ?, ?, ?, ?, ?, ?
          from stage_transitions`,
        [
          ...[model, number, from, lastStage, `merged while version ${holder} holds ${from}`],
          ...[currentUser(), new Date().toISOString()],
        ],
      );
    const renumbered = placed
      .filter(({ theirs, number }) => theirs !== number)
      .map(({ model, theirs, number }) => ({ model, from: theirs, to: number }));
    return { counts, conflicts, renumbered };
  } catch (error) {
    for (const path of reservations) rmSync(path, { force: true });
    throw error;
  }
}
