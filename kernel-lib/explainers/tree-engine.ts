import { setImmediate as nextTurn } from "node:timers/promises";
import { AssayerError } from "../errors";
import { applyPostTransform } from "../explain/apply-post-transform";
import type { ExplainableModel, TreeCore } from "../explain/explainable-model";
import type { ExplainedOutput } from "../explain/explanation";
import { ensembleCovers } from "../explain/tree/ensemble-covers";
import { throwIfStopped } from "../store/scan/scan-database";
import type { Engine } from "./engine";
import type { ModelCore } from "./model-core";
import { sliceRows, type ModelRows } from "./model-rows";
import { ParallelTreeShap } from "./workers/parallel-tree-shap";

/** Rows that are encoded at a time, in values, so that a signal is heard between. */
const blockValues = 1 << 16;

/** Explains trees by themselves: exact, in double precision. */
export async function treeEngine(
  model: ExplainableModel,
  core: ModelCore,
  trees: TreeCore,
  options: {
    method: "tree-path-dependent" | "tree-interventional";
    output: ExplainedOutput;
    background: ModelRows | null;
    threads?: number;
  },
): Promise<Engine> {
  const { method, output, background, threads } = options;
  const { origin, postTransform } = model;
  const columns = model.columns.length;
  const takesMissing = trees.ensemble.missingYes.includes(1);
  /** @param start the place of the first of these rows */
  const encode = async (rows: ModelRows, caller: string, start = 0) => {
    const features = await core.encode(rows);
    if (!takesMissing) requireValues(caller, features, core.features, model, start);
    return features;
  };
  const others =
    background === null
      ? null
      : { rows: await encode(background, "openExplainer"), count: background.count };
  const isByCovers = method === "tree-path-dependent";
  const ensemble =
    isByCovers && others !== null && !hasCovers(trees)
      ? ensembleCovers(trees.ensemble, others)
      : trees.ensemble;
  const engine = new ParallelTreeShap(
    ensemble,
    {
      origin,
      columns,
      output,
      postTransform,
      ...(others !== null && !isByCovers && { background: others }),
    },
    threads === undefined ? {} : { threads },
  );
  const explained = (raw: Float64Array) =>
    output === "raw" ? raw : applyPostTransform(raw, core.outputs, postTransform);
  const step = Math.max(1, Math.floor(blockValues / core.features));
  return {
    method,
    predict: async (rows) => explained(core.raw(await encode(rows, "predict"), rows.count)),
    async explain(rows, { labels, interactions = false, onProgress, signal }) {
      const { count } = rows;
      const features = new Float64Array(count * core.features);
      const predictions = new Float64Array(count * core.outputs);
      for (let start = 0; start < count; start += step) {
        const end = Math.min(count, start + step);
        throwIfStopped(signal);
        const part = await encode(sliceRows(rows, start, end), "explain", start);
        const raw = core.raw(part, end - start);
        features.set(part, start * core.features);
        predictions.set(
          labels ? logLosses(raw, labels.subarray(start, end)) : explained(raw),
          start * core.outputs,
        );
        await nextTurn();
      }
      const found = await engine.explain(
        { rows: features, count },
        {
          interactions,
          ...(labels && { labels }),
          ...(onProgress && { onProgress }),
          ...(signal && { signal }),
        },
      );
      return { ...found, predictions, standardError: null, converged: true };
    },
  };
}

/** Whether a file tells how many rows came to each node. */
export function hasCovers({ ensemble: { cover } }: TreeCore): boolean {
  return cover.every(Number.isFinite);
}

function logLosses(margins: Float64Array, labels: Float64Array): Float64Array {
  return margins.map(
    (margin, row) =>
      Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin))) - Number(labels[row]) * margin,
  );
}

/** Trees that send missing values nowhere of their own were trained without any. */
function requireValues(
  caller: string,
  features: Float64Array,
  width: number,
  { columns, origin }: ExplainableModel,
  start: number,
): void {
  const at = features.findIndex(Number.isNaN);
  if (at === -1) return;
  const name = columns[origin[at % width] ?? 0]?.name ?? "";
  throw new AssayerError(
    "invalid-argument",
    `${caller} requires a value in ${name}, since the model's trees have no way for missing ones; got none in row ${start + Math.floor(at / width)}`,
  );
}
