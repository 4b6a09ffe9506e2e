// Logs at a steady pace until it is told to stop, then says how many values it logged.
import { openProject } from "assayer";

const [root, name] = process.argv.slice(2);
const project = await openProject(root);
const run = project.startRun({ experiment: "soak", name, params: { name } });
let logged = 0;
const pace = setInterval(() => {
  run.logMetric("beat", Date.now());
  for (let i = 0; i < 9; i++) run.logMetric(`metric_${i}`, logged);
  logged += 10;
  if (logged % 1000 === 0) run.setTag("logged", String(logged));
}, 10);
process.once("warning", (warning) => {
  console.error(warning.message);
  process.exit(1);
});
process.stdin.once("data", async () => {
  clearInterval(pace);
  await run.end();
  await project.close();
  process.stdout.write(String(logged), () => process.exit(0));
});
