import assert from "node:assert/strict";
import { test } from "node:test";
import { openProject } from "../../kernel-lib/index";
import { linearRegressor } from "../../kernel-lib/onnx/write-linear";
import { linearReport } from "../fixtures/explanation-reports";
import { temporaryFolder } from "../temporary-folder";

test("the explanation of a version is its newest report, of its own run or of one that names it", async () => {
  const project = await openProject(temporaryFolder());
  const model = linearRegressor([[2, 3]], { intercept: [1] });
  const run = project.startRun({ experiment: "e", name: "first" });
  const other = project.startRun({ experiment: "e", name: "later" });
  await run.logModel("m", model);
  await run.logModel("m", model);
  assert.equal(await project.registry.explanation("m", 1), null);
  const of = (number: number | null, name: string, day: number) => ({
    ...linearReport,
    name,
    createdAt: `2026-01-0${day}T08:00:00.000Z`,
    model: number === null ? null : { name: "m", number },
  });
  const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
  run.logReport(of(1, "of one", 1));
  await pause();
  run.logReport(of(2, "of two", 2));
  await pause();
  other.logReport(of(1, "of one again", 3));
  await pause();
  other.logReport(of(null, "of no model", 4));
  other.logReport({ ...of(7, "of another", 4), model: { name: "x", number: 1 } });
  const found = await project.registry.explanation("m", 1);
  assert.deepEqual([found?.report.name, found?.runId], ["of one again", other.id]);
  assert.equal((await project.registry.explanation("m", 2))?.report.name, "of two");
  const history = await project.importanceHistory("m");
  assert.deepEqual(
    history.map(({ version, name, createdAt }) => [version, name, createdAt.toISOString()]),
    [
      [1, "of one", "2026-01-01T08:00:00.000Z"],
      [2, "of two", "2026-01-02T08:00:00.000Z"],
      [1, "of one again", "2026-01-03T08:00:00.000Z"],
    ],
  );
  assert.deepEqual(history[0]?.importance, linearReport.importance);
  await assert.rejects(project.registry.explanation("m", 9), { code: "unknown-model" });
  await assert.rejects(project.importanceHistory("none"), { code: "unknown-model" });
  await Promise.all([run.end(), other.end()]);
  await project.close();
});
