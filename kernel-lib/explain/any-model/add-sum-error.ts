import type { RowResult, RowTask } from "./explain-rows";

/**
 * Values estimated one by one, made to sum to the prediction less the base value: each takes its variance's part of
 * what is missing, as the likeliest values under that sum do. The sum being known makes them the surer.
 *
 * @see shap's SamplingExplainer, which adds the same parts
 */
export function addSumError(
  { model: { players, outputs, baseValue }, prediction }: RowTask,
  means: Float64Array,
  standardError: Float64Array,
): RowResult {
  const adjusted = { shapValues: means.slice(), standardError: standardError.slice() };
  for (let k = 0; k < outputs; k++) {
    const from = k * players;
    let [sum, variance, counted] = [0, 0, 0];
    for (let v = from; v < from + players; v++) {
      sum += means[v] as number;
      variance += (standardError[v] as number) ** 2;
      counted += means[v] === 0 ? 0 : 1;
    }
    const missing = (prediction[k] as number) - (baseValue[k] as number) - sum;
    for (let v = from; v < from + players; v++) {
      const own = (standardError[v] as number) ** 2;
      const part = variance > 0 ? own / variance : even(means[v] as number, counted, players);
      adjusted.shapValues[v] = (means[v] as number) + part * missing;
      adjusted.standardError[v] = Math.sqrt(own * Math.max(0, 1 - part));
    }
  }
  return adjusted;
}

/** Where nothing varied: of those that had a part, the same for each; of all where none had. */
function even(mean: number, counted: number, players: number): number {
  if (counted === 0) return 1 / players;
  return mean === 0 ? 0 : 1 / counted;
}
