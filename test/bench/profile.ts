import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { dataProfile, driftReport, encodeProfile, type DataProfile } from "assayer";
import { pythonEnvironment } from "../python";
import { measured, type Row } from "./row";

const columns = 50;
const megabyte = 1_000_000;

/** Normal, exponential and uniform columns. */
async function writeTable(path: string, rows: number): Promise<void> {
  const kinds = [
    "sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())",
    "-10 * ln(1 - random())",
    "100 * random()",
  ];
  const list = Array.from({ length: columns }, (_, i) => `${kinds[i % 3]} as c${i}`).join(", ");
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  await connection.run("select setseed(0.5)");
  await connection.run(`copy (select ${list} from range(${rows})) to '${path}' (format parquet)`);
  connection.closeSync();
  instance.closeSync();
}

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  const start = performance.now();
  const result = await work();
  return { seconds: (performance.now() - start) / 1000, result };
}

/** The better of two: the machine is not ours alone. */
async function best(work: () => Promise<DataProfile>) {
  const first = await timed(work);
  const second = await timed(work);
  return first.seconds < second.seconds ? first : second;
}

/** Runs `work`, and tells the most memory that the process held, in gigabytes. */
async function heldMost(work: () => Promise<unknown>): Promise<number> {
  let most = 0;
  const look = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 20);
  await work();
  clearInterval(look);
  return most / 1e9;
}

/** Profiles of tables of 50 columns of doubles in Parquet, against Apache DataSketches on the same file. */
export async function benchProfile(): Promise<Row[]> {
  const bin = pythonEnvironment("profile", join(__dirname, "requirements-profile.txt"));
  const folder = mkdtempSync(join(tmpdir(), "assayer-bench-"));
  try {
    const [million, tenth] = [join(folder, "1m.parquet"), join(folder, "100k.parquet")];
    await writeTable(million, 1_000_000);
    await writeTable(tenth, 100_000);
    const small = await best(() => dataProfile(tenth));
    const large = await best(() => dataProfile(million));
    const memory = await heldMost(() => dataProfile(million));
    const script = join(__dirname, "datasketches_profile.py");
    const peer = JSON.parse(
      execFileSync(join(bin, "python"), [script, million], { encoding: "utf8" }),
    ) as { quantiles: number; distinct: number; bytes: number };
    const report = await timed(() => driftReport(small.result, large.result));
    const figure = (name: string, value: number, unit: string) =>
      ({ group: "profile", figure: name, value, unit }) as const;
    const bytes = encodeProfile(large.result).length;
    return [
      measured(
        figure("profile of 1M × 50 from Parquet", large.seconds, "s"),
        "lower",
        { atMost: 3 },
        peer.quantiles + peer.distinct,
      ),
      measured(
        figure(
          "profile of 1M × 50 from Parquet, the peer without distinct counts",
          large.seconds,
          "s",
        ),
        "lower",
        {},
        peer.quantiles,
      ),
      measured(
        figure("size of the profile of 50 columns", bytes / megabyte, "MB"),
        "lower",
        { atMost: 1 },
        peer.bytes / megabyte,
      ),
      measured(
        figure(
          "10 times the rows, 100k to 1M, takes",
          large.seconds / small.seconds,
          "times as long",
        ),
        "lower",
        { atMost: 12 },
      ),
      measured(figure("most memory while profiling 1M × 50", memory, "GB"), "lower", { atMost: 4 }),
      measured(
        figure("drift report of profiles of 100k and 1M × 50", report.seconds, "s"),
        "lower",
        {},
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
