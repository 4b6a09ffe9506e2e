import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { metricFrame, type MetricFrame, type MetricFrameInput, type MetricName } from "assayer";
import { pythonEnvironment } from "../python";
import { measured, median, type Row } from "./row";

const group = "fairness";
const rows = 1_000_000;
const resamples = 1000;
/** Fairlearn's resamples take seconds each; a few are measured, and their time multiplied. */
const peerResamples = 2;

const metrics: MetricName[] = [
  "accuracy",
  "precision",
  "selectionRate",
  "truePositiveRate",
  "falsePositiveRate",
  "trueNegativeRate",
  "falseNegativeRate",
  "f1",
];

interface PeerFigures {
  plain: number;
  resample: number;
  differences: Record<string, number>;
}

/** 4 × 6 groups whose rates differ a little, from a fixed linear congruential generator. */
function sample(n: number) {
  let state = 12345;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const [yTrue, yPred, region, age] = Array.from({ length: 4 }, () => new Uint8Array(n)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const yScore = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    region[i] = Math.floor(random() * 4);
    age[i] = Math.floor(random() * 6);
    yTrue[i] = Number(random() < 0.3 + 0.02 * Number(age[i]));
    yScore[i] = 0.5 * random() + 0.25 * Number(yTrue[i]) + 0.01 * Number(region[i]);
    yPred[i] = Number(Number(yScore[i]) > 0.45);
  }
  const names = (kind: string, codes: Uint8Array) => {
    const all = Array.from({ length: 8 }, (_, i) => `${kind} ${i}`);
    return Array.from(codes, (code) => all[code]);
  };
  const sensitiveFeatures = { region: names("region", region), age: names("age", age) };
  return { columns: { yTrue, yPred, region, age }, yScore, sensitiveFeatures };
}

/** Of several runs the middle one, so that what else the machine does counts on both sides alike. */
function seconds(runs: number, work: () => void): number {
  return median(
    Array.from({ length: runs }, () => {
      const start = performance.now();
      work();
      return (performance.now() - start) / 1000;
    }),
  );
}

/** Groups' metrics, with and without 1,000 resamples, against Fairlearn on the same rows. */
export function benchFairness(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "assayer-bench-"));
  try {
    const { columns, yScore, sensitiveFeatures } = sample(rows);
    for (const [name, column] of Object.entries(columns)) writeFileSync(join(folder, name), column);
    const bin = pythonEnvironment("fairness", join(__dirname, "requirements-fairness.txt"));
    const peer = JSON.parse(
      execFileSync(
        join(bin, "python"),
        [join(__dirname, "fairlearn_frame.py"), folder, String(peerResamples)],
        { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
      ),
    ) as PeerFigures;
    const { yTrue, yPred } = columns;
    const input: MetricFrameInput = { metrics, yTrue, yPred, sensitiveFeatures };
    const bootstrap = { resamples, interval: "bca" } as const;
    let frame: MetricFrame | undefined;
    const all = (each: MetricFrameInput) => () => {
      frame = metricFrame(each);
      frame.groupMin();
      frame.groupMax();
      frame.difference();
      frame.ratio();
    };
    const plain = seconds(5, all(input));
    for (const [name, figure] of Object.entries(frame?.difference() ?? {}))
      if (Math.abs(Number(figure.value) - Number(peer.differences[name])) > 1e-12)
        throw new Error(`bench fairness requires the peer's difference of ${name}; got another`);
    const resampled = seconds(3, all({ ...input, ...bootstrap }));
    const weighted = seconds(
      1,
      all({ ...input, ...bootstrap, sampleWeight: yScore.map((score) => 0.5 + score) }),
    );
    const scores = seconds(1, all({ ...input, ...bootstrap, metrics: ["rocAuc"], yScore }));
    const large = sample(10 * rows);
    const ten = seconds(
      1,
      all({
        metrics,
        yTrue: large.columns.yTrue,
        yPred: large.columns.yPred,
        sensitiveFeatures: large.sensitiveFeatures,
      }),
    );
    const row = (figure: string, value: number, unit = "s") => ({ group, figure, value, unit });
    return Promise.resolve([
      measured(
        row(`metricFrame, 8 metrics, ${rows} rows, 24 groups (peer Fairlearn)`, plain),
        "lower",
        { ratioAtLeast: 20 },
        peer.plain,
      ),
      measured(
        row(
          `the same with ${resamples} resamples (peer: ${peerResamples} of them, scaled)`,
          resampled,
        ),
        "lower",
        { atMost: 10, ratioAtLeast: 20 },
        peer.plain + resamples * peer.resample,
      ),
      measured(row(`the same with weights and ${resamples} resamples`, weighted), "lower", {}),
      measured(row(`ROC AUC with ${resamples} resamples`, scores), "lower", {}),
      measured(row("ten times the rows: times the time", ten / plain, "×"), "lower", {
        atMost: 12,
      }),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
