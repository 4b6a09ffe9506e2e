import { keepsCondition } from "../../../kernel-lib/explain/tree/keeps-condition";
import { predictEnsemble } from "../../../kernel-lib/explain/tree/predict-ensemble";
import type { TreeEnsemble } from "../../../kernel-lib/explain/tree-ensemble";

/** The output of an ensemble when only the players whose bits are set are known. */
export type Game = (known: number) => number;

/** Shapley values by their definition: over all coalitions. */
export function bruteForceShapley(game: Game, players: number): Float64Array {
  const worth = Float64Array.from({ length: 2 ** players }, (_, known) => game(known));
  return Float64Array.from({ length: players }, (_, player) => {
    let sum = 0;
    for (let known = 0; known < worth.length; known++)
      if (!(known & (1 << player)))
        sum +=
          coalitionWeight(bits(known), players) *
          (Number(worth[known | (1 << player)]) - Number(worth[known]));
    return sum;
  });
}

/** SHAP interaction values by their definition: p × p, off the diagonal half of the Shapley interaction index. */
export function bruteForceInteractions(game: Game, players: number): Float64Array {
  const worth = Float64Array.from({ length: 2 ** players }, (_, known) => game(known));
  const at = (known: number) => Number(worth[known]);
  const values = bruteForceShapley(game, players);
  const matrix = new Float64Array(players * players);
  for (let i = 0; i < players; i++) {
    let rest = Number(values[i]);
    for (let j = 0; j < players; j++) {
      if (i === j) continue;
      const [one, two] = [1 << i, 1 << j];
      let sum = 0;
      for (let known = 0; known < worth.length; known++)
        if (!(known & (one | two)))
          sum +=
            (coalitionWeight(bits(known), players - 1) / 2) *
            (at(known | one | two) - at(known | one) - at(known | two) + at(known));
      matrix[i * players + j] = sum;
      rest -= sum;
    }
    matrix[i * players + i] = rest;
  }
  return matrix;
}

function coalitionWeight(size: number, players: number): number {
  let weight = 1 / players;
  for (let k = 1; k <= size; k++) weight *= k / (players - k);
  return weight;
}

function bits(mask: number): number {
  let count = 0;
  for (let left = mask; left !== 0; left &= left - 1) count++;
  return count;
}

/** Unknown players go both ways at a node, weighted by its children's covers. */
export function pathDependentGame(
  ensemble: TreeEnsemble,
  origin: ArrayLike<number>,
  row: Float64Array,
  output: number,
): Game {
  const { feature, yes, no, cover, leafStart, leafOutput, leafWeight } = ensemble;
  const expected = (node: number, known: number): number => {
    const asked = Number(feature[node]);
    if (asked < 0) {
      let sum = 0;
      for (let w = Number(leafStart[node]); w < Number(leafStart[node + 1]); w++)
        if (leafOutput[w] === output) sum += Number(leafWeight[w]);
      return sum;
    }
    const [left, right] = [Number(yes[node]), Number(no[node])];
    if (known & (1 << Number(origin[asked])))
      return expected(keepsCondition(ensemble, node, Number(row[asked])) ? left : right, known);
    const [a, b] = [Number(cover[left]), Number(cover[right])];
    const share = a + b === 0 ? 0.5 : a / (a + b);
    return share * expected(left, known) + (1 - share) * expected(right, known);
  };
  return (known) =>
    ensemble.roots.reduce(
      (sum, root) => sum + expected(root, known),
      Number(ensemble.baseValues[output]),
    );
}

/** Unknown players come from each row of the background in turn. */
export function interventionalGame(
  ensemble: TreeEnsemble,
  origin: ArrayLike<number>,
  row: Float64Array,
  background: Float64Array,
  output: number,
  transform: (margin: number) => number = (margin) => margin,
): Game {
  const { features } = ensemble;
  const count = background.length / features;
  return (known) => {
    const mixed = background.map((value, cell) =>
      known & (1 << Number(origin[cell % features])) ? Number(row[cell % features]) : value,
    );
    const predictions = predictEnsemble(ensemble, mixed, count);
    let sum = 0;
    for (let r = 0; r < count; r++)
      sum += transform(Number(predictions[r * ensemble.baseValues.length + output]));
    return sum / count;
  };
}
