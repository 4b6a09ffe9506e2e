import { AssayerError } from "../../errors";
import { seededRandom } from "../../stats/seeded-random";
import type { PredictRows } from "../explanation";
import { sharesOf, widthOf, type Background, type RowMatrix } from "../row-matrix";
import {
  predictInBlocks,
  type AskedModel,
  type PredictFloat32,
  type RowBlock,
} from "./predict-in-blocks";

/** What the explainers of any model need. Their time is the model's: each masked row is a row it predicts. */
export interface AnyModelOptions {
  predict: PredictRows;
  /**
   * In place of `predict` for masked rows, of a model that takes float32: they are written as it takes them, which
   * saves rounding. Answers are those of `predict` to the same rows rounded: `session.predictMatrix` is both.
   */
  predictFloat32?: PredictFloat32;
  /** Rows that a missing column takes its values from. More rows cost more time, in proportion. */
  background: Background;
  /** Feature → column, from 0 on: features of one column are switched together. Default: each is a column. */
  origin?: Int32Array;
  /** Default 0. The same rows, options and seed give the same values, whatever rows are explained beside. */
  seed?: number;
  signal?: AbortSignal;
  /** @param fraction how much is done, from 0 to 1 */
  onProgress?: (message: string, fraction: number) => void;
}

/** When an explainer that samples may stop. */
export interface StopOptions {
  /**
   * A row is done when the largest standard error of its values is at most this share of the output's scale: the root
   * mean square of the differences between the row's prediction and those of the background. Default 0.01.
   */
  tolerance?: number;
  /** Rows of the model at most, for each row explained. */
  maxEvaluations?: number;
  /**
   * For all rows together: each gets an even share of the time that is left, and at least the fewest evaluations that
   * an estimate takes. Needs `now`.
   */
  maxSeconds?: number;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
}

/** SHAP values of n rows, k outputs and p columns. */
export interface AnyModelShap {
  /** k: the mean prediction of the background. */
  baseValue: Float64Array;
  /** n × k × p, row-major. */
  shapValues: Float64Array;
  /** n × k. */
  predictions: Float64Array;
  /** n × k × p: of sampling; 0 for what is exact. */
  standardError: Float64Array;
  /** n: rows that the model predicted for a row, beside the background and the row itself. */
  evaluations: Float64Array;
  /** n: whether the tolerance was reached. */
  converged: boolean[];
}

/** A model whose columns can be switched between a row's values and those of the background. */
export interface MaskedModel extends AskedModel {
  players: number;
  /** The features of each player. */
  featuresOf: Int32Array[];
  /** By feature, its player. */
  origin: Int32Array;
  background: RowMatrix;
  /** Weights of the background's rows that sum to 1. */
  shares: Float64Array;
  /** Predictions of the background, count × outputs. */
  backgroundAnswers: Float64Array;
  baseValue: Float64Array;
}

/**
 * Checks what was given and asks the model for the background and the rows.
 *
 * @throws AssayerError "invalid-argument"
 */
export async function maskedModel(
  caller: string,
  data: RowMatrix,
  { predict, predictFloat32, background, origin, signal }: AnyModelOptions,
): Promise<{ model: MaskedModel; predictions: Float64Array }> {
  const width = widthOf(caller, "background row", background);
  const shares = sharesOf(caller, background);
  const own = widthOf(caller, "row", data);
  if (own !== width)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires rows of ${width} values, as the background's; got ${own}`,
    );
  const owners = origin ?? Int32Array.from({ length: width }, (_, i) => i);
  const featuresOf = playersOf(caller, owners, width);
  const asked: AskedModel = { caller, predict, width, outputs: 0, evaluations: 0, signal };
  const copy = (rows: Float64Array) => (row: number, target: RowBlock, offset: number) => {
    for (let f = 0; f < width; f++) target[offset + f] = rows[row * width + f] as number;
  };
  const backgroundAnswers = await predictInBlocks(asked, background.count, copy(background.rows));
  const predictions = await predictInBlocks(asked, data.count, copy(data.rows));
  const baseValue = new Float64Array(asked.outputs);
  for (let b = 0; b < background.count; b++)
    for (let k = 0; k < asked.outputs; k++)
      baseValue[k] =
        (baseValue[k] as number) +
        (shares[b] as number) * (backgroundAnswers[b * asked.outputs + k] as number);
  // After these two, so that a number which is no float32 came by `predict` first, which refuses it.
  const model = Object.assign(asked, {
    predictFloat32,
    players: featuresOf.length,
    featuresOf,
    origin: owners,
    background,
    shares,
    backgroundAnswers,
    baseValue,
  });
  return { model, predictions };
}

/** The features of each player. */
export function playersOf(caller: string, origin: Int32Array, width: number): Int32Array[] {
  const players = origin.reduce((most, each) => Math.max(most, each), -1) + 1;
  const featuresOf = Array.from({ length: players }, (): number[] => []);
  for (const [feature, player] of origin.entries()) featuresOf[player]?.push(feature);
  if (origin.length !== width || featuresOf.reduce((sum, { length }) => sum + length, 0) !== width)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires the column of each of ${width} features, from 0 on; got ${origin.length} of which ${origin.filter((each) => each < 0).length} are below 0`,
    );
  return featuresOf.map((features) => Int32Array.from(features));
}

/** The players whose values differ between a row and a row of the background: no other can matter to the two. */
export function differingPlayers(
  { players, featuresOf, background, width }: MaskedModel,
  row: Float64Array,
  b: number,
): number[] {
  const differing: number[] = [];
  for (let player = 0; player < players; player++)
    for (const f of featuresOf[player] as Int32Array) {
      const [own, other] = [row[f] as number, background.rows[b * width + f] as number];
      if (own !== other && !(Number.isNaN(own) && Number.isNaN(other))) {
        differing.push(player);
        break;
      }
    }
  return differing;
}

/** The scale that a tolerance is a share of, by output. */
export function scaleOf(
  model: MaskedModel,
  prediction: Float64Array,
  link: (value: number) => number,
): Float64Array {
  const { shares, backgroundAnswers, outputs } = model;
  return prediction.map((answer, k) => {
    const own = link(answer);
    let squares = 0;
    for (let b = 0; b < shares.length; b++)
      squares +=
        (shares[b] as number) * (own - link(backgroundAnswers[b * outputs + k] as number)) ** 2;
    return Math.sqrt(squares);
  });
}

/** A row's own random numbers. */
export function randomOf(seed: number, row: number): () => number {
  return seededRandom(Math.imul(seed ^ Math.imul(row + 1, 0x9e3779b1), 0x85ebca6b));
}

/** The first `length` of an array in an order by chance. */
export function shuffle(values: Int32Array | number[], length: number, random: () => number): void {
  for (let i = length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    const value = values[i] as number;
    values[i] = values[other] as number;
    values[other] = value;
  }
}

/** Sums of chances, of which `drawnPlace` draws. */
export function cumulated(shares: Float64Array): Float64Array {
  let sum = 0;
  return shares.map((share) => (sum += share));
}

/** A place drawn with the chances whose sums are given. */
export function drawnPlace(upTo: Float64Array, random: () => number): number {
  const at = random() * (upTo[upTo.length - 1] as number);
  let [low, high] = [0, upTo.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((upTo[middle] as number) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
