import { AssayerError } from "../../errors";
import { predictInBlocks, type AskedModel } from "../any-model/predict-in-blocks";
import type { PredictRows } from "../explanation";
import { widthOf, type RowMatrix } from "../row-matrix";
import { candidatesOf, requireColumn, spreadOf } from "./candidates";
import type { CounterfactualColumn } from "./counterfactual-column";
import { describeChange } from "./describe-change";
import { gapOf, type CounterfactualGoal } from "./goal";
import { ChangeSearch, type Change } from "./search";

export interface CounterfactualOptions {
  predict: PredictRows;
  /** Rows of the data, which tell what a column's values are like. */
  data: RowMatrix;
  /** One for each value of a row. */
  columns: readonly CounterfactualColumn[];
  goal: CounterfactualGoal;
  /** How many ways to the goal are wanted, that differ from one another; default 3. */
  count?: number;
  /** Columns changed at most; default 3. */
  mostChanges?: number;
  /** Cost of each changed column beside its difference; default 0.1, so that fewer changes are preferred. */
  sparsity?: number;
  /** Rows of the model at most, beside those for single changes; default 20,000. */
  maxEvaluations?: number;
  signal?: AbortSignal;
}

export interface ValueChange {
  column: string;
  from: number;
  to: number;
  /** `raise hours from 38 to 43`, `set member to 1`. */
  text: string;
}

export interface Counterfactual {
  /** The row with its changes. */
  row: Float64Array;
  changes: ValueChange[];
  /** What the model says then, by output. */
  predictions: Float64Array;
  /**
   * Differences in units of the columns' median absolute deviations, summed; a category counts 1.
   */
  distance: number;
}

export interface Counterfactuals {
  /** What the model says of the row as it is. */
  predictions: Float64Array;
  /** Whether that is the goal already; then there are no counterfactuals. */
  reached: boolean;
  /** The nearest first; empty where no way to the goal was found. */
  counterfactuals: Counterfactual[];
  /**
   * All combinations of as many columns or fewer were looked at: among the columns' candidate values the first
   * counterfactual is proven to be the nearest of these (with the cost of each change). Equal to `mostChanges`: of all.
   * Beyond, it is the best that was found.
   */
  provenChanges: number;
  /** Rows that the model predicted. */
  evaluations: number;
}

/**
 * What would have to be different for the model to say something else: the nearest rows that reach a goal under
 * constraints, and other ways to it. A model of trees whose thresholds are given (`grid`) is searched interval by
 * interval, so that a single change is exact up to the rounding of its value (a 200th of a median absolute deviation);
 * of others the data's quantiles and even steps are tried, and what is found is brought nearer. Nothing is drawn by
 * chance.
 *
 * Further ways are those that are cheap and far from the ones before (greedy, by least distance), each changing
 * another set of columns.
 *
 * @param row p values
 * @throws AssayerError "invalid-argument" for rows or columns that do not fit, limits that exclude each other, a goal
 *   that the model cannot have
 * @see Wachter, Mittelstadt and Russell 2018 (distance); Mothilal, Sharma and Tan 2020, "Explaining machine learning
 *   classifiers through diverse counterfactual explanations"; Cui et al. 2015, "Optimal action extraction for random
 *   forests and boosted trees" (intervals between thresholds)
 * @example (await counterfactuals(row, { predict, data, columns, goal: { class: 1 } })).counterfactuals[0]?.changes
 */
export async function counterfactuals(
  row: Float64Array,
  options: CounterfactualOptions,
): Promise<Counterfactuals> {
  const { predict, data, columns, goal, count = 3, mostChanges = 3, signal } = options;
  const { sparsity = 0.1, maxEvaluations = 20_000 } = options;
  requireOptions(row, options);
  const width = row.length;
  const model: AskedModel = {
    caller: "counterfactuals",
    predict,
    width,
    outputs: 0,
    evaluations: 0,
    signal,
  };
  const predictions = await predictInBlocks(model, 1, (_, target, offset) => {
    target.set(row, offset);
  });
  const gap = gapOf(goal, model.outputs);
  if (gap(predictions, 0) <= 0)
    return { predictions, reached: true, counterfactuals: [], provenChanges: 0, evaluations: 1 };
  const valuesOf = (f: number) =>
    Float64Array.from({ length: data.count }, (_, r) => data.rows[r * width + f] as number);
  const spreads = columns.map((_, f) => spreadOf(valuesOf(f)));
  const candidates = columns.map((column, f) =>
    candidatesOf(column, row[f] as number, valuesOf(f), spreads[f] as number),
  );
  const search = new ChangeSearch({
    model,
    row,
    candidates,
    gap,
    mostChanges,
    maxEvaluations,
    sparsity,
  });
  await search.run();
  const chosen = diverse([...search.found.values()], candidates.length, count);
  const refined: Change[] = [];
  for (const [i, each] of chosen.entries()) {
    let change = i === 0 ? each : await search.pullBack(each);
    for (const f of change.columns)
      if (isContinuous(columns[f] as CounterfactualColumn, valuesOf(f), row[f] as number))
        change = await search.bringNearer(change, f, (spreads[f] as number) / 200);
    refined.push(change);
  }
  refined.sort((a, b) => a.cost - b.cost);
  const distinct = [...new Map(refined.map((each) => [each.columns.join(), each])).values()];
  return {
    predictions,
    reached: false,
    counterfactuals: distinct.map((change) => {
      const changed = row.slice();
      const changes = change.columns.map((f) => {
        const to = candidates[f]?.[change.places[f] as number]?.value ?? NaN;
        changed[f] = to;
        const column = columns[f] as CounterfactualColumn;
        const from = row[f] as number;
        const isFlag = [from, to, ...valuesOf(f)].every(isZeroOrOne);
        return { column: column.name, from, to, text: describeChange(column, from, to, isFlag) };
      });
      return {
        row: changed,
        changes,
        predictions: change.answers,
        distance: change.cost - sparsity * change.columns.length,
      };
    }),
    provenChanges: search.provenChanges,
    evaluations: model.evaluations,
  };

  /** The cheapest, then each time the one that is cheapest for its distance from those chosen. */
  function diverse(found: Change[], p: number, wanted: number): Change[] {
    const byCost = found.sort((a, b) => a.cost - b.cost);
    const chosen = byCost.slice(0, 1);
    while (chosen.length < Math.min(wanted, byCost.length)) {
      const score = (each: Change) =>
        each.cost - Math.min(...chosen.map((other) => between(each, other, p)));
      const open = byCost.filter((each) => !chosen.includes(each));
      const next = open.reduce((best, each) => (score(each) < score(best) - 1e-9 ? each : best));
      chosen.push(next);
    }
    return chosen;
  }

  function between(a: Change, b: Change, p: number): number {
    let sum = 0;
    for (let f = 0; f < p; f++) {
      const [one, other] = [a.places[f] as number, b.places[f] as number];
      if (one === other) continue;
      const [x, y] = [one, other].map((place) => candidates[f]?.[place]);
      const sign = (each: typeof x) => ((each?.value ?? 0) < (row[f] as number) ? -1 : 1);
      const apart = Math.abs((x ? sign(x) * x.cost : 0) - (y ? sign(y) * y.cost : 0));
      sum += columns[f]?.kind === "category" ? 1 : apart;
    }
    return sum;
  }
}

function isZeroOrOne(value: number): boolean {
  return value === 0 || value === 1 || Number.isNaN(value);
}

/** Whether a column has values between its candidates. */
function isContinuous(column: CounterfactualColumn, values: Float64Array, own: number): boolean {
  const { kind = "number", grid, whole } = column;
  if (kind === "category" || grid !== undefined || Number.isNaN(own)) return false;
  return !(whole ?? values.every((value) => Number.isInteger(value) || Number.isNaN(value)));
}

function requireOptions(
  row: Float64Array,
  { data, columns, count = 1, mostChanges = 1, sparsity = 0 }: CounterfactualOptions,
): void {
  const fail = (wanted: string, got: number): never => {
    throw new AssayerError("invalid-argument", `counterfactuals requires ${wanted}; got ${got}`);
  };
  const width = widthOf("counterfactuals", "row of data", data);
  if (row.length !== width) fail(`a row of ${width} values, as the data's`, row.length);
  if (columns.length !== width) fail(`a column for each of ${width} values`, columns.length);
  if (!(count >= 1)) fail("a count of 1 or more", count);
  if (!(mostChanges >= 1)) fail("mostChanges of 1 or more", mostChanges);
  if (!(sparsity >= 0)) fail("a sparsity of 0 or more", sparsity);
  columns.forEach(requireColumn);
}
