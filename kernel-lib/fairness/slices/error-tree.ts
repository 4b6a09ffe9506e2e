import { AssayerError } from "../../errors";
import { argsort } from "../../stats/argsort";
import type { ErrorNode } from "../report";
import { cutByCategory, cutByNumber, type Cut, type Leaf } from "./best-cut";
import { featureValues, type FeatureValues } from "./feature-bins";
import { meanOf, readLosses, without, worseTail, type Losses, type LossSums } from "./loss-sums";

export interface ErrorTreeOptions {
  /** Most conditions one after the other, 1 to 8; default 3. */
  maxDepth?: number;
  /** Fewest rows of a node; default 30, or a hundredth of all rows if that is more. */
  minLeaf?: number;
  /** Chance to cut a node whose parts do not differ; default 0.05. With 1 every cut is made. */
  alpha?: number;
}

/**
 * How errors gather: a regression tree of the loss. Each node is cut where that takes most of the squared deviations
 * away, by a number at a bound or by one category, if the two parts differ significantly (Fisher's exact or Welch's
 * t-test, corrected for all cuts that were looked at). What is missing in a number goes with those above the bound.
 *
 * @param data.features columns of n values; numbers with more than two values are cut at bounds, all else is categories
 * @param data.loss n finite numbers, such as 1 for a wrong answer and 0 for a right one
 * @returns the root first, then level by level; none where there are no rows
 * @throws AssayerError "invalid-argument" for columns of another length, a loss that is not finite, options out of range
 * @see Breiman, Friedman, Olshen and Stone 1984, "Classification and Regression Trees"; scikit-learn's
 * `DecisionTreeRegressor`
 */
export function errorTree(
  { features, loss }: { features: Record<string, ArrayLike<unknown>>; loss: ArrayLike<number> },
  options: ErrorTreeOptions = {},
): ErrorNode[] {
  const losses = readLosses("errorTree", loss);
  const rows = losses.values.length;
  const { maxDepth = 3, minLeaf = Math.max(30, Math.ceil(rows / 100)), alpha = 0.05 } = options;
  requireOptions(maxDepth, minLeaf, alpha);
  const columns = Object.entries(features)
    .map(([name, column]) => featureValues("errorTree", name, column, rows))
    .map((feature) => ({ feature, order: orderOf(feature) }));
  if (rows === 0) return [];
  const nodes = [nodeOf(losses, losses.all, null, null)];
  const leafOf = new Int32Array(rows);
  let leaves: Leaf[] = [{ node: 0, sums: losses.all, best: null, cuts: 0 }];
  for (let depth = 0; depth < maxDepth && leaves.length > 0; depth++) {
    for (const { feature, order } of columns)
      if (feature.kind === "category")
        cutByCategory(feature, leafOf, leaves, losses.values, minLeaf);
      else cutByNumber(feature, order, leafOf, leaves, losses.values, minLeaf);
    leaves = divide(losses, nodes, leafOf, leaves, alpha);
  }
  return nodes;
}

/** Makes each leaf's best cut, if it is significant; rows of the others are done. */
function divide(
  losses: Losses,
  nodes: ErrorNode[],
  leafOf: Int32Array,
  leaves: readonly Leaf[],
  alpha: number,
): Leaf[] {
  const parts = leaves.map(({ best }) => ({ best, inside: { rows: 0, sum: 0, squares: 0 } }));
  leafOf.forEach((at, row) => {
    const part = parts[at];
    if (part?.best?.isInside(row) !== true) return;
    const value = losses.values[row] ?? 0;
    part.inside.rows++;
    part.inside.sum += value;
    part.inside.squares += value * value;
  });
  const next: Leaf[] = [];
  const moves = leaves.map((leaf, at) => {
    const { best, inside } = parts[at] as { best: Cut | null; inside: LossSums };
    if (best === null) return null;
    const outside = without(leaf.sums, inside);
    if (!isSignificant(inside, outside, losses.binary, leaf.cuts, alpha)) return null;
    for (const [sums, condition] of [
      [inside, best.inside],
      [outside, best.outside],
    ] as const) {
      next.push({ node: nodes.length, sums, best: null, cuts: 0 });
      nodes.push(nodeOf(losses, sums, leaf.node, condition));
    }
    return { isInside: best.isInside, first: next.length - 2 };
  });
  leafOf.forEach((at, row) => {
    const move = at < 0 ? null : moves[at];
    leafOf[row] = move ? move.first + Number(!move.isInside(row)) : -1;
  });
  return next;
}

function isSignificant(
  a: LossSums,
  b: LossSums,
  binary: boolean,
  cuts: number,
  alpha: number,
): boolean {
  if (alpha === 1) return true;
  const [worse, better] = meanOf(a) > meanOf(b) ? [a, b] : [b, a];
  return 2 * cuts * worseTail(worse, better, binary) < alpha;
}

function nodeOf(
  { shift }: Losses,
  { rows, sum }: LossSums,
  parent: number | null,
  condition: ErrorNode["condition"],
): ErrorNode {
  const errors = sum + shift * rows;
  return { parent, condition, rows, errors, loss: errors / rows };
}

function orderOf(feature: FeatureValues): Uint32Array {
  return feature.kind === "number" ? argsort(feature.values) : new Uint32Array();
}

function requireOptions(maxDepth: number, minLeaf: number, alpha: number): void {
  const invalid = (message: string) => new AssayerError("invalid-argument", message);
  if (!(Number.isInteger(maxDepth) && maxDepth >= 1 && maxDepth <= 8))
    throw invalid(`errorTree requires a whole maxDepth from 1 to 8; got ${maxDepth}`);
  if (!(Number.isInteger(minLeaf) && minLeaf >= 1))
    throw invalid(`errorTree requires a whole minLeaf of 1 or more; got ${minLeaf}`);
  if (!(alpha > 0 && alpha <= 1))
    throw invalid(`errorTree requires alpha above 0 and up to 1; got ${alpha}`);
}
