import { AssayerError } from "../errors";
import { seededRandom } from "../stats/seeded-random";
import { spearman } from "../stats/spearman";
import { encodeParams } from "./encode-params";
import { forestImportance } from "./forest-importance";

/** A run as `paramImportance` sees it: what was chosen, and what came of it. */
export interface ParamImportanceRun {
  params: Readonly<Record<string, string | number | boolean | null | undefined>>;
  /** The run's value of the metric; a run without a finite one is left out. */
  value: number | null | undefined;
}

export interface ParamImportance {
  param: string;
  /** Share of the metric's spread between runs that the param explains, 0 to 1; they sum to 1. */
  importance: number;
  /**
   * Spearman's rank correlation of the param and the metric, −1 to 1, over the runs that have both.
   * Null where the param's values have no order, or one of the two does not vary.
   */
  correlation: number | null;
}

export interface ParamImportanceOptions {
  /** Trees of the forest; default 100. */
  trees?: number;
  /** Seed of the forest; default 0. The same runs and seed give the same importances. */
  seed?: number;
}

/** With fewer, the shares are chance. */
const fewestRuns = 10;

/**
 * Which params matter for a metric: the importances of a random forest that predicts the metric
 * from the params, and the direction in which the metric goes with each.
 *
 * Params of numbers, truth values and texts are taken; a missing value counts as a value of its
 * own. Params that are the same in all runs are left out. Importances say what goes together in
 * these runs, not what causes what; two params that vary together share what either explains.
 *
 * @param runs one for each run, in any order
 * @returns the params that vary, the most important first
 * @throws AssayerError "invalid-argument" for fewer than 10 runs with a finite value, or no trees
 * @see mean decrease in impurity, Breiman 2001, "Random forests", as scikit-learn defines it
 * @example paramImportance(runs.map(({ params, metrics }) => ({ params, value: metrics.auc })))
 */
export function paramImportance(
  runs: readonly ParamImportanceRun[],
  options: ParamImportanceOptions = {},
): ParamImportance[] {
  const { trees = 100, seed = 0 } = options;
  const used = runs.filter(({ value }) => Number.isFinite(value));
  if (used.length < fewestRuns)
    throw new AssayerError(
      "invalid-argument",
      `paramImportance requires ${fewestRuns} runs or more with a finite value; got ${used.length}`,
    );
  if (!(trees >= 1))
    throw new AssayerError(
      "invalid-argument",
      `paramImportance requires 1 tree or more; got ${trees}`,
    );
  const target = Float64Array.from(used, ({ value }) => Number(value));
  const encoded = encodeParams(used.map(({ params }) => params));
  const columns = encoded.flatMap((each) => each.columns);
  const shares = forestImportance(columns, target, { trees, random: seededRandom(seed) });
  let column = 0;
  return encoded
    .map(({ param, columns: own, numbers }) => ({
      param,
      importance: shares.subarray(column, (column += own.length)).reduce((a, b) => a + b, 0),
      correlation: numbers ? correlationOf(numbers, target) : null,
    }))
    .sort((a, b) => b.importance - a.importance);
}

function correlationOf(numbers: Float64Array, target: Float64Array): number | null {
  const known = (_: number, i: number) => !Number.isNaN(numbers[i]);
  const x = numbers.filter(known);
  if (x.length < 2) return null;
  const correlation = spearman(x, target.filter(known));
  return Number.isNaN(correlation) ? null : correlation;
}
