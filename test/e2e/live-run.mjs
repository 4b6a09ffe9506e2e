// A run in a process of its own: `node live-run.mjs <project>`; each line "key step value" on its input is logged.
import { createInterface } from "node:readline";
import { openProject } from "assayer";

const project = await openProject(process.argv[2], { create: false });
const run = project.startRun({ experiment: "live", name: "live-run" });
run.logParams({ rate: 0.1 });
console.log(run.runId);
for await (const line of createInterface({ input: process.stdin })) {
  const [key, step, value] = line.split(" ");
  run.logMetric(key, Number(value), { step: Number(step) });
}
await run.end();
await project.close();
