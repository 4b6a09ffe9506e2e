import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openProject } from "assayer";
import { temporaryFolder } from "../temporary-folder";

/** 30 in `npm test`; `npm run test:crash` asks for 1000. */
const kills = Number(process.env.ASSAYER_KILLS ?? 30);
const writersAtOnce = 2;

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

function start(script: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(__dirname, script), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Kills a child some time after it was started, or after it said that it is at work. */
async function killAfter(
  child: ChildProcess,
  milliseconds: number,
  atWork: boolean,
): Promise<void> {
  const ended = new Promise((done) => child.once("exit", done));
  if (atWork) await new Promise((done) => child.stdout?.once("data", done));
  await pause(milliseconds);
  child.kill("SIGKILL");
  await ended;
}

test(`${kills} kills of writers, ingesters and compacters lose and double nothing that was acknowledged`, async (t) => {
  const folder = temporaryFolder();
  const created = await openProject(folder, { name: "crash" });
  await created.close();
  const files: string[] = [];
  const readers = ["ingester.mjs", "compacter.mjs"] as const;
  let rounds = 0;
  for (let killed = 0; killed < kills;) {
    const atWork = rounds % 4 !== 3;
    const round = Array.from({ length: writersAtOnce }, (_, i) => {
      const file = join(folder, `acknowledged-${killed}-${i}`);
      files.push(file);
      return killAfter(start("writer.mjs", folder, file), Math.random() * 500, atWork);
    });
    // They die in every phase: opening, reading, writing, committing, closing, deleting, renaming.
    const reader = readers[rounds++ % readers.length] ?? readers[0];
    round.push(killAfter(start(reader, folder), Math.random() * 500, atWork));
    await Promise.all(round);
    killed += round.length;
  }

  const project = await openProject(folder);
  const rows = await project.sql(
    `select r.name, r.status, count(m.value) as points, count(distinct m.step) as steps, max(m.step) as last,
      any_value(s.count) as summary, bool_and(m.value = m.step) as equal,
      (select count(*) from tags g where g.run_id = r.run_id) as tags
      from runs r left join metrics m using (run_id) left join metric_series s using (run_id) group by all`,
  );
  const byName = new Map(rows.map((row) => [row.name, row]));
  let acknowledged = 0;
  for (const file of files) {
    const told = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    const count = told.length === 4 ? told.readUInt32LE(0) : 0;
    acknowledged += count;
    const row = byName.get(file);
    if (count === 0 && row === undefined) continue;
    assert.ok(row, `the run of ${file}, of which ${count} were acknowledged, is there`);
    const points = Number(row.points);
    assert.ok(points === count || points === count + 1, `${file}: ${points} of ${count}`);
    assert.equal(row.steps, points, "none doubled");
    if (points === 0) continue;
    assert.equal(row.last, points - 1, "none missing");
    assert.equal(row.summary, points, "the summary counts the same");
    assert.equal(row.equal, true, "values are those that were logged");
    assert.equal(row.status, "killed");
    const wanted = Math.floor((count - 1) / 100) + 1;
    assert.ok(Number(row.tags) === wanted || Number(row.tags) === wanted + 1, "tags are there");
  }
  const faults = await project.sql(
    "select segment, fault from journal_segments where fault is not null",
  );
  assert.deepEqual(faults, []);
  await project.close();
  assert.ok(acknowledged > kills * 100, `${acknowledged} records were acknowledged`);
  t.diagnostic(
    `${acknowledged} acknowledged records, ${files.length} writers and ${rounds} ingesters and compacters killed`,
  );
});
