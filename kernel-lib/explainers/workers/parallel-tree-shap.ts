import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { AssayerError } from "../../errors";
import {
  TreeShapEngine,
  type FeatureRows,
  type TreeShapModel,
  type TreeShapRequest,
  type TreeShapValues,
} from "../../explain/tree/tree-shap";
import type { TreeEnsemble } from "../../explain/tree-ensemble";
import type { LongWork } from "../../store/long-work";
import { throwIfStopped } from "../../store/scan/scan-database";
import type { WorkerAnswer, WorkerTask, WorkUnit } from "./tree-shap-worker";

/** Work below this many seconds of one core is done at once, on the thread that asks. */
const worthWorkers = 0.3;
/** Most parts that the trees are dealt out in: the same for any number of threads, and so are the sums. */
const mostParts = 16;
const mostRows = 1 << 14;
/** Most numbers of a unit's answer. */
const mostCells = 1 << 23;

/**
 * Explains trees on all cores: the work is dealt out to worker threads, by trees and by blocks of rows, and what they
 * find is added up in one order, so that values do not depend on how many there are. Little work is done at once, on
 * the thread that asks.
 */
export class ParallelTreeShap {
  private readonly engine: TreeShapEngine;
  private readonly model: TreeShapModel;
  private readonly threads: number;
  private shared: TreeEnsemble | null = null;

  /**
   * @param options.threads worker threads; default: as many as the machine runs at a time
   * @throws AssayerError as `treeShap` does
   */
  constructor(
    private readonly ensemble: TreeEnsemble,
    model: TreeShapModel,
    options: { threads?: number } = {},
  ) {
    this.threads = options.threads ?? availableParallelism();
    if (!Number.isInteger(this.threads) || this.threads < 1)
      throw new AssayerError(
        "invalid-argument",
        `explain requires at least 1 thread; got ${this.threads}`,
      );
    this.engine = new TreeShapEngine(ensemble, model);
    this.model = model;
  }

  /**
   * SHAP values of rows, as `treeShap` gives them.
   *
   * @throws AssayerError as `treeShap` does; "aborted" once the signal says so
   */
  async explain(
    given: FeatureRows,
    { onProgress, signal, ...request }: TreeShapRequest & LongWork = {},
  ): Promise<TreeShapValues> {
    throwIfStopped(signal);
    const { seconds, isSum } = this.engine.workload(given.count);
    if (seconds < worthWorkers) return this.engine.explain(given, request);
    const baseValue = this.engine.baseValueOf(given, request);
    const outputs = this.model.outputs?.length ?? this.ensemble.baseValues.length;
    const size = outputs * this.players();
    const width = request.interactions === true ? size * this.players() : size;
    const shapValues = new Float64Array(given.count * size);
    const interactions =
      request.interactions === true ? new Float64Array(given.count * width) : null;
    const units = this.unitsOf(given.count, isSum, width);
    const task: WorkerTask = {
      ensemble: (this.shared ??= sharedEnsemble(this.ensemble)),
      model: this.model,
      rows: shared(given.rows),
      labels: request.labels === undefined ? null : Float64Array.from(request.labels),
      interactions: interactions !== null,
    };
    let done = 0;
    await dealOut(task, units, this.threads, signal, ({ rows: [from] }, answer) => {
      addTo(shapValues, from * size, answer.shapValues);
      if (interactions !== null && answer.interactions !== null)
        addTo(interactions, from * width, answer.interactions);
      done++;
      onProgress?.(`part ${done} of ${units.length}`, done / units.length);
    });
    return { baseValue, shapValues, interactions };
  }

  private players(): number {
    const { columns, origin } = this.model;
    return (
      columns ??
      origin?.reduce((most, each) => Math.max(most, each + 1), 0) ??
      this.ensemble.features
    );
  }

  /** Parts of the trees by blocks of the rows; all trees by smaller blocks where they cannot be explained apart. */
  private unitsOf(count: number, isSum: boolean, width: number): WorkUnit[] {
    const trees = this.ensemble.roots.length;
    const parts = isSum ? Math.min(trees, mostParts) : 1;
    const fitting = Math.max(1, Math.floor(mostCells / Math.max(1, width)));
    const block = Math.min(isSum ? mostRows : Math.ceil(count / 64), fitting);
    const units: WorkUnit[] = [];
    for (let part = 0; part < parts; part++)
      for (let from = 0; from < count; from += block)
        units.push({
          unit: units.length,
          trees: [Math.floor((part * trees) / parts), Math.floor(((part + 1) * trees) / parts)],
          rows: [from, Math.min(count, from + block)],
        });
    return units;
  }
}

type Found = Extract<WorkerAnswer, { shapValues: Float64Array }>;

/** Has workers do units of work, and takes what they find in the order of the units. */
function dealOut(
  task: WorkerTask,
  units: readonly WorkUnit[],
  threads: number,
  signal: AbortSignal | undefined,
  take: (unit: WorkUnit, found: Found) => void,
): Promise<void> {
  const workers: Worker[] = [];
  const waiting = new Map<number, Found>();
  let next = 0;
  let taken = 0;
  const { promise, resolve, reject } = promiseParts();
  const stop = () => {
    try {
      throwIfStopped(signal);
    } catch (error) {
      reject(error);
    }
  };
  const give = (worker: Worker) => {
    const unit = units[next++];
    if (unit !== undefined) worker.postMessage(unit);
  };
  const hear = (worker: Worker, answer: WorkerAnswer) => {
    if ("message" in answer) {
      const { code, message } = answer;
      reject(code === null ? new Error(message) : new AssayerError(code, message));
      return;
    }
    give(worker);
    waiting.set(answer.unit, answer);
    for (let unit = units[taken]; unit !== undefined; unit = units[taken]) {
      const found = waiting.get(taken);
      if (found === undefined) break;
      waiting.delete(taken);
      taken++;
      take(unit, found);
    }
    if (taken === units.length) resolve();
  };
  signal?.addEventListener("abort", stop);
  for (let thread = 0; thread < Math.min(threads, units.length); thread++) {
    const worker = startWorker(task);
    workers.push(worker);
    worker.on("message", (answer: WorkerAnswer) => {
      try {
        hear(worker, answer);
      } catch (error) {
        reject(error);
      }
    });
    worker.on("error", reject);
    give(worker);
  }
  return promise.finally(async () => {
    signal?.removeEventListener("abort", stop);
    await Promise.all(workers.map((worker) => worker.terminate()));
  });
}

function promiseParts() {
  let resolve = (): void => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Runs the file beside the bundle; in this repository's tests the source, which tsx compiles. */
function startWorker(task: WorkerTask): Worker {
  const built = join(__dirname, "tree-shap-worker.js");
  return existsSync(built)
    ? new Worker(built, { workerData: task })
    : new Worker(join(__dirname, "tree-shap-worker.ts"), {
        workerData: task,
        execArgv: ["--require", "tsx/cjs"],
      });
}

function shared<T extends Float64Array | Int32Array | Uint8Array>(of: T): T {
  const kind = of.constructor as new (buffer: SharedArrayBuffer) => T;
  const copy = new kind(new SharedArrayBuffer(of.byteLength));
  copy.set(of);
  return copy;
}

function sharedEnsemble(ensemble: TreeEnsemble): TreeEnsemble {
  return {
    roots: shared(ensemble.roots),
    feature: shared(ensemble.feature),
    threshold: shared(ensemble.threshold),
    mode: shared(ensemble.mode),
    yes: shared(ensemble.yes),
    no: shared(ensemble.no),
    missingYes: shared(ensemble.missingYes),
    members: ensemble.members,
    cover: shared(ensemble.cover),
    leafStart: shared(ensemble.leafStart),
    leafOutput: shared(ensemble.leafOutput),
    leafWeight: shared(ensemble.leafWeight),
    baseValues: shared(ensemble.baseValues),
    features: ensemble.features,
  };
}

function addTo(sums: Float64Array, start: number, values: Float64Array): void {
  for (let i = 0; i < values.length; i++)
    sums[start + i] = Number(sums[start + i]) + Number(values[i]);
}
