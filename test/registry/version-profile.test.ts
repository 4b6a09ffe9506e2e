import assert from "node:assert/strict";
import { rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  dataProfile,
  encodeProfile,
  openProject,
  type DataProfile,
  type Project,
} from "../../kernel-lib/index";
import { linearRegressor } from "../../kernel-lib/onnx/write-linear";
import type { JournalEvent } from "../../kernel-lib/store/journal/events";
import type { Journal } from "../../kernel-lib/store/journal/journal";
import { storePaths } from "../../kernel-lib/store/layout";
import { temporaryFolder } from "../temporary-folder";

const model = linearRegressor([[2, 1]], { intercept: [0] });

function profileOf(...wages: number[]): Promise<DataProfile> {
  return dataProfile({ wage: wages, union: wages.map((wage) => wage > 5) });
}

async function withModel(project: Project, profile: DataProfile): Promise<void> {
  await project.registry.register("wage-model", model, { profile });
}

test("a version is registered with the profile of its data, and shows it", async () => {
  const project = await openProject(temporaryFolder());
  const profile = await profileOf(1, 5, 9);
  const version = await project.registry.register("wage-model", model, { profile });
  assert.deepEqual([version.profile?.rows, version.profile?.columns], [3, 2]);
  assert.deepEqual(await project.registry.version("wage-model", 1), version);
  const kept = await project.registry.profile("wage-model", 1);
  assert.ok(kept);
  assert.deepEqual(encodeProfile(kept), encodeProfile(profile));
  const plain = await project.registry.register("wage-model", model);
  assert.equal(plain.profile, null);
  assert.equal(await project.registry.profile("wage-model", 2), null);
  await project.close();
});

test("a profile is set later, and takes the place of the one before", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  await project.registry.register("wage-model", model);
  const first = await project.registry.setProfile("wage-model", 1, await profileOf(1));
  assert.equal(first.profile?.rows, 1);
  await project.registry.setProfile("wage-model", 1, await profileOf(1, 2));
  await project.close();
  const later = await openProject(root);
  assert.equal((await later.registry.profile("wage-model", 1))?.rows, 2);
  assert.deepEqual(
    (await later.registry.versions("wage-model")).map(({ profile }) => profile?.rows),
    [2],
  );
  await later.close();
});

test("registering the same bytes under their number again keeps a profile that is new", async () => {
  const project = await openProject(temporaryFolder());
  await project.registry.register("wage-model", model, { number: 4 });
  const again = await project.registry.register("wage-model", model, {
    number: 4,
    profile: await profileOf(3),
  });
  assert.equal(again.profile?.rows, 1);
  assert.equal((await project.registry.profile("wage-model", 4))?.rows, 1);
  await project.close();
});

test("a profile of no version, and what is no profile, are refused", async () => {
  const project = await openProject(temporaryFolder());
  await withModel(project, await profileOf(1));
  const profile = await profileOf(2);
  await assert.rejects(project.registry.setProfile("wage-model", 7, profile), {
    code: "unknown-model",
    message: "unknown version: wage-model@7; expected one of 1",
  });
  const wrong = { kind: "profile" } as unknown as DataProfile;
  await assert.rejects(project.registry.setProfile("wage-model", 1, wrong), {
    code: "invalid-argument",
    message: "setProfile requires a profile that dataProfile made; got object",
  });
  await assert.rejects(project.registry.register("wage-model", model, { profile: wrong }), {
    code: "invalid-argument",
    message: "register requires a profile that dataProfile made; got object",
  });
  assert.equal((await project.registry.versions("wage-model")).length, 1);
  assert.equal((await project.registry.profile("wage-model", 1))?.rows, 1);
  await project.close();
});

test("a merge brings profiles with their files, once, and under the number a version gets", async () => {
  const [project, other] = await Promise.all([
    openProject(temporaryFolder()),
    openProject(temporaryFolder()),
  ]);
  await project.registry.register("wage-model", linearRegressor([[1, 1]], { intercept: [0] }));
  await withModel(other, await profileOf(1, 2, 3));
  const report = await project.merge(other.root);
  assert.deepEqual([report.modelVersions, report.versionProfiles], [1, 1]);
  assert.deepEqual(report.missingFiles, []);
  assert.deepEqual(report.renumbered, [{ model: "wage-model", from: 1, to: 2 }]);
  assert.equal((await project.registry.profile("wage-model", 2))?.rows, 3);
  const again = await project.merge(other.root);
  assert.deepEqual([again.versionProfiles, again.conflicts], [0, []]);
  await other.registry.setProfile("wage-model", 1, await profileOf(9));
  const theirs = (await other.registry.version("wage-model", 1)).profile?.digest;
  const conflicting = await project.merge(other.root);
  assert.deepEqual(
    conflicting.conflicts.map(({ what, theirs }) => ({ what, theirs })),
    [{ what: "profile of wage-model@2", theirs }],
  );
  assert.equal((await project.registry.profile("wage-model", 2))?.rows, 3, "ours is kept");
  await Promise.all([project.close(), other.close()]);
});

test("doctor, garbage and backup keep profiles, and doctor misses one that is lost", async () => {
  const project = await openProject(temporaryFolder());
  const profile = await profileOf(1, 2);
  // A run that logged the very bytes of the profile, and was deleted long ago.
  const run = project.startRun({ experiment: "e" });
  run.logArtifact({ name: "p.aprofile", data: encodeProfile(profile) });
  await run.end();
  await withModel(project, profile);
  await project.deleteRuns([run.id]);
  const digest = (await project.registry.version("wage-model", 1)).profile?.digest ?? "";
  const path = storePaths.artifact(project.directory, digest);
  const longAgo = new Date(Date.now() - 48 * 3600 * 1000);
  utimesSync(path, longAgo, longAgo);
  const report = await project.collectGarbage({ deletedBefore: new Date(Date.now() + 1000) });
  assert.deepEqual(report.runIds, [run.id]);
  assert.equal((await project.registry.profile("wage-model", 1))?.rows, 2);
  assert.deepEqual((await project.doctor()).findings, []);
  const copy = join(temporaryFolder(), "copy");
  await project.backup(copy);
  const restored = await openProject(copy);
  assert.equal((await restored.registry.profile("wage-model", 1))?.rows, 2);
  await restored.close();
  rmSync(path);
  assert.deepEqual(
    (await project.doctor()).findings.map(({ what }) => what),
    [`artifact of the profile of wage-model@1: unknown artifact: ${digest}`],
  );
  await assert.rejects(project.registry.profile("wage-model", 1), { code: "unknown-artifact" });
  await project.close();
});

test("of two profiles of a version the one that was set last counts, in whatever order they are taken in", async () => {
  const project = await openProject(temporaryFolder());
  await withModel(project, await profileOf(1));
  const version = await project.registry.setProfile("wage-model", 1, await profileOf(1, 2));
  assert.equal((await project.registry.profile("wage-model", 1))?.rows, 2);
  const { store } = project.registry as unknown as { store: { log: Journal } };
  store.log.appendDurably({
    kind: "version-profile",
    model: "wage-model",
    number: 1,
    digest: version.profile?.digest ?? "",
    size: 1,
    rows: 77,
    columns: 1,
    by: "ann",
    at: Date.now() - 3600 * 1000,
  });
  assert.equal((await project.registry.version("wage-model", 1)).profile?.rows, 2);
  await project.close();
});

test("a version and its profile are one record, so that a kill leaves both or neither", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  const { store } = project.registry as unknown as { store: { log: Journal } };
  const events: JournalEvent[] = [];
  const append = store.log.appendDurably.bind(store.log);
  store.log.appendDurably = (event) => {
    events.push(event);
    append(event);
  };
  await withModel(project, await profileOf(1, 2, 3));
  assert.deepEqual(
    events.map((event) => [event.kind, event.kind === "model-version" && event.profile?.rows]),
    [["model-version", 3]],
  );
  // Nothing but the journal has it yet: whoever opens the store reads it from there.
  const other = await openProject(root);
  assert.equal((await other.registry.version("wage-model", 1)).profile?.rows, 3);
  await Promise.all([project.close(), other.close()]);
});
