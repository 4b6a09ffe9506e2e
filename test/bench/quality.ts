import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkQuality, type Expectation } from "assayer";
import { pythonEnvironment } from "../python";
import { measured, type Row } from "./row";

const group = "quality";
const rows = 1_000_000;
/** For growth: a tenth. */
const fewRows = rows / 10;

const names = (kind: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${kind}_${i}`);
const numbers = [...names("number", 30), ...names("count", 10)];
const texts = names("text", 8);

/** 100 of them. */
const expectations: Expectation[] = [
  ...[...numbers, ...texts].map((column): Expectation => ({ expect: "not-null", column })),
  ...numbers.map((column): Expectation => ({ expect: "between", column, min: -4, max: 120 })),
  ...texts.slice(0, 5).map((column): Expectation => ({
    expect: "in-set",
    column,
    values: ["category 1", "category 2", "category 3"],
  })),
  ...texts.slice(0, 5).map((column): Expectation => ({
    expect: "matches",
    column,
    regex: "^category 1",
  })),
  { expect: "monotonic", column: "time", direction: "increasing" },
  { expect: "unique", columns: ["time"] },
];

interface PeerFigures {
  summary: number;
  expectations: number;
  failing: (number | null)[];
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Summary and expectations of a table against Evidently and Great Expectations, from the same Parquet file. */
export async function benchQuality(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "assayer-bench-"));
  try {
    const bin = pythonEnvironment("quality", join(__dirname, "requirements-quality.txt"));
    const python = (...args: string[]) =>
      execFileSync(join(bin, "python"), [join(__dirname, "quality_peers.py"), ...args], {
        encoding: "utf8",
        env: { ...process.env, DO_NOT_TRACK: "1", GX_ANALYTICS_ENABLED: "false" },
        stdio: ["ignore", "pipe", "ignore"],
      });
    const [path, small] = [join(folder, "table.parquet"), join(folder, "small.parquet")];
    python("make", path, String(rows));
    python("make", small, String(fewRows));
    const list = join(folder, "expectations.json");
    writeFileSync(list, JSON.stringify(expectations));
    const peer = JSON.parse(
      python("measure", path, list).trim().split("\n").at(-1) ?? "",
    ) as PeerFigures;

    const options = { correlation: false };
    const summary = await seconds(() => checkQuality(path, [], options));
    let failing: (number | null)[] = [];
    const both = await seconds(async () => {
      const report = await checkQuality(path, expectations, options);
      failing = report.results.map((result) => result.failing);
    });
    // The peer answers in an order of its own.
    const counts = (list: readonly (number | null)[]) => list.map(Number).sort((a, b) => a - b);
    if (counts(failing).join() !== counts(peer.failing).join())
      throw new Error("bench quality requires the peer's counts of failing rows; got others");
    const few = await seconds(() => checkQuality(small, expectations, options));
    const correlation = await seconds(() => checkQuality(path, [], { correlation: true }));
    const row = (figure: string, value: number) => ({ group, figure, value, unit: "s" });
    const size = `${rows} × ${numbers.length + texts.length + 2}`;
    return [
      measured(
        row(`${size}: summary (peer Evidently)`, summary),
        "lower",
        { ratioAtLeast: 5 },
        peer.summary,
      ),
      measured(
        row(`${size}: summary and 100 expectations (peers Evidently and Great Expectations)`, both),
        "lower",
        { atMost: 20, ratioAtLeast: 5 },
        peer.summary + peer.expectations,
      ),
      measured(
        row(`${size}: summary with correlation of ${numbers.length} columns`, correlation),
        "lower",
        {},
      ),
      measured(
        {
          group,
          figure: `ten times the rows (${fewRows} to ${rows}): times the time`,
          value: both / few,
          unit: "×",
        },
        "lower",
        // n log n would be 12.
        { atMost: 12 },
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
