import assert from "node:assert/strict";
import { join } from "node:path";
import { rmSync, utimesSync } from "node:fs";
import { test } from "node:test";
import { tableFromArrays } from "apache-arrow";
import { AssayerError, openProject, type Project } from "../../kernel-lib/index";
import { storePaths } from "../../kernel-lib/store/layout";
import { linearRegressor } from "../../kernel-lib/onnx/write-linear";
import type { Columns } from "../../kernel-lib/store/tables/table-data";
import { fixtureModel } from "../explainers/fixtures";
import { temporaryFolder } from "../temporary-folder";

const model = linearRegressor([[2, 3]], { intercept: [1] });
const input = [{ name: "input", shape: [-1, 2], columns: ["age", "hours"] }];
const rows = [
  { age: 30, hours: 40 },
  { age: 50, hours: null },
];

async function withBackground(project: Project): Promise<string> {
  const version = await project.registry.register("m", model, { input, background: rows });
  return version.background?.digest ?? "";
}

test("a background is kept with a version, the same however it was given", async () => {
  const project = await openProject(temporaryFolder());
  const digest = await withBackground(project);
  const { background } = await project.registry.version("m", 1);
  assert.deepEqual(background, { digest, rows: 2, columns: 2 });
  assert.deepEqual(await project.registry.background("m", 1), { age: [30, 50], hours: [40, null] });
  const arrow = tableFromArrays({ age: [30, 50], hours: [40, NaN] });
  const again = await project.registry.register("m", model, { input, background: arrow });
  assert.equal(again.background?.digest, digest);
  const plain = await project.registry.register("m", model);
  assert.equal(plain.background, null);
  assert.equal(await project.registry.background("m", 3), null);
  const set = await project.registry.setBackground("m", 3, { a: ["x"], b: [true] });
  assert.equal(set.background?.rows, 1);
  assert.deepEqual(await project.registry.background("m", 3), { a: ["x"], b: [true] });
  await project.close();
});

test("what is no background is refused, and nothing is kept", async () => {
  const project = await openProject(temporaryFolder());
  const refused = async (background: never, message: string) => {
    await assert.rejects(project.registry.register("m", model, { input, background }), (error) => {
      assert.ok(error instanceof AssayerError);
      assert.deepEqual([error.code, error.message], ["invalid-argument", message]);
      return true;
    });
  };
  await refused([] as never, "register requires a background of 1 to 200 rows; got 0");
  await refused(
    { age: new Float64Array(201), hours: new Float64Array(201) } as never,
    "register requires a background of 1 to 200 rows; got 201",
  );
  await refused(
    { age: [1] } as never,
    "register requires a background with the columns age, hours; got age",
  );
  await refused(
    { age: [1], hours: [new Date()] } as never,
    "register requires a background of numbers, texts and booleans; got a date in hours",
  );
  await refused(
    { age: [1], hours: [-Infinity] } as never,
    "register requires a background of numbers, texts and booleans; got an endless number in hours",
  );
  await refused(
    { age: [1], hours: [{}] } as never,
    "register requires a background of numbers, texts and booleans; got another value in hours",
  );
  await refused(
    { age: ["old"], hours: [1] } as never,
    "register requires a background with numbers in age; got text",
  );
  assert.deepEqual(await project.registry.models(), []);
  await project.close();
});

test("a background of a model with an input for each column has those columns, and text where they have", async () => {
  const project = await openProject(temporaryFolder());
  const frame = fixtureModel("frame-boosting");
  const whole = { age: [30], income: [1], city: ["Chur"], plan: ["team"] };
  const refused = async (background: Columns, message: string) => {
    await assert.rejects(project.registry.register("m", frame, { background }), {
      code: "invalid-argument",
      message,
    });
  };
  await refused(
    { age: [30] },
    "register requires a background with the columns age, income, city, plan; got age",
  );
  await refused(
    { ...whole, city: [null] },
    "register requires a background with text in city; got nothing",
  );
  await refused(
    { ...whole, plan: [3] },
    "register requires a background with text in plan; got a number",
  );
  assert.deepEqual(await project.registry.models(), []);
  assert.equal((await project.registry.register("m", frame, { background: whole })).number, 1);
  await project.close();
});

test("a merge, a backup, doctor and garbage keep backgrounds, and doctor misses one that is lost", async () => {
  const [project, other] = [
    await openProject(temporaryFolder()),
    await openProject(temporaryFolder()),
  ];
  const digest = await withBackground(other);
  const run = project.startRun({ experiment: "e" });
  run.logArtifact({ name: "b.json", data: await other.readArtifact(digest) });
  await run.end();
  const report = await project.merge(other.root);
  assert.deepEqual([report.modelVersions, report.versionBackgrounds], [1, 1]);
  await other.registry.setBackground("m", 1, { age: [1], hours: [2] });
  const theirs = (await other.registry.version("m", 1)).background?.digest;
  const { conflicts } = await project.merge(other.root);
  assert.deepEqual(conflicts, [{ what: "background of m@1", ours: digest, theirs }]);
  await project.deleteRuns([run.id]);
  const path = storePaths.artifact(project.directory, digest);
  const longAgo = new Date(Date.now() - 48 * 3600 * 1000);
  utimesSync(path, longAgo, longAgo);
  await project.collectGarbage({ deletedBefore: new Date(Date.now() + 1000) });
  assert.deepEqual((await project.doctor()).findings, []);
  const copy = join(temporaryFolder(), "copy");
  await project.backup(copy);
  const restored = await openProject(copy);
  assert.deepEqual(await restored.registry.background("m", 1), {
    age: [30, 50],
    hours: [40, null],
  });
  await restored.close();
  rmSync(path);
  assert.deepEqual(
    (await project.doctor()).findings.map(({ what }) => what),
    [`artifact of the background of m@1: unknown artifact: ${digest}`],
  );
  await Promise.all([project.close(), other.close()]);
});

test("bytes that are no background are told as such", async () => {
  const project = await openProject(temporaryFolder());
  await withBackground(project);
  const run = project.startRun({ experiment: "e" });
  run.logArtifact({ name: "x", data: `{"format":1,"columns":["a"],"rows":[[1,2]]}` });
  await run.end();
  const [artifact] = (await project.run(run.id)).artifacts;
  const { store } = project.registry as unknown as {
    store: { log: { appendDurably: (event: object) => void } };
  };
  const digest = artifact?.digest ?? "";
  const kept = { digest, size: 1, rows: 1, columns: 1, by: "ann", at: Date.now() + 1000 };
  store.log.appendDurably({ kind: "version-background", model: "m", number: 1, ...kept });
  await assert.rejects(project.registry.background("m", 1), {
    code: "corrupt-artifact",
    message: "reading a background requires rows and columns as JSON; got another ",
  });
  await project.close();
});
