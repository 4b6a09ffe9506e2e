import type { RowMatrix } from "../row-matrix";
import { addSumError } from "./add-sum-error";
import { explainRows, type RowResult, type RowTask } from "./explain-rows";
import {
  cumulated,
  differingPlayers,
  drawnPlace,
  shuffle,
  type AnyModelOptions,
  type AnyModelShap,
  type StopOptions,
} from "./masked-model";
import { predictInBlocks } from "./predict-in-blocks";

/** Fewer pairs of orders say too little of the spread between them. */
const fewestPairs = 16;

/**
 * SHAP values of any model from columns switched on in an order by chance and then in the opposite one. Values of a
 * model whose columns interact in pairs alone are exact.
 *
 * Each pair of orders is run against one row of the background, and each row of it has as many pairs: at the same cost
 * this leaves far less error than a few orders against all of the background, or Kernel SHAP. The standard error is
 * that of the spread between pairs of one background row. Where `maxEvaluations` is too little for two pairs with each
 * row of the background, rows of it are drawn by weight; values are then made to add up by their variances.
 *
 * @param data n ≥ 1 rows of numbers, as `predict` takes them
 * @param options.maxEvaluations default 500 for each background row (as shap's max_evals), or what two pairs take
 * @throws AssayerError "invalid-argument" for rows, weights or columns that do not fit, and answers that are not finite
 * @see Mitchell, Cooper, Frank and Holmes 2022, "Sampling permutations for Shapley value estimation": antithetic
 *   orders; shap's PermutationExplainer
 */
export async function permutationShap(
  data: RowMatrix,
  options: AnyModelOptions & StopOptions,
): Promise<AnyModelShap> {
  return explainRows("permutationShap", data, options, (task) => {
    const { players, background } = task.model;
    const pairs = 2 * Math.max(1, players - 1);
    const limit =
      options.maxEvaluations ??
      Math.max(Math.max(500, 2 * pairs) * background.count, fewestPairs * pairs);
    return limit < 2 * pairs * background.count
      ? drawnBackground(task, limit)
      : everyBackground(task, limit);
  });
}

/** As many pairs of orders for each row of the background. */
async function everyBackground(task: RowTask, limit: number): Promise<RowResult> {
  const { model, row } = task;
  const { players, outputs, background, shares } = model;
  const values = players * outputs;
  const all = Array.from(shares, (_, b) => ({ b, order: differingPlayers(model, row, b) }));
  const means = new Float64Array(background.count * values);
  const squares = new Float64Array(background.count * values);
  const start = model.evaluations;
  const result: RowResult = {
    shapValues: new Float64Array(values),
    standardError: new Float64Array(values),
  };
  const fewest = Math.max(2, Math.ceil(fewestPairs / background.count));
  for (let round = 1; ; round++) {
    const before = model.evaluations;
    // Two orders of two columns are all there are.
    const open = round === 1 ? all : all.filter(({ order }) => order.length > 2);
    const found = await contributions(task, open);
    open.forEach(({ b }, i) => {
      for (let v = 0; v < values; v++) {
        const at = b * values + v;
        const delta = (found[i * values + v] as number) - (means[at] as number);
        means[at] = (means[at] as number) + delta / round;
        squares[at] =
          (squares[at] as number) + delta * ((found[i * values + v] as number) - means[at]);
      }
    });
    const cost = model.evaluations - before;
    if (round < fewest && cost > 0) continue;
    for (let v = 0; v < values; v++) {
      let [mean, variance] = [0, 0];
      for (let b = 0; b < background.count; b++) {
        const share = shares[b] as number;
        mean += share * (means[b * values + v] as number);
        if (round > 1)
          variance += (share ** 2 * (squares[b * values + v] as number)) / (round - 1) / round;
      }
      result.shapValues[v] = mean;
      result.standardError[v] = Math.sqrt(variance);
    }
    const spent = model.evaluations - start;
    if (cost === 0 || task.accurate(result.standardError) || task.late()) return result;
    if (spent + cost > limit) return result;
  }
}

/** Rows of the background drawn by weight, where there are too many to take each twice. */
async function drawnBackground(task: RowTask, limit: number): Promise<RowResult> {
  const { model, row, random } = task;
  const { players, outputs, shares } = model;
  const values = players * outputs;
  const start = model.evaluations;
  const means = new Float64Array(values);
  const squares = new Float64Array(values);
  const standardError = new Float64Array(values);
  const upTo = cumulated(shares);
  for (let n = 0; ;) {
    const before = model.evaluations;
    const drawn = Array.from({ length: fewestPairs }, () => {
      const b = drawnPlace(upTo, random);
      return { b, order: differingPlayers(model, row, b) };
    });
    const found = await contributions(task, drawn);
    for (let i = 0; i < drawn.length; i++) {
      n++;
      for (let v = 0; v < values; v++) {
        const delta = (found[i * values + v] as number) - (means[v] as number);
        means[v] = (means[v] as number) + delta / n;
        squares[v] =
          (squares[v] as number) +
          delta * ((found[i * values + v] as number) - (means[v] as number));
      }
    }
    for (let v = 0; v < values; v++)
      standardError[v] = Math.sqrt((squares[v] as number) / (n - 1) / n);
    const cost = model.evaluations - before;
    const spent = model.evaluations - start;
    const adjusted = addSumError(task, means, standardError);
    if (cost === 0 || task.accurate(adjusted.standardError) || task.late()) return adjusted;
    if (spent + cost > limit) return adjusted;
  }
}

/**
 * What each player adds, in the mean of an order by chance and its opposite, against one row of the background each.
 *
 * @returns pairs × outputs × players
 */
async function contributions(
  { model, row, prediction, random }: RowTask,
  pairs: readonly { b: number; order: number[] }[],
): Promise<Float64Array> {
  const { width, outputs, players, featuresOf, background, backgroundAnswers } = model;
  for (const { order } of pairs) shuffle(order, order.length, random);
  const rows = pairs.reduce((sum, { order }) => sum + 2 * Math.max(0, order.length - 1), 0);
  const current = new (model.predictFloat32 ? Float32Array : Float64Array)(width);
  let [pair, step] = [-1, 0];
  let order: number[] = [];
  const answers = await predictInBlocks(model, rows, (_, target, offset) => {
    while (step === 2 * Math.max(0, order.length - 1)) {
      pair++;
      step = 0;
      order = (pairs[pair] as { order: number[] }).order;
    }
    const { b } = pairs[pair] as { b: number };
    const length = order.length - 1;
    if (step % length === 0)
      for (let f = 0; f < width; f++) current[f] = background.rows[b * width + f] as number;
    const player = order[step < length ? step : 2 * length - step] as number;
    for (const f of featuresOf[player] as Int32Array) current[f] = row[f] as number;
    target.set(current, offset);
    step++;
  });
  const found = new Float64Array(pairs.length * outputs * players);
  let at = 0;
  pairs.forEach(({ b, order }, i) => {
    const { length } = order;
    if (length === 0) return;
    for (let k = 0; k < outputs; k++) {
      const into = (i * outputs + k) * players;
      for (const back of [0, 1]) {
        let last = backgroundAnswers[b * outputs + k] as number;
        for (let t = 0; t < length; t++) {
          const next = (
            t === length - 1 ? prediction[k] : answers[(at + back * (length - 1) + t) * outputs + k]
          ) as number;
          const player = order[back ? length - 1 - t : t] as number;
          found[into + player] = (found[into + player] as number) + (next - last) / 2;
          last = next;
        }
      }
    }
    at += 2 * (length - 1);
  });
  return found;
}
