import { AssayerError } from "../../errors";
import type { Explanation } from "../explanation";
import type { ColumnImportance } from "../explanation-report";
import {
  explanationImportance,
  meanInterval,
  requireExplanation,
  sizesOf,
} from "./explanation-importance";

/** Importances of a model's columns: an explanation report is one. */
export interface GlobalImportance {
  columns: readonly string[];
  outputs: readonly string[];
  /** By output, then by column. */
  importance: readonly (readonly ColumnImportance[])[];
}

/** A column's importance in two models, the first one's `before`. Null where a model has no such column. */
export interface ImportanceChange {
  column: string;
  before: ColumnImportance | null;
  after: ColumnImportance | null;
  /** `after` less `before`, with its 95 % interval. */
  change: number | null;
  lower: number | null;
  upper: number | null;
  /** Shares of the importances of all columns, for models whose outputs differ in scale. */
  shareBefore: number | null;
  shareAfter: number | null;
  /** 1 for the most important column. */
  rankBefore: number | null;
  rankAfter: number | null;
}

export interface ExplanationComparison {
  /** Whether both explain the same rows, so that the intervals are of differences row by row. */
  paired: boolean;
  outputs: { output: string; columns: ImportanceChange[] }[];
}

/**
 * What matters to one model and what to another, or to one model on two sets of data: the change of each column's
 * mean |SHAP value| with a 95 % interval, and of its rank. Two explanations of the same rows are compared row by row;
 * else the intervals of both are joined as those of independent estimates.
 *
 * Models are compared in their explained outputs' unit: log-odds of one and probabilities of another compare by rank
 * and share alone.
 *
 * @param before explanation, report, or importances
 * @returns for each output of both (one output of each needs no common name), columns by rank in `after`
 * @throws AssayerError "invalid-argument" where the two have no output in common, or arrays do not fit
 * @see Zou and Donner 2008, "Construction of confidence limits about effect measures": intervals of a difference
 * @example compareExplanations(version3, version4).outputs[0]?.columns[0]
 */
export function compareExplanations(
  before: Explanation | GlobalImportance,
  after: Explanation | GlobalImportance,
): ExplanationComparison {
  const [a, b] = [before, after].map(importancesOf) as [GlobalImportance, GlobalImportance];
  const common = pairsOf(a.outputs, b.outputs);
  if (common.length === 0)
    throw new AssayerError(
      "invalid-argument",
      `compareExplanations requires an output in common; got ${a.outputs.join(", ")} and ${b.outputs.join(", ")}`,
    );
  const same =
    "shapValues" in before && "shapValues" in after && sameRows(before, after)
      ? ([before, after] as const)
      : null;
  const outputs = common.map(([inA, inB]) => {
    const [ofA, ofB] = [rankedOf(a, inA), rankedOf(b, inB)];
    const names = [...new Set([...b.columns, ...a.columns])];
    const columns = names.map((column) => {
      const [one, other] = [ofA.get(column), ofB.get(column)];
      const change = one && other ? changeOf(one.importance, other.importance) : null;
      const paired = change && same ? pairedChange(same, [inA, inB], column) : null;
      return {
        column,
        before: one?.importance ?? null,
        after: other?.importance ?? null,
        ...(paired ?? change ?? { change: null, lower: null, upper: null }),
        shareBefore: one?.share ?? null,
        shareAfter: other?.share ?? null,
        rankBefore: one?.rank ?? null,
        rankAfter: other?.rank ?? null,
      };
    });
    columns.sort((x, y) => (x.rankAfter ?? Infinity) - (y.rankAfter ?? Infinity) || 0);
    return { output: b.outputs[inB] ?? "", columns };
  });
  return { paired: same !== null, outputs };
}

function importancesOf(source: Explanation | GlobalImportance): GlobalImportance {
  if ("shapValues" in source) requireExplanation("compareExplanations", source);
  return "importance" in source ? source : { ...source, importance: explanationImportance(source) };
}

function pairsOf(a: readonly string[], b: readonly string[]): [number, number][] {
  if (a.length === 1 && b.length === 1) return [[0, 0]];
  return b.flatMap((name, inB): [number, number][] => {
    const inA = a.indexOf(name);
    return inA === -1 ? [] : [[inA, inB]];
  });
}

interface Ranked {
  importance: ColumnImportance;
  rank: number;
  share: number;
}

function rankedOf({ importance }: GlobalImportance, output: number): Map<string, Ranked> {
  const all = importance[output] ?? [];
  const total = all.reduce((sum, { value }) => sum + value, 0);
  const order = [...all].sort((x, y) => y.value - x.value);
  return new Map(
    order.map((each, place) => [
      each.column,
      { importance: each, rank: place + 1, share: total > 0 ? each.value / total : 0 },
    ]),
  );
}

function changeOf(before: ColumnImportance, after: ColumnImportance) {
  const change = after.value - before.value;
  return {
    change,
    lower: change - Math.hypot(after.value - after.lower, before.upper - before.value),
    upper: change + Math.hypot(after.upper - after.value, before.value - before.lower),
  };
}

function pairedChange(
  [a, b]: readonly [Explanation, Explanation],
  [inA, inB]: readonly [number, number],
  column: string,
) {
  const before = sizesOf(a, inA, a.columns.indexOf(column));
  const differences = sizesOf(b, inB, b.columns.indexOf(column)).map(
    (size, row) => size - (before[row] ?? NaN),
  );
  const { value: change, ...bounds } = meanInterval(differences);
  return { change, ...bounds };
}

/** Whether two explanations are of the same rows, by the values of the columns that they share. */
function sameRows(a: Explanation, b: Explanation): boolean {
  const shared = a.columns.filter((column) => b.columns.includes(column));
  if (a.rows !== b.rows || shared.length === 0) return false;
  return shared.every((column) => {
    const [x, y] = [a.values[column], b.values[column]];
    if (x === undefined || y === undefined) return false;
    for (let row = 0; row < a.rows; row++) if (!Object.is(x[row], y[row])) return false;
    return true;
  });
}
