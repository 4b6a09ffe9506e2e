import { ascending } from "./ascending";
import type { TestResult } from "./test-result";
import { tiedRuns } from "./tied-runs";

/** Critical values for two samples at 25% and 0.1%: b0 + b1 + b2 of table 2 of Scholz and Stephens. */
const critical = { low: 0.32500000000000007, high: 6.546 };
/** The least squares parabola through the logarithms of the seven levels of that table, lowest power first. */
const logLevel = [-1.077770279820484, -1.0082265644652515, 0.01819809457411147];

/**
 * Anderson–Darling test that two samples come from one distribution, with midranks for ties. Heeds the tails more than
 * Kolmogorov–Smirnov's.
 *
 * @param reference n ≥ 1 values; those that are not finite are left out. Sorted once, a sample is not sorted again
 * @param current m ≥ 1 values, n + m ≥ 4
 * @returns the standardised statistic; the p-value is interpolated, and cut to 0.001 … 0.25. NaN if no two values differ
 * @throws AssayerError "empty-sample" if a sample has no finite value
 * @see Scholz and Stephens 1987, "K-sample Anderson–Darling tests", equation 7; SciPy's `anderson_ksamp`
 */
export function andersonDarling(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): TestResult {
  const x = ascending("andersonDarling", "reference", reference);
  const y = ascending("andersonDarling", "current", current);
  const n = x.length;
  const m = y.length;
  const size = n + m;
  if (
    size < 4 ||
    Math.min(x[0] as number, y[0] as number) === Math.max(x[n - 1] as number, y[m - 1] as number)
  )
    return { statistic: NaN, pValue: NaN };
  let sum = 0;
  tiedRuns(x, y, (i, j, countX, countY) => {
    const count = countX + countY;
    const middle = i + j + count / 2;
    // The same square for both samples, since their deviations cancel.
    const deviation = size * (i + countX / 2) - middle * n;
    sum +=
      ((count * deviation * deviation) / (middle * (size - middle) - (size * count) / 4)) *
      (1 / n + 1 / m);
  });
  const statistic = ((sum / size) * ((size - 1) / size) - 1) / Math.sqrt(variance(n, m));
  return { statistic, pValue: level(statistic) };
}

/** Equation 4 of the same source, for two samples. */
function variance(n: number, m: number): number {
  const size = n + m;
  const inverse = 1 / n + 1 / m;
  let h = 0;
  let g = 0;
  for (let i = 2; i < size; i++) {
    h += 1 / (size - i + 1);
    g += h / i;
  }
  h += 1;
  const a = 4 * g - 6 + (10 - 6 * g) * inverse;
  const b = (2 * g - 4) * 4 + 16 * h + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6;
  const c = (6 * h + 2 * g - 2) * 4 + (4 * h - 4 * g + 6) * 2 + (2 * h - 6) * inverse + 4 * h;
  const d = (2 * h + 6) * 4 - 8 * h;
  return (((a * size + b) * size + c) * size + d) / ((size - 1) * (size - 2) * (size - 3));
}

function level(statistic: number): number {
  if (statistic < critical.low) return 0.25;
  if (statistic > critical.high) return 0.001;
  const [constant = 0, linear = 0, square = 0] = logLevel;
  return Math.exp(constant + statistic * (linear + statistic * square));
}
