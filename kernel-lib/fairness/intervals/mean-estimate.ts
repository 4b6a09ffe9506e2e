import type { Estimate } from "./estimate";

/** What a row adds to a metric that is a mean of rows, or its root; null for a metric that is neither. */
interface RowLoss {
  loss: (actual: number, predicted: number) => number;
  root: boolean;
}

const square = (a: number, b: number) => (a - b) ** 2;
const logSquare = (a: number, b: number) => (Math.log1p(a) - Math.log1p(b)) ** 2;
const smallest = Number.EPSILON;

const rowLosses: Readonly<Record<string, RowLoss>> = {
  mae: { loss: (a, b) => Math.abs(a - b), root: false },
  mse: { loss: square, root: false },
  rmse: { loss: square, root: true },
  msle: { loss: logSquare, root: false },
  rmsle: { loss: logSquare, root: true },
  mape: { loss: (a, b) => Math.abs(a - b) / Math.max(Math.abs(a), smallest), root: false },
  meanError: { loss: (a, b) => b - a, root: false },
  meanPrediction: { loss: (_, b) => b, root: false },
  brierScore: { loss: square, root: false },
  logLoss: {
    loss: (a, b) => -Math.log(Math.max(a === 1 ? b : 1 - b, smallest)),
    root: false,
  },
};

/** @param name of a metric of the library; null for another */
export function rowLossOf(name: string | null): RowLoss | undefined {
  return name !== null && Object.hasOwn(rowLosses, name) ? rowLosses[name] : undefined;
}

/**
 * A mean of rows with Student's interval; with weights of the linearized mean.
 *
 * @param value the metric of these rows
 * @param yTrue n ≥ 1 numbers
 * @param yPred n predicted numbers, or scores
 */
export function meanEstimate(
  { loss, root }: RowLoss,
  value: number,
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Estimate {
  const n = yTrue.length;
  const nothing = { value, limits: null, denominator: n, method: null };
  if (!Number.isFinite(value) || n < 2) return nothing;
  const mean = root ? value * value : value;
  let [sum, squares, shift] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const weight = weights === undefined ? 1 : (weights[i] as number);
    const away = weight * (loss(yTrue[i] as number, yPred[i] as number) - mean);
    sum += weight;
    squares += away * away;
    shift += away;
  }
  const variance = ((squares - (shift * shift) / n) / (sum * sum)) * (n / (n - 1));
  // Of a root, the delta method: half the variance by the root itself.
  const error = Math.sqrt(variance) / (root ? 2 * value : 1);
  if (!(error > 0)) return nothing;
  const limits = (z: number) => {
    const half = studentQuantile(z, n - 1) * error;
    return [value - half, value + half] as const;
  };
  return { value, limits, denominator: n, method: "normal" };
}

/**
 * How far Student's distribution reaches where the normal one reaches `z`.
 *
 * @see Abramowitz and Stegun 1964, 26.7.5
 */
function studentQuantile(z: number, freedom: number): number {
  const [z3, z5, z7] = [z ** 3, z ** 5, z ** 7];
  return (
    z +
    (z3 + z) / (4 * freedom) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom ** 3)
  );
}
