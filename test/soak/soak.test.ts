import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { openProject } from "assayer";
import { temporaryFolder } from "../temporary-folder";

/** A quarter in `npm test`; `npm run test:soak` asks for 10. */
const minutes = Number(process.env.ASSAYER_SOAK_MINUTES ?? 0.25);
const [writers, readers] = [8, 2];

interface Member {
  child: ChildProcess;
  /** What it said when it ended. */
  said: Promise<string>;
}

function start(script: string, ...args: string[]): Member {
  const child = spawn(process.execPath, [join(__dirname, script), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const said = new Promise<string>((done, fail) => {
    child.once("close", (code) => {
      if (code === 0) done(output);
      else fail(new Error(`${script} ended with ${code}`));
    });
  });
  return { child, said };
}

async function stop(members: readonly Member[]): Promise<string[]> {
  for (const { child } of members) child.stdin?.end("stop\n");
  return Promise.all(members.map(({ said }) => said));
}

test(`${writers} writers and ${readers} readers go on for ${minutes} minutes without an error`, async (t) => {
  const folder = temporaryFolder();
  const created = await openProject(folder);
  await created.close();
  const writing = Array.from({ length: writers }, (_, i) => start("writer.mjs", folder, `w${i}`));
  const reading = Array.from({ length: readers }, () => start("reader.mjs", folder));
  t.after(() => {
    for (const { child } of [...writing, ...reading]) child.kill("SIGKILL");
  });
  const failed = Promise.race([...writing, ...reading].map(({ said }) => said));
  await Promise.race([new Promise((done) => setTimeout(done, minutes * 60_000)), failed]);
  const lags = (await stop(reading)).map(
    (said) => JSON.parse(said) as { reads: number; median: number; p99: number; max: number },
  );
  const logged = await stop(writing);

  const project = await openProject(folder);
  const rows = await project.sql(
    `select r.name, r.status, count(*)::varchar as points, count(distinct (m.key, m.step))::varchar as places,
        (select sum(count) from metric_series s where s.run_id = r.run_id)::varchar as summed
      from runs r join metrics m using (run_id) group by r.run_id, r.name, r.status order by r.name`,
  );
  assert.deepEqual(
    rows,
    logged.map((points, i) => ({
      name: `w${i}`,
      status: "finished",
      points,
      places: points,
      summed: points,
    })),
    "none lost, none doubled",
  );
  await project.close();
  for (const { reads, median, p99, max } of lags) {
    assert.ok(reads > minutes * 60, `${reads} reads`);
    t.diagnostic(`lag of ${reads} reads: median ${median} ms, p99 ${p99} ms, highest ${max} ms`);
  }
  t.diagnostic(`${logged.reduce((sum, count) => sum + Number(count), 0)} values logged`);
});
