import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelShap, openSession, permutationShap, type AnyModelShap } from "assayer";
import { pythonEnvironment } from "../python";
import { measured, type Row } from "./row";

const group = "kernel-shap";
/** `ASSAYER_BENCH_SMALL=1` tries the group in half a minute. */
const rows = process.env.ASSAYER_BENCH_SMALL === "1" ? 6 : 100;
const columns = 30;

interface Data {
  background: number[][];
  rows: number[][];
  exact: number[][];
}

interface PeerFigures {
  seconds: number;
  /** Root mean square error of all values. */
  error: number;
}

/**
 * SHAP values of 30 columns by sampling, against shap's KernelExplainer: the same model of 100 trees, in ONNX Runtime
 * on both sides and in scikit-learn on theirs; one thread, seconds of the processor. Errors are against TreeExplainer,
 * which is exact.
 */
export async function benchKernelShap(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "assayer-bench-"));
  try {
    const bin = pythonEnvironment("shap", join(__dirname, "../parity/requirements-shap.txt"));
    const python = (...args: string[]) =>
      execFileSync(join(bin, "python"), [join(__dirname, "kernel_shap_peer.py"), ...args], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
    python("prepare", folder);
    const data = JSON.parse(readFileSync(join(folder, "data.json"), "utf8")) as Data;
    const peer = JSON.parse(python("measure", folder, String(rows))) as Record<
      "onnx" | "sklearn",
      PeerFigures
    >;
    const session = await openSession(join(folder, "model.onnx"));
    const matrix = (from: number[][], count: number) => ({
      rows: Float64Array.from(from.slice(0, count).flat()),
      count,
    });
    const options = {
      predict: (block: Float64Array, count: number) => session.predictMatrix(block, count),
      background: matrix(data.background, data.background.length),
      tolerance: 0,
    };
    const run = async (explain: (count: number) => Promise<AnyModelShap>) => {
      await explain(1);
      const before = process.cpuUsage();
      const { shapValues } = await explain(rows);
      const { user, system } = process.cpuUsage(before);
      const squares = data.exact
        .slice(0, rows)
        .flat()
        .reduce((sum, exact, i) => sum + (exact - (shapValues[i] ?? NaN)) ** 2, 0);
      return { seconds: (user + system) / 1e6, error: Math.sqrt(squares / rows / columns) };
    };
    const same = await run((count) => kernelShap(matrix(data.rows, count), options));
    // Four pairs of orders for each row of the background: a ninth of Kernel SHAP's predictions.
    const pairs = 4 * options.background.count;
    const ours = await run((count) =>
      permutationShap(matrix(data.rows, count), {
        ...options,
        maxEvaluations: pairs * 2 * (columns - 1),
      }),
    );
    await session.close();
    const what = `${columns} columns, ${rows} rows, background ${options.background.count}`;
    return [
      measured(
        { group, figure: `SHAP values of any model, ${what}`, value: ours.seconds, unit: "s" },
        "lower",
        { ratioAtLeast: 5 },
        peer.onnx.seconds,
      ),
      measured(
        {
          group,
          figure: "the same, the peer's model in scikit-learn",
          value: ours.seconds,
          unit: "s",
        },
        "lower",
        {},
        peer.sklearn.seconds,
      ),
      measured(
        { group, figure: "its root mean square error", value: ours.error, unit: "units" },
        "lower",
        { ratioAtLeast: 1 },
        peer.onnx.error,
      ),
      measured(
        {
          group,
          figure: `kernelShap with as many coalitions, ${what}`,
          value: same.seconds,
          unit: "s",
        },
        "lower",
        {},
        peer.onnx.seconds,
      ),
      measured(
        { group, figure: "its root mean square error", value: same.error, unit: "units" },
        "lower",
        {},
        peer.onnx.error,
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
