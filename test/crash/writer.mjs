// Logs without end and, after each call that returned, writes how many did to the file it is given.
import { openSync, writeSync } from "node:fs";
import { openProject } from "assayer";

const [root, acknowledgements] = process.argv.slice(2);

async function main() {
  const project = await openProject(root);
  const file = openSync(acknowledgements, "w");
  const count = Buffer.alloc(4);
  const run = project.startRun({ experiment: "crash", name: acknowledgements });
  for (let step = 0; ; step++) {
    run.logMetric("step", step, { step });
    if (step % 100 === 0) run.setTag(`tag-${step}`, String(step));
    count.writeUInt32LE(step + 1);
    writeSync(file, count, 0, 4, 0);
    if (step === 0) process.stdout.write("at work\n");
    if (step % 500 === 0) await new Promise((done) => setImmediate(done));
  }
}

void main();
