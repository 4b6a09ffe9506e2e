import { choleskyInverse } from "../cholesky-inverse";

/** Sums of weighted samples about their means: all that a ridge regression needs. */
export interface WeightedSums {
  p: number;
  /** p × p and p. */
  squares: Float64Array;
  products: Float64Array;
  total: number;
  means: Float64Array;
  mean: number;
}

/** @param features n × p */
export function weightedSums(
  features: Float64Array,
  answers: Float64Array,
  weights: Float64Array,
): WeightedSums {
  const n = weights.length;
  const p = features.length / n;
  const means = new Float64Array(p);
  let [weight, mean] = [0, 0];
  for (let i = 0; i < n; i++) {
    const w = weights[i] as number;
    weight += w;
    mean += w * (answers[i] as number);
    for (let f = 0; f < p; f++)
      means[f] = (means[f] as number) + w * (features[i * p + f] as number);
  }
  mean /= weight;
  for (let f = 0; f < p; f++) means[f] = (means[f] as number) / weight;
  const squares = new Float64Array(p * p);
  const products = new Float64Array(p);
  const own = new Float64Array(p);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const w = weights[i] as number;
    const y = (answers[i] as number) - mean;
    total += w * y * y;
    for (let f = 0; f < p; f++) own[f] = (features[i * p + f] as number) - (means[f] as number);
    for (let f = 0; f < p; f++) {
      const part = w * (own[f] as number);
      if (part === 0) continue;
      products[f] = (products[f] as number) + part * y;
      for (let g = 0; g <= f; g++)
        squares[f * p + g] = (squares[f * p + g] as number) + part * (own[g] as number);
    }
  }
  for (let f = 0; f < p; f++)
    for (let g = f + 1; g < p; g++) squares[f * p + g] = squares[g * p + f] as number;
  return { p, squares, products, total, means, mean };
}

export interface Ridge {
  /** One for each used feature. */
  coefficients: Float64Array;
  intercept: number;
  /** Share of the answers' weighted variance that the fit explains. */
  score: number;
  /** Inverse of the penalised squares, of the used features. */
  inverse: Float64Array;
}

/** Ridge regression on some of the features, with an intercept that is not penalised, as scikit-learn's `Ridge`. */
export function ridge(sums: WeightedSums, used: readonly number[], penalty: number): Ridge {
  const { p, squares, products, total, means, mean } = sums;
  const m = used.length;
  const own = new Float64Array(m * m);
  used.forEach((f, i) => {
    used.forEach((g, j) => (own[i * m + j] = squares[f * p + g] as number));
    // A feature that never varies, or is another one, has no part.
    own[i * m + i] = (own[i * m + i] as number) * (1 + 1e-12) + penalty + 1e-300;
  });
  const inverse = choleskyInverse(own, m);
  const coefficients = new Float64Array(m);
  let [explained, intercept] = [0, mean];
  used.forEach((f, i) => {
    let sum = 0;
    used.forEach((g, j) => (sum += (inverse[i * m + j] as number) * (products[g] as number)));
    coefficients[i] = sum;
    intercept -= sum * (means[f] as number);
  });
  used.forEach((f, i) => {
    const c = coefficients[i] as number;
    explained += 2 * c * (products[f] as number);
    used.forEach(
      (g, j) => (explained -= c * (coefficients[j] as number) * (squares[f * p + g] as number)),
    );
  });
  return { coefficients, intercept, score: total > 0 ? explained / total : 1, inverse };
}
