import { AssayerError } from "../errors";
import { linearShap } from "../explain/linear/linear-shap";
import type { ExplainableModel, LinearCore } from "../explain/explainable-model";
import { throwIfStopped } from "../store/scan/scan-database";
import type { Engine } from "./engine";
import type { ModelCore } from "./model-core";
import type { ModelRows } from "./model-rows";

/** Explains a linear model by its coefficients, against the background's mean or its covariance too. */
export async function linearEngine(
  model: ExplainableModel,
  core: ModelCore,
  linear: LinearCore,
  options: { method: "linear" | "linear-correlated"; background: ModelRows; seed?: number },
): Promise<Engine> {
  const { method, seed } = options;
  const { features } = core;
  const encode = async (rows: ModelRows, caller: string) => {
    const values = await core.encode(rows);
    const at = values.findIndex(Number.isNaN);
    if (at === -1) return values;
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a value in ${model.columns[model.origin[at % features] ?? 0]?.name ?? ""}, which the model multiplies; got none in row ${Math.floor(at / features)}`,
    );
  };
  // A column that no feature is made of adds nothing.
  const used = [...new Set(model.origin)].sort((a, b) => a - b);
  const origin = model.origin.map((column) => used.indexOf(column));
  const { count } = options.background;
  const background = { rows: await encode(options.background, "openExplainer"), count };
  return {
    method,
    predict: async (rows) => core.raw(await encode(rows, "predict"), rows.count),
    async explain(rows, { signal }) {
      throwIfStopped(signal);
      const values = await encode(rows, "explain");
      const found = linearShap(
        { rows: values, count: rows.count },
        {
          model: linear,
          background,
          origin,
          correlated: method === "linear-correlated",
          ...(seed !== undefined && { seed }),
        },
      );
      const spread = (values: Float64Array) => {
        const all = new Float64Array((values.length / used.length) * model.columns.length);
        values.forEach((value, i) => {
          const column = used[i % used.length] ?? 0;
          all[Math.floor(i / used.length) * model.columns.length + column] = value;
        });
        return all;
      };
      return {
        baseValue: found.baseValue,
        shapValues: spread(found.shapValues),
        predictions: core.raw(values, rows.count),
        standardError: found.standardError && spread(found.standardError),
        interactions: null,
        converged: true,
      };
    },
  };
}
