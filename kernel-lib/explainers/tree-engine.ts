import { setImmediate as nextTurn } from "node:timers/promises";
import { AssayerError } from "../errors";
import { applyPostTransform } from "../explain/apply-post-transform";
import type { ExplainableModel, TreeCore } from "../explain/explainable-model";
import type { ExplainedOutput } from "../explain/explanation";
import { ensembleCovers } from "../explain/tree/ensemble-covers";
import { TreeShapEngine } from "../explain/tree/tree-shap";
import { throwIfStopped } from "../store/scan/scan-database";
import type { Engine } from "./engine";
import type { ModelCore } from "./model-core";
import { sliceRows, type ModelRows } from "./model-rows";

/** Values that are made at a time, so that a signal is heard between. */
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
  },
): Promise<Engine> {
  const { method, output, background } = options;
  const { origin, postTransform } = model;
  const columns = model.columns.length;
  const takesMissing = trees.ensemble.missingYes.includes(1);
  const encode = async (rows: ModelRows, caller: string) => {
    const features = await core.encode(rows);
    if (!takesMissing) requireValues(caller, features, core.features, model);
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
  const engine = new TreeShapEngine(ensemble, {
    origin,
    columns,
    output,
    postTransform,
    ...(others !== null && !isByCovers && { background: others }),
  });
  const explained = (raw: Float64Array) =>
    output === "raw" ? raw : applyPostTransform(raw, core.outputs, postTransform);
  const step = Math.max(1, Math.floor(blockValues / (core.outputs * columns)));
  return {
    method,
    predict: async (rows) => explained(core.raw(await encode(rows, "predict"), rows.count)),
    async explain(rows, { labels, interactions = false, onProgress, signal }) {
      const { count } = rows;
      const size = core.outputs * columns;
      const shapValues = new Float64Array(count * size);
      const predictions = new Float64Array(count * core.outputs);
      const pairs = interactions ? new Float64Array(count * size * columns) : null;
      let baseValue = new Float64Array(labels ? count : core.outputs);
      for (let start = 0; start < count; start += step) {
        const end = Math.min(count, start + step);
        throwIfStopped(signal);
        onProgress?.(`row ${start + 1} of ${count}`, start / count);
        const part = sliceRows(rows, start, end);
        const features = await encode(part, "explain");
        const own = labels?.subarray(start, end);
        const found = engine.explain(
          { rows: features, count: part.count },
          { interactions, ...(own && { labels: own }) },
        );
        shapValues.set(found.shapValues, start * size);
        if (found.interactions) pairs?.set(found.interactions, start * size * columns);
        const raw = core.raw(features, part.count);
        predictions.set(own ? logLosses(raw, own) : explained(raw), start * core.outputs);
        if (own) baseValue.set(found.baseValue, start);
        else baseValue = Float64Array.from(found.baseValue);
        await nextTurn();
      }
      return {
        baseValue,
        shapValues,
        predictions,
        interactions: pairs,
        standardError: null,
        converged: true,
      };
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
): void {
  const at = features.findIndex(Number.isNaN);
  if (at === -1) return;
  const name = columns[origin[at % width] ?? 0]?.name ?? "";
  throw new AssayerError(
    "invalid-argument",
    `${caller} requires a value in ${name}, since the model's trees have no way for missing ones; got none in row ${Math.floor(at / width)}`,
  );
}
