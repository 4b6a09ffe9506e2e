import { AssayerError } from "../../errors";
import { seededRandom } from "../../stats/seeded-random";
import { shuffle } from "../any-model/masked-model";
import { predictInBlocks, type AskedModel } from "../any-model/predict-in-blocks";
import type { ColumnImportance } from "../explanation-report";
import type { PredictRows } from "../explanation";
import { meanInterval } from "../importance/explanation-importance";
import { widthOf, type RowMatrix } from "../row-matrix";

export interface PermutationImportanceOptions {
  predict: PredictRows;
  /** Any metric of the answers (rows × outputs, in the rows' order): accuracy, R², log loss. */
  score: (predictions: Float64Array) => number;
  /** Default true. False for losses and errors. */
  greaterIsBetter?: boolean;
  /** Names of the columns, in order; default their places. */
  columns?: readonly string[];
  /** Orders by chance of each column; default 10. */
  repeats?: number;
  /** Default 0. */
  seed?: number;
  /** The orders to use in place of those by chance: for each repeat the places that a column's values are taken from. */
  permutations?: readonly ArrayLike<number>[];
  signal?: AbortSignal;
  onProgress?: (message: string, fraction: number) => void;
}

export interface PermutationImportance {
  /** The metric of the rows as they are. */
  score: number;
  /** By column: mean loss of the metric, with a 95 % interval of the orders' chance (not of the rows'). */
  importance: ColumnImportance[];
  /** By column, the loss of each repeat. */
  repeats: Float64Array[];
}

/**
 * How much worse a metric gets when a column's values are shuffled among the rows, so that the model has nothing of
 * it. Of columns that go together each seems to matter little, since the others stand in for it.
 *
 * @param data n ≥ 2 rows
 * @throws AssayerError "invalid-argument" for columns, orders or repeats that do not fit, and a metric that is no number
 * @see Breiman 2001; `sklearn.inspection.permutation_importance`
 */
export async function permutationImportance(
  data: RowMatrix,
  options: PermutationImportanceOptions,
): Promise<PermutationImportance> {
  const caller = "permutationImportance";
  const { predict, greaterIsBetter = true, seed = 0, permutations, signal, onProgress } = options;
  const width = widthOf(caller, "row", data);
  const names = options.columns ?? Array.from({ length: width }, (_, f) => String(f));
  const repeats = permutations?.length ?? options.repeats ?? 10;
  const fail = (wanted: string, got: number): never => {
    throw new AssayerError("invalid-argument", `${caller} requires ${wanted}; got ${got}`);
  };
  if (names.length !== width) fail(`a name for each of ${width} columns`, names.length);
  if (!(repeats >= 1)) fail("1 repeat or more", repeats);
  const odd = permutations?.find(({ length }) => length !== data.count);
  if (odd) fail(`orders of ${data.count} rows`, odd.length);
  const model: AskedModel = { caller, predict, width, outputs: 0, evaluations: 0, signal };
  const scoreOf = async (column: number, order: ArrayLike<number>): Promise<number> => {
    const answers = await predictInBlocks(model, data.count, (row, target, offset) => {
      for (let f = 0; f < width; f++) target[offset + f] = data.rows[row * width + f] as number;
      if (column >= 0)
        target[offset + column] = data.rows[(order[row] ?? NaN) * width + column] as number;
    });
    const score = options.score(answers);
    return Number.isFinite(score) ? score : fail("a score that is a finite number", score);
  };
  const score = await scoreOf(-1, []);
  const random = seededRandom(seed);
  const order = Int32Array.from({ length: data.count }, (_, i) => i);
  const losses: Float64Array[] = [];
  for (let column = 0; column < width; column++) {
    onProgress?.(`column ${column + 1} of ${width}`, column / width);
    const own = new Float64Array(repeats);
    for (let repeat = 0; repeat < repeats; repeat++) {
      if (!permutations) shuffle(order, data.count, random);
      const worse = await scoreOf(column, permutations?.[repeat] ?? order);
      own[repeat] = greaterIsBetter ? score - worse : worse - score;
    }
    losses.push(own);
  }
  return {
    score,
    importance: losses.map((own, f) => ({ column: names[f] ?? "", ...meanInterval(own) })),
    repeats: losses,
  };
}
