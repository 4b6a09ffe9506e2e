import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProject, type Project } from "assayer";
import { pythonEnvironment } from "../python";
import { measured, median, quantile, type Row } from "./row";

const group = "tracking";
const calls = 200_000;
const runs = 10_000;
const metricsPerRun = 20;
const pageRows = 100;

interface PeerFigures {
  log_metric_seconds: number;
  log_metric_p99_seconds: number;
  log_batch_per_second: number;
  first_page_seconds: number;
}

function runPeer(folder: string): PeerFigures {
  const bin = pythonEnvironment("mlflow", join(__dirname, "requirements.txt"));
  const script = join(__dirname, "mlflow_tracking.py");
  const args = [script, folder, String(runs), String(metricsPerRun)];
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

async function firstPage(project: Project): Promise<number> {
  for (let i = 0; i < runs; i++) {
    const run = project.startRun({ experiment: "table", name: `run-${i}` });
    for (let m = 0; m < metricsPerRun; m++)
      run.logMetric(`metric_${m}`, (i * 7919 + m) % 10007, { step: 0 });
    await run.end();
  }
  await project.refresh();
  const options = { experiment: "table", orderBy: "metrics.metric_3 desc", limit: pageRows };
  const times: number[] = [];
  for (let i = 0; i < 7; i++) times.push(await seconds(() => project.searchRuns(options)));
  return median(times);
}

/** All 10,000 runs with all their metrics, as the runs table of the editor reads them. */
async function wholeTable(project: Project): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++)
    times.push(await seconds(() => project.searchRuns({ experiment: "table", limit: runs })));
  return median(times);
}

/** Logging, ingest and reading against MLflow on sqlite, the same work in the same run. */
export async function benchTracking(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "assayer-bench-"));
  const project = await openProject(folder);
  try {
    const { sorted, perSecond } = timeLogging(project);
    const small = await ingestRate(100_000);
    const large = await ingestRate(3_000_000);
    const page = await firstPage(project);
    const table = await wholeTable(project);
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
      measured(row("ingest of 1e5 values", small, "1/s"), "higher", {}),
      measured(row("ingest of 3e6 values", large, "1/s"), "higher", { atLeast: 1_000_000 }),
      measured(
        row(`${runs} runs × ${metricsPerRun} metrics: first page by a metric`, page * 1000, "ms"),
        "lower",
        { atMost: 200 },
        peer.first_page_seconds * 1000,
      ),
      measured(
        row(`${runs} runs × ${metricsPerRun} metrics: all of them`, table * 1000, "ms"),
        "lower",
        {},
      ),
    ];
  } finally {
    await project.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
