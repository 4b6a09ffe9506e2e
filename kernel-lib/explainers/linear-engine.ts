import { AssayerError } from "../errors";
import type { ExplainableModel, LinearCore } from "../explain/explainable-model";
import { throwIfStopped } from "../store/scan/scan-database";
import type { Engine } from "./engine";
import type { ModelCore } from "./model-core";
import type { ModelRows } from "./model-rows";

/** Explains a linear model by its coefficients: each feature's times what it is away from the background's mean. */
export async function linearEngine(
  model: ExplainableModel,
  core: ModelCore,
  { coefficients }: LinearCore,
  background: ModelRows,
): Promise<Engine> {
  const { features, outputs } = core;
  const columns = model.columns.length;
  const encode = async (rows: ModelRows, caller: string) => {
    const values = await core.encode(rows);
    const at = values.findIndex(Number.isNaN);
    if (at === -1) return values;
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a value in ${model.columns[model.origin[at % features] ?? 0]?.name ?? ""}, which the model multiplies; got none in row ${Math.floor(at / features)}`,
    );
  };
  const mean = new Float64Array(features);
  const others = await encode(background, "openExplainer");
  others.forEach((value, i) => {
    mean[i % features] = Number(mean[i % features]) + value / background.count;
  });
  const baseValue = core.raw(mean, 1);
  return {
    method: "linear",
    predict: async (rows) => core.raw(await encode(rows, "predict"), rows.count),
    async explain(rows, { signal }) {
      throwIfStopped(signal);
      const values = await encode(rows, "explain");
      const shapValues = new Float64Array(rows.count * outputs * columns);
      for (let row = 0; row < rows.count; row++)
        for (let o = 0; o < outputs; o++)
          for (let f = 0; f < features; f++) {
            const at = (row * outputs + o) * columns + Number(model.origin[f]);
            shapValues[at] =
              Number(shapValues[at]) +
              Number(coefficients[o * features + f]) *
                (Number(values[row * features + f]) - Number(mean[f]));
          }
      return {
        baseValue,
        shapValues,
        predictions: core.raw(values, rows.count),
        standardError: null,
        interactions: null,
        converged: true,
      };
    },
  };
}
