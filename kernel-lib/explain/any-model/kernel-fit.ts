import { choleskyInverse } from "../cholesky-inverse";
import { leastAngle } from "./least-angle";
import type { CoalitionPairs } from "./kernel-coalitions";

/** SHAP values of one output, and their standard errors. */
export interface KernelFit {
  shapValues: Float64Array;
  standardError: Float64Array;
}

function drawsOf({ weight, enumerated }: Pick<CoalitionPairs, "weight" | "enumerated">): number {
  return weight.slice(enumerated).reduce((sum, each) => sum + each, 0);
}

/** What each pair weighs: the drawn ones share what the enumerated ones leave, by how often they were drawn. */
function pairWeights(
  pairs: Pick<CoalitionPairs, "weight" | "enumerated" | "weightLeft">,
): Float64Array {
  const draws = drawsOf(pairs);
  return Float64Array.from(
    pairs.weight,
    (each, pair) => each * (pair < pairs.enumerated ? 1 : pairs.weightLeft / draws),
  );
}

/**
 * The players that matter most, by least angle regression on coalitions and their complements, as shap's
 * `l1_reg="num_features(k)"` selects them.
 *
 * @param halves as for `fitKernel`
 */
export function selectPlayers(
  pairs: CoalitionPairs,
  halves: Float64Array,
  total: number,
  count: number,
): number[] {
  const m = pairs.players;
  const weights = pairWeights(pairs);
  const squares = new Float64Array(m * m);
  const products = new Float64Array(m);
  pairs.on.forEach((coalition, pair) => {
    const size = coalition.reduce((sum, each) => sum + each, 0);
    const half = halves[pair] as number;
    for (const [on, share, answer] of [
      [1, m - size, 2 * half + total],
      [0, size, 2 * half - total],
    ] as const) {
      const w = (weights[pair] as number) * share;
      const sign = on === 1 ? 1 : -1;
      for (let i = 0; i < m; i++) {
        if (coalition[i] !== on) continue;
        products[i] = (products[i] as number) + w * sign * answer;
        for (let j = 0; j < m; j++)
          if (coalition[j] === on) squares[i * m + j] = (squares[i * m + j] as number) + 2 * w;
      }
    }
  });
  return leastAngle(squares, products, count);
}

/**
 * The weighted least squares of Kernel SHAP: values that sum to `total` and come nearest to the coalitions' values. A
 * coalition and its complement have one weight, so that half of their difference is all that counts.
 *
 * Standard errors are of the drawn pairs alone, by the spread of their residuals (HC3, with the spread taken about the
 * mean, since enumerated pairs are no sample).
 *
 * @param halves of each pair, half of: value with the first coalition, less that with the second
 * @param used players that may have a value; default all
 * @see Lundberg and Lee 2017, theorem 2; Covert and Lee 2021, "Improving KernelSHAP"; MacKinnon and White 1985
 */
export function fitKernel(
  { players, on, weight, enumerated, weightLeft }: CoalitionPairs,
  halves: Float64Array,
  total: number,
  used: readonly number[] = Array.from({ length: players }, (_, i) => i),
): KernelFit {
  const m = used.length;
  const draws = drawsOf({ weight, enumerated });
  const weights = pairWeights({ weight, enumerated, weightLeft });
  const signs = on.map((coalition) =>
    Float64Array.from(used, (player) => (coalition[player] as number) - 0.5),
  );
  // The square of (sum of values − total) is 0 for all that are looked for, and makes the matrix one that has an inverse,
  // which it has not of two players: they have one pair.
  const heavy = on.reduce((sum, _, pair) => sum + (weights[pair] as number), 0) / 4;
  const normal = new Float64Array(m * m).fill(heavy);
  const right = new Float64Array(m).fill(heavy * total);
  signs.forEach((sign, pair) => {
    const w = weights[pair] as number;
    for (let i = 0; i < m; i++) {
      const wi = w * (sign[i] as number);
      right[i] = (right[i] as number) + wi * (halves[pair] as number);
      for (let j = 0; j <= i; j++)
        normal[i * m + j] = (normal[i * m + j] as number) + wi * (sign[j] as number);
    }
  });
  const inverse = choleskyInverse(normal, m);
  const times = (vector: Float64Array) => {
    const product = new Float64Array(m);
    for (let i = 0; i < m; i++)
      for (let j = 0; j < m; j++)
        product[i] =
          (product[i] as number) + (inverse[i * m + j] as number) * (vector[j] as number);
    return product;
  };
  const sum = (vector: Float64Array) => vector.reduce((a, b) => a + b, 0);
  const free = times(right);
  const along = times(new Float64Array(m).fill(1));
  const alongSum = sum(along);
  const excess = (sum(free) - total) / alongSum;
  const values = free.map((each, i) => each - excess * (along[i] as number));
  const variance = new Float64Array(m);
  if (draws > 0) {
    const means = new Float64Array(m);
    const effects = signs.slice(enumerated).map((sign, i) => {
      const pair = enumerated + i;
      const effect = times(sign);
      const part = sum(effect) / alongSum;
      let [leverage, residual] = [0, halves[pair] as number];
      for (let j = 0; j < m; j++) {
        effect[j] = (effect[j] as number) - part * (along[j] as number);
        leverage += (weightLeft / draws) * (effect[j] as number) * (sign[j] as number);
        residual -= (values[j] as number) * (sign[j] as number);
      }
      for (let j = 0; j < m; j++) {
        effect[j] = ((effect[j] as number) * residual) / Math.max(1e-3, 1 - leverage);
        means[j] =
          (means[j] as number) + ((weight[pair] as number) / draws) * (effect[j] as number);
      }
      return effect;
    });
    effects.forEach((effect, i) => {
      const times = (weight[enumerated + i] as number) * (weightLeft / draws) ** 2;
      for (let j = 0; j < m; j++)
        variance[j] =
          (variance[j] as number) + times * ((effect[j] as number) - (means[j] as number)) ** 2;
    });
  }
  const shapValues = new Float64Array(players);
  const standardError = new Float64Array(players);
  // The largest value takes what rounding leaves of the sum.
  const rest = total - sum(values);
  const largest = values.reduce(
    (best, each, i) => (Math.abs(each) > Math.abs(values[best] as number) ? i : best),
    0,
  );
  values[largest] = (values[largest] as number) + rest;
  used.forEach((player, i) => {
    shapValues[player] = values[i] as number;
    standardError[player] = Math.sqrt(variance[i] as number);
  });
  return { shapValues, standardError };
}
