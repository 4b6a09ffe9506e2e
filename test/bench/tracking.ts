import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProject, type Project } from "assayer";
import { pythonEnvironment } from "../python";
import { measured, quantile, type Row } from "./row";

const group = "tracking";
const calls = 200_000;
const metricsPerRun = 20;

interface PeerFigures {
  log_metric_seconds: number;
  log_metric_p99_seconds: number;
  log_batch_per_second: number;
}

function runPeer(folder: string): PeerFigures {
  const bin = pythonEnvironment("mlflow", join(__dirname, "requirements.txt"));
  const script = join(__dirname, "mlflow_tracking.py");
  const args = [script, folder];
  const output = execFileSync(join(bin, "python"), args, {
    encoding: "utf8",
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true", DO_NOT_TRACK: "true" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(output.trim().split("\n").at(-1) ?? "") as PeerFigures;
}

/** Microseconds of each of many calls, sorted, and the records a second over all of them. */
function timeLogging(project: Project): { sorted: Float64Array; perSecond: number } {
  const run = project.startRun({ experiment: "single" });
  for (let i = 0; i < 10_000; i++) run.logMetric("warm", i);
  const taken = new Float64Array(calls);
  for (let i = 0; i < calls; i++) {
    const start = performance.now();
    run.logMetric("loss", 1 / (i + 1), { step: i });
    taken[i] = (performance.now() - start) * 1000;
  }
  const start = performance.now();
  for (let i = 0; i < calls; i++) run.logMetric("rate", i, { step: i });
  const perSecond = calls / ((performance.now() - start) / 1000);
  return { sorted: taken.sort(), perSecond };
}

/** Values a second of histories given whole, as typed arrays. */
function timeHistory(project: Project): number {
  const run = project.startRun({ experiment: "histories" });
  const loss = Float64Array.from({ length: 1_000_000 }, (_, i) => 1 / (i + 1));
  const start = performance.now();
  run.logMetrics({ loss });
  return loss.length / ((performance.now() - start) / 1000);
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Rows a second of an ingest of that many metric values. */
async function ingestRate(points: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "assayer-bench-"));
  const project = await openProject(folder);
  await project.refresh();
  const run = project.startRun({ experiment: "ingest" });
  for (let i = 0; i < points; i++) run.logMetric(`metric_${i % metricsPerRun}`, i, { step: i });
  const rate = points / (await seconds(() => project.refresh()));
  await project.close();
  rmSync(folder, { recursive: true });
  return rate;
}

/** Logging and ingest against MLflow on sqlite, the same work in the same run. */
export async function benchTracking(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "assayer-bench-"));
  const project = await openProject(folder);
  try {
    const { sorted, perSecond } = timeLogging(project);
    const history = timeHistory(project);
    const small = await ingestRate(100_000);
    const middle = await ingestRate(1_000_000);
    const large = await ingestRate(10_000_000);
    const peer = runPeer(folder);
    const row = (figure: string, value: number, unit: string) => ({ group, figure, value, unit });
    return [
      measured(
        row("log call, median, durable against kill -9", quantile(sorted, 0.5), "µs"),
        "lower",
        { atMost: 5 },
        peer.log_metric_seconds * 1e6,
      ),
      measured(
        row("log call, 99th percentile", quantile(sorted, 0.99), "µs"),
        "lower",
        { atMost: 50 },
        peer.log_metric_p99_seconds * 1e6,
      ),
      measured(
        row("metrics logged, against log_metric", perSecond, "1/s"),
        "higher",
        { ratioAtLeast: 100 },
        1 / peer.log_metric_seconds,
      ),
      measured(
        row("metrics logged, against log_batch", perSecond, "1/s"),
        "higher",
        { ratioAtLeast: 10 },
        peer.log_batch_per_second,
      ),
      measured(
        row("whole histories logged, against log_batch", history, "1/s"),
        "higher",
        { ratioAtLeast: 10 },
        peer.log_batch_per_second,
      ),
      measured(row("ingest of 1e5 values", small, "1/s"), "higher", {}),
      measured(row("ingest of 1e6 values", middle, "1/s"), "higher", { atLeast: 1_000_000 }),
      measured(row("ingest of 1e7 values", large, "1/s"), "higher", { atLeast: 1_000_000 }),
      measured(row("ingest, cost of a value at 1e7 to that at 1e5", small / large, "×"), "lower", {
        atMost: 1.2,
      }),
    ];
  } finally {
    await project.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
