import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError, openProject } from "../../kernel-lib/index";
import { Store } from "../../kernel-lib/store/store";
import { editRuns } from "../../kernel-lib/tracking/edit-runs";
import { temporaryFolder } from "../temporary-folder";

async function withRuns() {
  const project = await openProject(temporaryFolder());
  const [one, two] = ["one", "two"].map((name) =>
    project.startRun({ experiment: "e", name, tags: { team: "risk", draft: "yes" } }),
  );
  assert.ok(one && two);
  await Promise.all([one.end(), two.end()]);
  const flags = (runId: string) =>
    project
      .sql(
        "select name, note, starred, hidden, deleted_at is not null as deleted from runs where run_id = ?",
        [runId],
      )
      .then(([row]) => row);
  return { project, one, two, flags };
}

test("name, star, note, hiding and tags change, and what is left out stays", async () => {
  const { project, one, flags } = await withRuns();
  await project.updateRun(one.id, { starred: true, note: "best", tags: { draft: null, seen: "" } });
  await project.updateRun(one.id, { name: "first" });
  await project.updateRun(one.id, { hidden: true });
  assert.deepEqual(await flags(one.id), {
    name: "first",
    note: "best",
    starred: true,
    hidden: true,
    deleted: false,
  });
  assert.deepEqual((await project.run(one.id)).tags, { seen: "", team: "risk" });
  await project.updateRun(one.id, { starred: false, hidden: false });
  assert.deepEqual((await flags(one.id))?.starred, false);
  await project.close();
});

test("several edits between two reads come to their last values", async () => {
  const { project, one, flags } = await withRuns();
  await Promise.all([
    project.updateRun(one.id, { name: "a", starred: true }),
    project.updateRun(one.id, { name: "b" }),
    project.deleteRuns([one.id]),
  ]);
  assert.deepEqual(await flags(one.id), {
    name: "b",
    note: null,
    starred: true,
    hidden: false,
    deleted: true,
  });
  await project.close();
});

test("deleted runs leave their experiment, and come back when they are restored", async () => {
  const { project, one, two } = await withRuns();
  await project.deleteRuns([one.id, two.id]);
  assert.deepEqual(await project.experiments(), []);
  const [row] = await project.sql("select deleted_by is not null as told from runs");
  assert.deepEqual(row, { told: true });
  await project.restoreRuns([one.id]);
  const [experiment] = await project.experiments();
  assert.equal(experiment?.runs, 1);
  await project.close();
});

test("an edit that is refused changes nothing", async () => {
  const { project, one, two, flags } = await withRuns();
  const refusals: [() => Promise<void>, AssayerError][] = [
    [
      () => project.updateRun("nope", { name: "x" }),
      new AssayerError("unknown-run", "unknown run: nope"),
    ],
    [
      () => project.deleteRuns([one.id, "nope"]),
      new AssayerError("unknown-run", "unknown run: nope"),
    ],
    [
      () => project.updateRun(one.id, { note: "n", name: "" }),
      new AssayerError("invalid-argument", 'updateRun: name requires a name of one line; got ""'),
    ],
    [
      () => project.updateRun(one.id, { note: "n", starred: "yes" as unknown as boolean }),
      new AssayerError("invalid-argument", "updateRun: starred requires a boolean; got string"),
    ],
    [
      () => project.updateRun(one.id, { note: "n", tags: { a: 1 as unknown as string } }),
      new AssayerError(
        "invalid-argument",
        "updateRun: tags.a requires text of at most 100000 characters; got number",
      ),
    ],
  ];
  for (const [edit, refusal] of refusals) await assert.rejects(edit, refusal);
  const untouched = { note: null, starred: false, hidden: false, deleted: false };
  assert.deepEqual(await flags(one.id), { name: "one", ...untouched });
  assert.deepEqual(await flags(two.id), { name: "two", ...untouched });
  await project.close();
});

test("of several edits in one millisecond the last one counts", async (t) => {
  const { project, one, flags } = await withRuns();
  const store = new Store(project.directory);
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
  for (const on of [true, false])
    editRuns(store, [one.id], { starred: on, hidden: on, deleted: on, name: on ? "a" : "b" });
  t.mock.timers.reset();
  await store.close();
  const last = { name: "b", note: null, starred: false, hidden: false, deleted: false };
  assert.deepEqual(await flags(one.id), last);
  await project.close();
});
