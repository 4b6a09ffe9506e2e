import type { PredictRows } from "../../../kernel-lib/explain/explanation";
import type { RowMatrix } from "../../../kernel-lib/explain/row-matrix";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";

/** A function of rows, one number for each output. */
export type RowFunction = (row: Float64Array | readonly number[]) => number[];

export function predictWith(model: RowFunction): PredictRows & { rows: number } {
  const predict = (rows: Float64Array, count: number) => {
    counted.rows += count;
    const width = rows.length / count;
    return Promise.resolve(
      Float64Array.from(
        Array.from({ length: count }, (_, i) =>
          model(rows.subarray(i * width, (i + 1) * width)),
        ).flat(),
      ),
    );
  };
  const counted = Object.assign(predict, { rows: 0 });
  return counted;
}

export function randomRows(count: number, width: number, seed: number): RowMatrix {
  const random = seededRandom(seed);
  return { rows: Float64Array.from({ length: count * width }, () => 2 * random() - 1), count };
}

/** Steps on sums of columns: interactions of all orders, as trees and nets have them. */
export function randomModel(width: number, seed: number, outputs = 1): RowFunction {
  const random = seededRandom(seed);
  const terms = Array.from({ length: 6 * outputs }, () => ({
    weights: Array.from({ length: width }, () => (random() < 0.6 ? 2 * random() - 1 : 0)),
    height: 2 * random() - 1,
    at: random() - 0.5,
  }));
  const linear = Array.from({ length: width }, () => random() - 0.5);
  return (row) =>
    Array.from({ length: outputs }, (_, k) => {
      let sum = 0;
      for (let f = 0; f < width; f++) sum += (linear[f] ?? 0) * (row[f] ?? 0);
      for (const { weights, height, at } of terms.slice(6 * k, 6 * k + 6)) {
        const along = weights.reduce((total, w, f) => total + w * (row[f] ?? 0), 0);
        sum += height * Math.tanh(3 * (along - at));
      }
      return sum;
    });
}

/**
 * Shapley values by their definition: over every subset of the other players, against the weighted background.
 *
 * @returns outputs × players
 */
export function bruteForce(
  model: RowFunction,
  row: Float64Array | readonly number[],
  background: RowMatrix & { weights?: ArrayLike<number> },
  {
    origin,
    link = (value: number) => value,
  }: { origin?: Int32Array; link?: (value: number) => number } = {},
): number[][] {
  const width = row.length;
  const owner = (f: number) => origin?.[f] ?? f;
  const players = Math.max(...Array.from({ length: width }, (_, f) => owner(f))) + 1;
  const worth = (subset: number) => {
    let [total, answer] = [0, [] as number[]];
    for (let b = 0; b < background.count; b++) {
      const weight = background.weights?.[b] ?? 1;
      const mixed = Array.from({ length: width }, (_, f) =>
        Number((subset >> owner(f)) & 1 ? row[f] : background.rows[b * width + f]),
      );
      answer = model(mixed).map((each, k) => (answer[k] ?? 0) + weight * each);
      total += weight;
    }
    return answer.map((each) => link(each / total));
  };
  const worths = Array.from({ length: 1 << players }, (_, subset) => worth(subset));
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  return (worths[0] ?? []).map((_, k) =>
    Array.from({ length: players }, (_, player) => {
      let value = 0;
      for (let subset = 0; subset < 1 << players; subset++) {
        if ((subset >> player) & 1) continue;
        const size = subset.toString(2).replaceAll("0", "").length;
        const weight = (factorial(size) * factorial(players - size - 1)) / factorial(players);
        value +=
          weight * (Number(worths[subset | (1 << player)]?.[k]) - Number(worths[subset]?.[k]));
      }
      return value;
    }),
  );
}
