import { AssayerError } from "../errors";
import { finiteNumbers } from "../evaluate/check";
import { NearestNeighbours } from "./nearest-neighbours";

/**
 * Whether alike persons are treated alike: 1 minus the mean distance of a prediction from the mean of those of the k
 * nearest rows, the row itself among them. 1 is best. Of equally near rows those that come first count; AIF360 takes
 * whichever its tree meets first, so that answers on data with many ties differ a little.
 *
 * @param input.features of each feature n finite numbers, on scales that can be compared
 * @param input.yPred n predicted numbers, or labels 0 and 1
 * @param input.neighbours k, default 5
 * @throws AssayerError "invalid-argument" for columns of different length, numbers that are not finite, fewer rows than k
 * @see Zemel et al. 2013, "Learning fair representations"; AIF360's `consistency_score`
 */
export function consistency(input: {
  features: Readonly<Record<string, ArrayLike<number>>>;
  yPred: ArrayLike<number>;
  neighbours?: number;
}): number {
  const { features, neighbours = 5 } = input;
  const yPred = finiteNumbers("consistency", "yPred", input.yPred);
  const n = yPred.length;
  const names = Object.keys(features);
  if (names.length === 0)
    throw new AssayerError(
      "invalid-argument",
      "consistency requires one feature or more; got none",
    );
  if (!Number.isSafeInteger(neighbours) || neighbours < 1 || neighbours > n)
    throw new AssayerError(
      "invalid-argument",
      `consistency requires neighbours from 1 to the number of rows; got ${neighbours} of ${n} rows`,
    );
  const points = new Float64Array(n * names.length);
  names.forEach((name, axis) => {
    const column = finiteNumbers("consistency", name, features[name] as ArrayLike<number>);
    if (column.length !== n)
      throw new AssayerError(
        "invalid-argument",
        `consistency requires one value of ${name} a row; got ${column.length} of ${n} rows`,
      );
    for (let i = 0; i < n; i++) points[i * names.length + axis] = column[i] as number;
  });
  const nearest = new NearestNeighbours(points, names.length);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let mean = 0;
    for (const row of nearest.of(i, neighbours)) mean += (yPred[row] as number) / neighbours;
    sum += Math.abs((yPred[i] as number) - mean);
  }
  return 1 - sum / n;
}
