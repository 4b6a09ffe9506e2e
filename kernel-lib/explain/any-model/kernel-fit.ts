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
  halves: ArrayLike<number>,
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
 * @param halves of each output and pair, half of: value with the first coalition, less that with the second
 * @param totals of each output, what the values sum to
 * @param used players that may have a value; default all
 * @see Lundberg and Lee 2017, theorem 2; Covert and Lee 2021, "Improving KernelSHAP"; MacKinnon and White 1985
 */
export function fitKernel(
  pairs: CoalitionPairs,
  halves: readonly ArrayLike<number>[],
  totals: readonly number[],
  used: readonly number[] = Array.from({ length: pairs.players }, (_, i) => i),
): KernelFit[] {
  const { players, on, weight, enumerated, weightLeft } = pairs;
  const m = used.length;
  const draws = drawsOf(pairs);
  const weights = pairWeights(pairs);
  const signs = new Float64Array(on.length * m);
  on.forEach((coalition, pair) => {
    for (let i = 0; i < m; i++)
      signs[pair * m + i] = (coalition[used[i] as number] as number) - 0.5;
  });
  const { inverse, heavy } = inverseOf(signs, weights, m);
  const along = new Float64Array(m);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < m; j++) along[i] = (along[i] as number) + (inverse[i * m + j] as number);
  const alongSum = sumOf(along);
  const { effects, slack } = effectsOf(pairs, signs, inverse, along, draws);
  return halves.map((own, k) => {
    const total = totals[k] as number;
    const right = new Float64Array(m).fill(heavy * total);
    for (let pair = 0; pair < on.length; pair++) {
      const answer = (weights[pair] as number) * (own[pair] as number);
      for (let i = 0; i < m; i++)
        right[i] = (right[i] as number) + answer * (signs[pair * m + i] as number);
    }
    const values = new Float64Array(m);
    for (let i = 0; i < m; i++)
      for (let j = 0; j < m; j++)
        values[i] = (values[i] as number) + (inverse[i * m + j] as number) * (right[j] as number);
    const excess = (sumOf(values) - total) / alongSum;
    for (let i = 0; i < m; i++) values[i] = (values[i] as number) - excess * (along[i] as number);
    const means = new Float64Array(m);
    const squares = new Float64Array(m);
    for (let pair = enumerated; pair < on.length; pair++) {
      const at = (pair - enumerated) * m;
      let residual = own[pair] as number;
      for (let j = 0; j < m; j++)
        residual -= (values[j] as number) * (signs[pair * m + j] as number);
      residual /= slack[pair - enumerated] as number;
      const share = (weight[pair] as number) / draws;
      for (let j = 0; j < m; j++) {
        const effect = (effects[at + j] as number) * residual;
        means[j] = (means[j] as number) + share * effect;
        squares[j] = (squares[j] as number) + share * effect * effect;
      }
    }
    const shapValues = new Float64Array(players);
    const standardError = new Float64Array(players);
    // The largest value takes what rounding leaves of the sum.
    const rest = total - sumOf(values);
    const largest = values.reduce(
      (best, each, i) => (Math.abs(each) > Math.abs(values[best] as number) ? i : best),
      0,
    );
    values[largest] = (values[largest] as number) + rest;
    used.forEach((player, i) => {
      shapValues[player] = values[i] as number;
      const spread = (squares[i] as number) - (means[i] as number) ** 2;
      standardError[player] =
        draws > 0 ? Math.sqrt((Math.max(0, spread) * weightLeft ** 2) / draws) : 0;
    });
    return { shapValues, standardError };
  });
}

function sumOf(vector: Float64Array): number {
  let sum = 0;
  for (const each of vector) sum += each;
  return sum;
}

/**
 * The inverse of the weighted sum of squares of coalitions. The square of (sum of values − total) is 0 for all that are
 * looked for: added with the weight `heavy`, it makes the matrix one that has an inverse, which it has not of two
 * players: they have one pair.
 */
function inverseOf(signs: Float64Array, weights: Float64Array, m: number) {
  const heavy = sumOf(weights) / 4;
  const normal = new Float64Array(m * m).fill(heavy);
  for (let pair = 0; pair < weights.length; pair++) {
    const from = pair * m;
    for (let i = 0; i < m; i++) {
      const own = (weights[pair] as number) * (signs[from + i] as number);
      for (let j = 0; j <= i; j++)
        normal[i * m + j] = (normal[i * m + j] as number) + own * (signs[from + j] as number);
    }
  }
  return { inverse: choleskyInverse(normal, m), heavy };
}

/** By drawn pair, what a residual of 1 moves each value by, and the share of a residual that its own pull leaves. */
function effectsOf(
  { on, enumerated, weightLeft }: CoalitionPairs,
  signs: Float64Array,
  inverse: Float64Array,
  along: Float64Array,
  draws: number,
) {
  const m = along.length;
  const alongSum = sumOf(along);
  const effects = new Float64Array((on.length - enumerated) * m);
  const slack = new Float64Array(on.length - enumerated);
  const effect = new Float64Array(m);
  for (let pair = enumerated; pair < on.length; pair++) {
    const from = pair * m;
    let sum = 0;
    for (let i = 0; i < m; i++) {
      let product = 0;
      for (let j = 0; j < m; j++)
        product += (inverse[i * m + j] as number) * (signs[from + j] as number);
      effect[i] = product;
      sum += product;
    }
    const part = sum / alongSum;
    let leverage = 0;
    for (let i = 0; i < m; i++) {
      effect[i] = (effect[i] as number) - part * (along[i] as number);
      leverage += (weightLeft / draws) * (effect[i] as number) * (signs[from + i] as number);
    }
    effects.set(effect, (pair - enumerated) * m);
    slack[pair - enumerated] = Math.max(1e-3, 1 - leverage);
  }
  return { effects, slack };
}
