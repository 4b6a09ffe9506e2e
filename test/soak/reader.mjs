// Reads without end, and says how far behind the writers it ever was, in milliseconds.
import { openProject } from "assayer";

const project = await openProject(process.argv[2], { create: false });
const lags = [];
let reading = true;
process.stdin.once("data", () => {
  reading = false;
});
process.once("warning", (warning) => {
  console.error(warning.message);
  process.exit(1);
});
while (reading) {
  const rows = await project.sql(
    "select last_value as beat from runs join metric_series using (run_id) where key = 'beat' and status = 'running'",
  );
  const now = Date.now();
  lags.push(...rows.map(({ beat }) => now - beat));
  await new Promise((done) => setTimeout(done, 100));
}
await project.close();
lags.sort((a, b) => a - b);
const quantile = (share) => lags[Math.floor((lags.length - 1) * share)];
process.stdout.write(
  JSON.stringify({
    reads: lags.length,
    median: quantile(0.5),
    p99: quantile(0.99),
    max: lags.at(-1),
  }),
  () => process.exit(0),
);
