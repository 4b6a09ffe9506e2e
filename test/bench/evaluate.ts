import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  averagePrecision,
  binaryCounts,
  classificationReport,
  logLoss,
  rocAuc,
  type RocAucOptions,
} from "assayer";
import { pythonEnvironment } from "../python";
import { measured, median, type Row } from "./row";

const group = "evaluate";
const rows = 1_000_000;

/** The same numbers each time: a linear congruential generator (Numerical Recipes), 0 to 1. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** Metrics of a million rows against scikit-learn's, on the same arrays in the same run. */
export function benchEvaluate(): Promise<Row[]> {
  return Promise.resolve(measureAll());
}

function measureAll(): Row[] {
  const random = uniform(7);
  const yScore = Float64Array.from({ length: rows }, () => random());
  const yTrue = Uint8Array.from(yScore, (score) => Number(random() < score));
  const yPred = Uint8Array.from(yScore, (score) => Number(score > 0.5));
  const sampleWeight = Float64Array.from({ length: rows }, () => random() + 0.5);
  const ours: Record<string, () => number> = {
    "confusion counts": () => {
      const counts = binaryCounts(yTrue, yPred);
      return (
        counts.truePositives + counts.falsePositives + counts.falseNegatives + counts.trueNegatives
      );
    },
    classificationReport: () => classificationReport(yTrue, yPred).macro.f1,
    logLoss: () => logLoss(yTrue, yScore),
    rocAuc: () => rocAuc(yTrue, yScore),
    "rocAuc, weighted": () => rocAuc(yTrue, yScore, { sampleWeight } satisfies RocAucOptions),
    averagePrecision: () => averagePrecision(yTrue, yScore),
  };
  const folder = mkdtempSync(join(tmpdir(), "assayer-bench-"));
  try {
    const paths = [yTrue, yPred, yScore, sampleWeight].map((values, i) => {
      const path = join(folder, String(i));
      writeFileSync(path, values);
      return path;
    });
    const bin = pythonEnvironment("parity", join(__dirname, "../parity/requirements.txt"));
    const peer = JSON.parse(
      execFileSync(join(bin, "python"), [join(__dirname, "evaluate_peers.py"), ...paths], {
        encoding: "utf8",
      }),
    ) as Record<string, { milliseconds: number; value: number }>;
    return Object.entries(ours).map(([figure, work]) => {
      const theirs = peer[figure];
      const times = Array.from({ length: 5 }, () => {
        const start = performance.now();
        const value = work();
        const time = performance.now() - start;
        if (theirs === undefined || Math.abs(value - theirs.value) > 1e-9 * Math.abs(value))
          throw new Error(
            `bench evaluate requires scikit-learn's ${figure}, ${String(theirs?.value)}; got ${value}`,
          );
        return time;
      });
      return measured(
        {
          group,
          figure: `${rows} rows: ${figure} (peer scikit-learn)`,
          value: median(times),
          unit: "ms",
        },
        "lower",
        figure.startsWith("rocAuc") ? { atMost: 200, ratioAtLeast: 1 } : { ratioAtLeast: 1 },
        theirs?.milliseconds ?? null,
      );
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
