import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Adwin, Ddm, Eddm, Kswin, PageHinkley, type StreamingDetector } from "assayer";
import { flightNumbers } from "../drift/flights";
import { pythonEnvironment } from "../python";
import { measured, median, type Row } from "./row";

const detectors = { Adwin, Ddm, Eddm, PageHinkley, Kswin };
type Figures = Record<keyof typeof detectors, number>;

function runPeer(delays: Float64Array): Figures {
  const bin = pythonEnvironment("river", join(__dirname, "requirements-river.txt"));
  const folder = mkdtempSync(join(tmpdir(), "assayer-bench-"));
  try {
    const file = join(folder, "delays.csv");
    writeFileSync(file, delays.join("\n"));
    const script = join(__dirname, "river_streaming.py");
    return JSON.parse(
      execFileSync(join(bin, "python"), [script, file], { encoding: "utf8" }),
    ) as Figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function perSecond(make: () => StreamingDetector, stream: Float64Array): number {
  const taken = Array.from({ length: 5 }, () => {
    const detector = make();
    const start = performance.now();
    for (const value of stream) detector.update(value);
    return (performance.now() - start) / 1000;
  });
  return stream.length / median(taken);
}

/** Updates of the streaming detectors on 60,000 flight delays, against river on the same. */
export async function benchStreaming(): Promise<Row[]> {
  const [delays] = await flightNumbers("select delay from flights");
  if (!delays) throw new Error("the flights have no delays");
  const late = delays.map((delay) => Number(delay > 15));
  const peer = runPeer(delays);
  return Object.entries(detectors).map(([name, make]) =>
    measured(
      {
        group: "streaming",
        figure: `${name}: updates per second`,
        value: perSecond(() => new make(), make === Ddm || make === Eddm ? late : delays),
        unit: "1/s",
      },
      "higher",
      { ratioAtLeast: 1 },
      peer[name as keyof Figures],
    ),
  );
}
