import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { exportParquet, openProject } from "../../kernel-lib/index";
import { temporaryFolder } from "../temporary-folder";
import { mlflowEnvironment } from "./environment";

const script = `
import json, sys
import pandas as pd
points = pd.read_parquet(sys.argv[1] + "/metrics.parquet").sort_values(["key", "step"])
runs = pd.read_parquet(sys.argv[1] + "/runs.parquet")
print(json.dumps([
  [[key, step, ms, repr(value)] for key, step, ms, value in zip(points.key, points.step, points.timestamp.astype("datetime64[ms]").astype("int64"), points.value)],
  runs[["run_id", "name", "status"]].values.tolist(),
]))
`;

test("pandas reads what exportParquet wrote: every value, NaN and infinities included", async (t) => {
  const project = await openProject(temporaryFolder());
  t.after(() => project.close());
  const run = project.startRun({ experiment: "e", name: "one" });
  const at = 1_700_000_000_123;
  const values = [NaN, -Infinity, 0.1 + 0.2, 5e-324];
  for (const [step, value] of values.entries())
    run.logMetric("odd", value, { step, timestamp: at + step });
  await run.end();
  const folder = join(temporaryFolder(), "out");
  await exportParquet(project, folder);
  const read = execFileSync(join(mlflowEnvironment(), "python"), ["-c", script, folder], {
    encoding: "utf8",
  });
  const written = ["nan", "-inf", "0.30000000000000004", "5e-324"];
  assert.deepEqual(JSON.parse(read.replaceAll("np.float64(", "").replaceAll(')"', '"')), [
    written.map((value, step) => ["odd", step, at + step, value]),
    [[run.id, "one", "finished"]],
  ]);
});
