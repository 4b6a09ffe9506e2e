import type { RowMatrix } from "../row-matrix";
import { addSumError } from "./add-sum-error";
import { explainRows, type RowResult, type RowTask } from "./explain-rows";
import {
  cumulated,
  drawnPlace,
  shuffle,
  type AnyModelOptions,
  type AnyModelShap,
  type StopOptions,
} from "./masked-model";
import { predictInBlocks } from "./predict-in-blocks";

/** Differences of a column that are drawn before columns are compared by their variance, and then at a time. */
const atFirst = 100;

/**
 * SHAP values of any model, each column's from differences that switching it on makes beside columns by chance, with a
 * row of the background by chance. After 100 of each column, more are drawn of the columns that vary most. Takes no
 * longer with a larger background, which can be all of the data.
 *
 * Values are made to add up to the prediction by their variances, as shap does; standard errors are those of the
 * adjusted values.
 *
 * @param data n ≥ 1 rows of numbers, as `predict` takes them
 * @param options.maxEvaluations default 2000 for each column: 1000 differences of two predictions, as shap's nsamples
 * @throws AssayerError "invalid-argument" for rows, weights or columns that do not fit, and answers that are not finite
 * @see Štrumbelj and Kononenko 2010, "An efficient explanation of individual classifications using game theory";
 *   shap's SamplingExplainer
 */
export async function samplingShap(
  data: RowMatrix,
  options: AnyModelOptions & StopOptions,
): Promise<AnyModelShap> {
  return explainRows("samplingShap", data, options, (task) =>
    sampled(task, options.maxEvaluations ?? 2000 * task.model.players),
  );
}

async function sampled(task: RowTask, limit: number): Promise<RowResult> {
  const { model } = task;
  const { players, outputs } = model;
  const means = new Float64Array(outputs * players);
  const squares = new Float64Array(outputs * players);
  const drawn = new Int32Array(players);
  const standardError = new Float64Array(outputs * players);
  let wanted = new Int32Array(players).fill(
    Math.max(2, Math.min(atFirst, Math.floor(limit / 2 / players))),
  );
  const start = model.evaluations;
  const upTo = cumulated(model.shares);
  for (;;) {
    const before = model.evaluations;
    await drawDifferences(task, wanted, upTo, (player, differences) => {
      const n = (drawn[player] = (drawn[player] as number) + 1);
      for (let k = 0; k < outputs; k++) {
        const at = k * players + player;
        const delta = (differences[k] as number) - (means[at] as number);
        means[at] = (means[at] as number) + delta / n;
        squares[at] = (squares[at] as number) + delta * ((differences[k] as number) - means[at]);
      }
    });
    for (let at = 0; at < means.length; at++) {
      const n = drawn[at % players] as number;
      standardError[at] = Math.sqrt((squares[at] as number) / (n - 1) / n);
    }
    const adjusted = addSumError(task, means, standardError);
    const left = limit - (model.evaluations - start);
    const enough = task.accurate(adjusted.standardError) || task.late();
    if (enough || left < 2 || model.evaluations === before) return adjusted;
    wanted = nextDraws(task, squares, drawn, Math.floor(left / 2));
  }
}

/** As many differences again as were drawn at first, to the columns whose means gain most of them. */
function nextDraws(
  { model: { players, outputs } }: RowTask,
  squares: Float64Array,
  drawn: Int32Array,
  left: number,
): Int32Array<ArrayBuffer> {
  const budget = Math.min(left, atFirst * players);
  const total = new Float64Array(outputs);
  const variance = (at: number) =>
    (squares[at] as number) / Math.max(1, (drawn[at % players] as number) - 1);
  for (let at = 0; at < squares.length; at++) {
    const k = Math.floor(at / players);
    total[k] = (total[k] as number) + Math.sqrt(variance(at));
  }
  const wanted = new Int32Array(players);
  const goals = Array.from({ length: players }, (_, player) => {
    let share = 0;
    for (let k = 0; k < outputs; k++)
      if ((total[k] as number) > 0)
        share += Math.sqrt(variance(k * players + player)) / (total[k] as number) / outputs;
    return share;
  });
  // Neyman's allocation of what will then have been drawn; what a column has beyond its part is not taken back.
  const after = budget + drawn.reduce((sum, each) => sum + each, 0);
  const short = goals.map((share, player) =>
    Math.max(0, share * after - (drawn[player] as number)),
  );
  const sum = short.reduce((a, b) => a + b, 0);
  short.forEach(
    (each, player) => (wanted[player] = sum > 0 ? Math.floor((each / sum) * budget) : 0),
  );
  if (wanted.every((each) => each === 0)) {
    const most = short.indexOf(Math.max(...short));
    wanted[most] = Math.max(1, budget);
  }
  return wanted;
}

async function drawDifferences(
  { model, row, random }: RowTask,
  wanted: Int32Array,
  upTo: Float64Array,
  take: (player: number, differences: Float64Array) => void,
): Promise<void> {
  const { width, outputs, players, origin, background, featuresOf } = model;
  const order = Int32Array.from({ length: players }, (_, i) => i);
  const samples: { player: number; b: number; on: Uint8Array }[] = [];
  const differences = new Float64Array(outputs);
  for (let player = 0; player < players; player++)
    for (let i = 0; i < (wanted[player] as number); i++) {
      const b = drawnPlace(upTo, random);
      shuffle(order, players, random);
      const on = new Uint8Array(players);
      for (const each of order) {
        if (each === player) break;
        on[each] = 1;
      }
      const changes = (featuresOf[player] as Int32Array).some(
        (f) => !Object.is(row[f], background.rows[b * width + f]),
      );
      // A column whose value is the background row's changes nothing, which needs no prediction.
      if (changes) samples.push({ player, b, on });
      else take(player, differences);
    }
  const answers = await predictInBlocks(model, 2 * samples.length, (i, target, offset) => {
    const { player, b, on } = samples[i >> 1] as (typeof samples)[number];
    for (let f = 0; f < width; f++) {
      const owner = origin[f] as number;
      const own = owner === player ? i % 2 === 1 : on[owner] === 1;
      target[offset + f] = (own ? row[f] : background.rows[b * width + f]) as number;
    }
  });
  samples.forEach(({ player }, i) => {
    for (let k = 0; k < outputs; k++)
      differences[k] =
        (answers[(2 * i + 1) * outputs + k] as number) - (answers[2 * i * outputs + k] as number);
    take(player, differences);
  });
}
