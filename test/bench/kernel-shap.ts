import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelShap, openSession, permutationShap, type AnyModelShap } from "assayer";
import { pythonEnvironment } from "../python";
import { measured, type Row, type Target } from "./row";

const group = "kernel-shap";
/** `ASSAYER_BENCH_SMALL=1` tries the group in half a minute. */
const rows = process.env.ASSAYER_BENCH_SMALL === "1" ? 6 : 100;
const columns = 30;

const kinds = ["network", "trees"] as const;

interface Data {
  background: number[][];
  rows: number[][];
  /** By model, of the first rows or all: outputs × columns each. */
  values: Record<(typeof kinds)[number], number[][] | number[][][]>;
}

interface PeerFigures {
  seconds: number;
  /** Root mean square error of the values that are known. */
  error: number;
}

/**
 * SHAP values of 30 columns by sampling, against shap's KernelExplainer: of a network (30, 64, 64, 2), which is what
 * Kernel SHAP is for, and of 100 trees, for which there is a method of their own. The model is in ONNX Runtime on our
 * side; on theirs in ONNX Runtime, and in scikit-learn as shap's users have it. One thread, seconds of the processor.
 * Errors are against TreeExplainer, which is exact, and for the network against shap's PermutationExplainer with 200
 * orders of the first five rows.
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
    const peers = JSON.parse(python("measure", folder, String(rows))) as Record<
      (typeof kinds)[number],
      Record<"onnx" | "sklearn", PeerFigures>
    >;
    const table: Row[] = [];
    for (const kind of kinds)
      table.push(...(await rowsOf(kind, join(folder, `${kind}.onnx`), data, peers[kind])));
    return table;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rowsOf(
  kind: (typeof kinds)[number],
  path: string,
  data: Data,
  peer: Record<"onnx" | "sklearn", PeerFigures>,
): Promise<Row[]> {
  const session = await openSession(path);
  const matrix = (from: number[][], count: number) => ({
    rows: Float64Array.from(from.slice(0, count).flat()),
    count,
  });
  const predict = (block: Float64Array | Float32Array, count: number) =>
    session.predictMatrix(block, count);
  const options = {
    predict,
    predictFloat32: predict,
    background: matrix(data.background, data.background.length),
    tolerance: 0,
  };
  const known = data.values[kind].slice(0, rows).flat(2);
  const run = async (explain: (count: number) => Promise<AnyModelShap>) => {
    await explain(1);
    const before = process.cpuUsage();
    const { shapValues } = await explain(rows);
    const { user, system } = process.cpuUsage(before);
    const squares = known.reduce((sum, value, i) => sum + (value - (shapValues[i] ?? NaN)) ** 2, 0);
    return { seconds: (user + system) / 1e6, error: Math.sqrt(squares / known.length) };
  };
  const same = await run((count) => kernelShap(matrix(data.rows, count), options));
  // Pairs of orders for each row of the background, for about Kernel SHAP's error: 4 are a ninth of its predictions.
  const pairs = (kind === "network" ? 8 : 4) * options.background.count;
  const orders = await run((count) =>
    permutationShap(matrix(data.rows, count), {
      ...options,
      maxEvaluations: pairs * 2 * (columns - 1),
    }),
  );
  await session.close();
  const what = `of ${kind === "network" ? "a network" : "100 trees"}, ${columns} columns, ${rows} rows, background ${options.background.count}`;
  const seconds = (figure: string, value: number, from: PeerFigures, target: Target = {}) =>
    measured({ group, figure, value, unit: "s" }, "lower", target, from.seconds);
  const error = (figure: string, value: number, target: Target = {}) =>
    measured({ group, figure, value, unit: "units" }, "lower", target, peer.onnx.error);
  const wanted = kind === "network" ? { ratioAtLeast: 5 } : {};
  return [
    seconds(`kernelShap ${what}; peer's model in scikit-learn`, same.seconds, peer.sklearn, wanted),
    seconds("the same; peer's model in ONNX Runtime", same.seconds, peer.onnx),
    error("its root mean square error", same.error),
    seconds(`permutationShap ${what}; peer's model in scikit-learn`, orders.seconds, peer.sklearn),
    seconds("the same; peer's model in ONNX Runtime", orders.seconds, peer.onnx, {
      ratioAtLeast: 5,
    }),
    error("its root mean square error", orders.error, { ratioAtLeast: 1 }),
  ];
}
