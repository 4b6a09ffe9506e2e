import { seededRandom } from "../../stats/seeded-random";
import { symmetricEigen } from "../../stats/symmetric-eigen";
import { shuffle } from "../any-model/masked-model";

/** SHAP values as a linear function of a row's deviations from the mean. */
export interface CorrelatedTransform {
  /** False where orders of players were sampled. */
  exact: boolean;
  /** @returns by player; errors are null for exact values */
  apply: (deviations: Float64Array) => { value: Float64Array; error: Float64Array | null };
}

const mostPlayers = 15;
const batches = 20;

/**
 * Expected output given the columns of a coalition S, in a normal distribution: mean + g · deviations of S, where g
 * solves covariance(S, S) g = (covariance × coefficients)(S). Values of players average what joining adds to g: over
 * all coalitions up to 15 players, above over orders by chance and their opposites, with standard errors from the
 * means of 20 batches of orders.
 *
 * Columns without variance are expected at their mean whatever else is known. Where columns determine one another, the
 * correlation matrix gets 1e-6 on its diagonal, as shap adds it to the covariance.
 *
 * @param covariance features × features
 * @param players the features of each player
 */
export function correlatedTransform(
  coefficients: Float64Array,
  covariance: Float64Array,
  players: readonly Int32Array[],
  { permutations, seed }: { permutations: number; seed: number },
): CorrelatedTransform {
  const width = coefficients.length;
  const count = players.length;
  const scale = Float64Array.from({ length: width }, (_, f) =>
    Math.sqrt(Math.max(0, covariance[f * width + f] as number)),
  );
  const correlation = correlationOf(covariance, scale);
  // In units of each feature's deviation; constant ones (scale 0) take no part.
  const scaled = coefficients.map((each, f) => each * (scale[f] as number));
  const moving = players.map((features) => features.filter((f) => (scale[f] as number) > 0));
  const playing = moving.flatMap((features, player) => (features.length > 0 ? [player] : []));
  const conditional = new Conditional(correlation, scaled, moving);
  const exact = playing.length <= mostPlayers;
  const matrices = exact
    ? [allCoalitions(conditional, playing, count, width)]
    : sampledOrders(conditional, playing, count, width, permutations, seed);
  const apply = (deviations: Float64Array) => {
    const own = deviations.map((each, f) =>
      (scale[f] as number) > 0 ? each / (scale[f] as number) : 0,
    );
    const constant = players.map((features) =>
      features.reduce(
        (sum, f) =>
          sum +
          ((scale[f] as number) > 0 ? 0 : (coefficients[f] as number) * (deviations[f] as number)),
        0,
      ),
    );
    const value = new Float64Array(count);
    const squares = new Float64Array(count);
    matrices.forEach((matrix, batch) => {
      for (let player = 0; player < count; player++) {
        let sum = constant[player] as number;
        for (let f = 0; f < width; f++)
          sum += (matrix[player * width + f] as number) * (own[f] as number);
        const delta = sum - (value[player] as number);
        value[player] = (value[player] as number) + delta / (batch + 1);
        squares[player] = (squares[player] as number) + delta * (sum - (value[player] as number));
      }
    });
    const n = matrices.length;
    return { value, error: exact ? null : squares.map((each) => Math.sqrt(each / (n - 1) / n)) };
  };
  return { exact, apply };
}

function correlationOf(covariance: Float64Array, scale: Float64Array): Float64Array {
  const width = scale.length;
  const correlation = covariance.map((each, at) => {
    const product = (scale[Math.floor(at / width)] as number) * (scale[at % width] as number);
    return product > 0 ? each / product : at % (width + 1) === 0 ? 1 : 0;
  });
  const { values } = symmetricEigen(correlation, width);
  if ((values[width - 1] as number) < 1e-7)
    for (let f = 0; f < width; f++)
      correlation[f * width + f] = (correlation[f * width + f] as number) + 1e-6;
  return correlation;
}

/** The weights g of a coalition that players join one after the other; Cholesky's factor grows by a row a feature. */
class Conditional {
  readonly features: number[] = [];
  readonly #factor: number[][] = [];
  readonly #half: number[] = [];

  constructor(
    readonly correlation: Float64Array,
    readonly coefficients: Float64Array,
    readonly moving: readonly Int32Array[],
  ) {}

  join(player: number): void {
    const width = this.coefficients.length;
    for (const f of this.moving[player] as Int32Array) {
      const row: number[] = [];
      let [square, right] = [this.correlation[f * width + f] as number, 0];
      for (let j = 0; j < width; j++)
        right += (this.correlation[f * width + j] as number) * (this.coefficients[j] as number);
      this.features.forEach((other, i) => {
        let rest = this.correlation[f * width + other] as number;
        const before = this.#factor[i] as number[];
        for (let k = 0; k < i; k++) rest -= (row[k] as number) * (before[k] as number);
        const entry = rest / (before[i] as number);
        row.push(entry);
        square -= entry * entry;
        right -= entry * (this.#half[i] as number);
      });
      const pivot = Math.sqrt(Math.max(square, 1e-12));
      row.push(pivot);
      this.features.push(f);
      this.#factor.push(row);
      this.#half.push(right / pivot);
    }
  }

  leave(player: number): void {
    const length = this.features.length - (this.moving[player] as Int32Array).length;
    this.features.length = this.#factor.length = this.#half.length = length;
  }

  /** g of all features, 0 where a feature is not in; of all players the coefficients themselves. */
  weights(complete: boolean): Float64Array {
    const size = this.features.length;
    const g = new Float64Array(this.coefficients.length);
    if (complete) {
      for (const f of this.features) g[f] = this.coefficients[f] as number;
      return g;
    }
    for (let i = size - 1; i >= 0; i--) {
      let rest = this.#half[i] as number;
      for (let k = i + 1; k < size; k++)
        rest -=
          ((this.#factor[k] as number[])[i] as number) * (g[this.features[k] as number] as number);
      g[this.features[i] as number] = rest / ((this.#factor[i] as number[])[i] as number);
    }
    return g;
  }
}

function allCoalitions(
  conditional: Conditional,
  playing: readonly number[],
  count: number,
  width: number,
): Float64Array {
  const n = playing.length;
  const matrix = new Float64Array(count * width);
  // Of the orders of all players, the share in which a coalition of each size comes first, then one more.
  const weights = [1 / n];
  for (let size = 1; size < n; size++)
    weights.push(((weights[size - 1] as number) * size) / (n - size));
  const inside = new Uint8Array(count);
  const visit = (from: number, size: number) => {
    if (size > 0) {
      const g = conditional.weights(size === n);
      for (const player of playing) {
        const weight = inside[player] ? weights[size - 1] : -(weights[size] as number);
        for (const f of conditional.features)
          matrix[player * width + f] =
            (matrix[player * width + f] as number) + (weight as number) * (g[f] as number);
      }
    }
    for (let i = from; i < n; i++) {
      const player = playing[i] as number;
      conditional.join(player);
      inside[player] = 1;
      visit(i + 1, size + 1);
      inside[player] = 0;
      conditional.leave(player);
    }
  };
  visit(0, 0);
  return matrix;
}

function sampledOrders(
  conditional: Conditional,
  playing: readonly number[],
  count: number,
  width: number,
  permutations: number,
  seed: number,
): Float64Array[] {
  const random = seededRandom(seed);
  const order = Int32Array.from(playing);
  const each = Math.max(1, Math.ceil(permutations / 2 / batches));
  return Array.from({ length: batches }, () => {
    const matrix = new Float64Array(count * width);
    const add = (player: number, before: Float64Array, after: Float64Array) => {
      for (let f = 0; f < width; f++)
        matrix[player * width + f] =
          (matrix[player * width + f] as number) +
          ((after[f] as number) - (before[f] as number)) / 2 / each;
    };
    for (let i = 0; i < each; i++) {
      shuffle(order, order.length, random);
      for (const walk of [order, order.slice().reverse()]) {
        let before = new Float64Array(width);
        walk.forEach((player, place) => {
          conditional.join(player);
          const after = conditional.weights(place + 1 === walk.length);
          add(player, before, after);
          before = after as Float64Array<ArrayBuffer>;
        });
        for (const player of walk.slice().reverse()) conditional.leave(player);
      }
    }
    return matrix;
  });
}
