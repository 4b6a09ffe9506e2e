import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProject, type Project } from "assayer";
import { pythonEnvironment } from "../python";
import { measured, median, type Row } from "./row";

const group = "reading";
const runs = 10_000;
const metricsPerRun = 20;
const pageRows = 100;
/** Beside the common metrics, in the table with very many: distinct keys, and of them those of each run. */
const rareKeys = 12_000;
const rarePerRun = 100;
const filter = "metrics.metric_3 > 9000 and metrics.metric_5 < 9500";
/** The same points for the peer and for us. */
const sharedHistory = { runs: 10, steps: 1000 };
const plottedHistory = { runs: 100, steps: 10_000 };
const metricsPerHistory = 10;

interface PeerFigures {
  first_page_seconds: number;
  filter_seconds: number;
  history_seconds: number;
}

function runPeer(folder: string): PeerFigures {
  const bin = pythonEnvironment("mlflow", join(__dirname, "requirements.txt"));
  const script = join(__dirname, "mlflow_reading.py");
  const sizes = [runs, metricsPerRun].map(String);
  const history = [sharedHistory.runs, sharedHistory.steps].map(String);
  const output = execFileSync(join(bin, "python"), [script, folder, ...sizes, filter, ...history], {
    encoding: "utf8",
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true", DO_NOT_TRACK: "true" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(output.trim().split("\n").at(-1) ?? "") as PeerFigures;
}

async function inProject<T>(work: (project: Project) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "assayer-bench-"));
  const project = await openProject(folder);
  try {
    return await work(project);
  } finally {
    await project.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of a piece of work; each time opens the database anew. */
async function milliseconds(work: () => Promise<unknown>, times = 7): Promise<number> {
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await work();
    taken.push(performance.now() - start);
  }
  return median(taken);
}

async function logTable(project: Project, rare: number): Promise<void> {
  for (let i = 0; i < runs; i++) {
    const run = project.startRun({ experiment: "table", name: `run-${i}` });
    for (let m = 0; m < metricsPerRun; m++)
      run.logMetric(`metric_${m}`, (i * 7919 + m) % 10007, { step: 0 });
    for (let m = 0; m < rare; m++) run.logMetric(`rare_${(i * rare + m) % rareKeys}`, m);
    await run.end();
  }
  await project.refresh();
}

function timeTable(rare: number) {
  return inProject(async (project) => {
    await logTable(project, rare);
    const page = { experiment: "table", limit: pageRows };
    const all = { experiment: "table", limit: runs };
    const columns = Array.from({ length: metricsPerRun }, (_, m) => `metrics.metric_${m}`);
    const byMetric = { ...page, columns, orderBy: "metrics.metric_3 desc" };
    return {
      page: await milliseconds(() =>
        project.searchRuns({ ...page, orderBy: "metrics.metric_3 desc" }),
      ),
      pageOfColumns: await milliseconds(() => project.searchRuns({ ...byMetric, as: "columns" })),
      filtered: await milliseconds(() => project.searchRuns({ ...page, filter })),
      table: await milliseconds(() => project.searchRuns({ ...all, columns, as: "columns" })),
      keys: await milliseconds(() => project.runColumns()),
    };
  });
}

function timeHistory(size: { runs: number; steps: number }, maxPoints?: number): Promise<number> {
  return inProject(async (project) => {
    const started = Array.from({ length: size.runs }, (_, i) =>
      project.startRun({ experiment: "curves", name: `run-${i}` }),
    );
    // As runs that go on at the same time: the points of all lie between each other.
    for (let step = 0; step < size.steps; step++)
      for (const [i, run] of started.entries())
        for (let m = 0; m < metricsPerHistory; m++)
          run.logMetric(`metric_${m}`, ((step * 7919 + i + m) % 1009) / (step + 1), { step });
    await project.refresh();
    const ids = started.map(({ id }) => id);
    return milliseconds(() =>
      project.metricHistory(ids, maxPoints === undefined ? {} : { maxPoints }),
    );
  });
}

/** Searching and reading runs and histories, against MLflow on sqlite, the same work in the same run. */
export async function benchReading(): Promise<Row[]> {
  const usual = await timeTable(0);
  const wide = await timeTable(rarePerRun);
  const shared = await timeHistory(sharedHistory);
  const plotted = await timeHistory(plottedHistory, 500);
  const peer = await inProject(({ root }) => Promise.resolve(runPeer(root)));
  const row = (figure: string, value: number) => ({ group, figure, value, unit: "ms" });
  const size = `${runs} runs × ${metricsPerRun} metrics`;
  const wideSize = `${size} of ${rareKeys + metricsPerRun} keys`;
  const points = ({ runs, steps }: typeof plottedHistory) =>
    `${runs} runs × ${metricsPerHistory} metrics × ${steps} steps`;
  return [
    measured(
      row(`${size}: first page by a metric`, usual.page),
      "lower",
      { atMost: 100, ratioAtLeast: 50 },
      peer.first_page_seconds * 1000,
    ),
    measured(
      row(`${size}: first page of a filter by two metrics`, usual.filtered),
      "lower",
      { atMost: 100 },
      peer.filter_seconds * 1000,
    ),
    measured(row(`${size}: all as columns`, usual.table), "lower", {}),
    measured(row(`${wideSize}: first page by a metric`, wide.pageOfColumns), "lower", {
      atMost: 100,
    }),
    measured(row(`${wideSize}: all as columns`, wide.table), "lower", {}),
    measured(row(`${wideSize}: list of keys`, wide.keys), "lower", {}),
    measured(
      row(`history, ${points(sharedHistory)}: all points`, shared),
      "lower",
      { ratioAtLeast: 10 },
      peer.history_seconds * 1000,
    ),
    measured(row(`history, ${points(plottedHistory)}: for a plot`, plotted), "lower", {
      atMost: 500,
    }),
  ];
}
