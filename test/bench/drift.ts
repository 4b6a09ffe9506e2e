import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { driftReport } from "assayer";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";
import { pythonEnvironment } from "../python";
import { measured, type Row } from "./row";

const group = "drift";

/** A table of numbers, or of numbers and categories by turns, of the same distribution for every seed. */
async function writeTable(
  path: string,
  { rows, columns, mixed, seed }: { rows: number; columns: number; mixed: boolean; seed: number },
): Promise<void> {
  const normal = "sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())";
  const cells = Array.from({ length: columns }, (_, c) =>
    mixed && c % 2 === 1
      ? `'category ' || floor(${5 + c} * random() ** 2)::integer as f${c}`
      : `(${c + 1} * ${normal})::double as f${c}`,
  );
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  await connection.run(`select setseed(${seed / 10})`);
  await connection.run(
    `copy (select ${cells.join(", ")} from range(${rows})) to '${path}' (format parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
}

interface Taken {
  seconds: number;
  /** The most memory that the process had, in GB. */
  memory: number;
}

/** A report in a process of its own, so that its memory is its own. */
function report(reference: string, current: string): Taken {
  const code = `
    const { driftReport } = require("assayer");
    const start = performance.now();
    driftReport(...process.argv.slice(1)).then(() => console.log(JSON.stringify({
      seconds: (performance.now() - start) / 1000,
      memory: process.resourceUsage().maxRSS / 1e6,
    })));`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["-e", code, reference, current], {
    encoding: "utf8",
    cwd: join(__dirname, "../.."),
  });
  if (status !== 0) throw new Error(`the report failed: ${stderr}`);
  return JSON.parse(stdout) as Taken;
}

function evidentlySeconds(reference: string, current: string): number {
  const bin = pythonEnvironment("evidently", join(__dirname, "requirements-drift.txt"));
  const script = join(__dirname, "evidently_drift.py");
  const output = execFileSync(join(bin, "python"), [script, reference, current], {
    encoding: "utf8",
    env: { ...process.env, DO_NOT_TRACK: "1" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  return (JSON.parse(output.trim().split("\n").at(-1) ?? "") as { seconds: number }).seconds;
}

const reports = 40;

/** How many reports on two samples of one distribution give an alarm, by tests whose p-values shrink with n. */
async function falseAlarms(): Promise<number> {
  const random = seededRandom(1);
  const side = () =>
    Object.fromEntries(
      ["a", "b", "c"].map((name) => [name, Float64Array.from({ length: 1e6 }, random)]),
    );
  let alarms = 0;
  for (let i = 0; i < reports; i++) {
    const { verdict } = await driftReport(side(), side(), { methods: { numerical: "ks" } });
    if (verdict === "alarm") alarms++;
  }
  return alarms;
}

/** Reports on Parquet files whose sides are of one distribution; Evidently with its defaults on the same files. */
export async function benchDrift(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "assayer-bench-"));
  const pair = async (name: string, size: { rows: number; columns: number; mixed: boolean }) => {
    const paths = [1, 2].map((side) => join(folder, `${name}-${side}.parquet`)) as [string, string];
    for (const [i, path] of paths.entries()) await writeTable(path, { ...size, seed: i + 1 });
    return paths;
  };
  const numbers = (rows: number) => pair(`numbers-${rows}`, { rows, columns: 50, mixed: false });
  try {
    const million = await numbers(1e6);
    const taken = report(...million);
    const mixed = await pair("mixed", { rows: 350_000, columns: 100, mixed: true });
    const small = report(...(await numbers(1e5)));
    const large = report(...(await numbers(1e7)));
    const row = (
      figure: string,
      value: number,
      unit: string,
      target: Parameters<typeof measured>[2],
      peer: number | null = null,
    ) => measured({ group, figure, value, unit }, "lower", target, peer);
    const nLogN = (1e7 * Math.log(1e7)) / (1e5 * Math.log(1e5));
    return [
      row(
        "report, 1,000,000 × 50 numbers from Parquet, exact distances",
        taken.seconds,
        "s",
        { atMost: 10, ratioAtLeast: 20 },
        evidentlySeconds(...million),
      ),
      row(
        "report, 350,000 × 100 numbers and categories from Parquet",
        report(...mixed).seconds,
        "s",
        { atMost: 5 },
        evidentlySeconds(...mixed),
      ),
      row("memory of a report, 10,000,000 × 50", large.memory, "GB", { atMost: 4 }),
      row(
        "time of 10,000,000 rows, of what n log n makes of 100,000",
        large.seconds / (small.seconds * nLogN),
        "×",
        {
          atMost: 1,
        },
      ),
      row(
        `alarms of ${reports} reports by KS tests on 1,000,000 × 3 samples of one distribution`,
        await falseAlarms(),
        "reports",
        { atMost: 0.05 * reports },
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
