import { parentPort, workerData } from "node:worker_threads";
import { AssayerError, messageOf, type ErrorCode } from "../../errors";
import { TreeShapEngine, type TreeShapModel } from "../../explain/tree/tree-shap";
import type { TreeEnsemble } from "../../explain/tree-ensemble";

/** What a worker thread is started with; its arrays are shared, not copied. */
export interface WorkerTask {
  ensemble: TreeEnsemble;
  model: TreeShapModel;
  rows: Float64Array;
  labels: Float64Array | null;
  interactions: boolean;
}

/** Some trees for some rows. */
export interface WorkUnit {
  unit: number;
  trees: readonly [number, number];
  rows: readonly [number, number];
}

export type WorkerAnswer =
  | { unit: number; shapValues: Float64Array; interactions: Float64Array | null }
  | { unit: number; code: ErrorCode | null; message: string };

const task = workerData as WorkerTask;
const engines = new Map<number, TreeShapEngine>();

/** The engine of the trees from a place on: a worker is given the same trees for several blocks of rows. */
function engineOf([from, to]: readonly [number, number]): TreeShapEngine {
  const known = engines.get(from);
  if (known !== undefined) return known;
  const { ensemble, model } = task;
  const engine = new TreeShapEngine(
    { ...ensemble, roots: ensemble.roots.subarray(from, to) },
    model,
  );
  engines.set(from, engine);
  return engine;
}

parentPort?.on("message", ({ unit, trees, rows: [from, to] }: WorkUnit) => {
  try {
    const { features } = task.ensemble;
    const { shapValues, interactions } = engineOf(trees).explain(
      { rows: task.rows.subarray(from * features, to * features), count: to - from },
      {
        interactions: task.interactions,
        ...(task.labels !== null && { labels: task.labels.subarray(from, to) }),
      },
    );
    const moved = [shapValues, ...(interactions === null ? [] : [interactions])].map(
      ({ buffer }) => buffer as ArrayBuffer,
    );
    parentPort?.postMessage({ unit, shapValues, interactions } satisfies WorkerAnswer, moved);
  } catch (error) {
    const code = error instanceof AssayerError ? error.code : null;
    parentPort?.postMessage({ unit, code, message: messageOf(error) } satisfies WorkerAnswer);
  }
});
