import { openProject } from "assayer";

/**
 * A project of many runs that share few metrics and have thousands of others between them, as a search over
 * architectures logs.
 */
export async function makeBigProject(
  folder: string,
  { runs, metricKeys }: { runs: number; metricKeys: number },
): Promise<void> {
  const project = await openProject(folder);
  const each = Math.ceil((2 * metricKeys) / runs);
  for (let i = 0; i < runs; i++) {
    const run = project.startRun({ experiment: "sweep", name: `trial-${i}` });
    run.logParams({
      depth: 1 + (i % 12),
      rate: 10 ** -(1 + (i % 4)),
      model: i % 3 ? "tree" : "linear",
    });
    run.logMetric("auc", 0.5 + 0.5 * Math.abs(Math.sin(i)));
    run.logMetric("loss", 1 + Math.cos(i));
    for (let k = 0; k < each; k++) {
      const key = (i * each + k) % metricKeys;
      run.logMetric(`layer_${Math.floor(key / 12)}/weight_${key % 12}`, (i * 31 + k) / 7);
    }
    await run.end();
  }
  await project.close();
}
