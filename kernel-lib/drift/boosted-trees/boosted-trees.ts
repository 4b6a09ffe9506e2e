import { AssayerError } from "../../errors";
import type { BinnedFeatures } from "./bins";
import { growTree, type Tree, type Workspace } from "./grow-tree";

export interface BoostedTreesOptions {
  /** `squared-error` predicts a number, `log-loss` how likely 1 is. */
  loss: "squared-error" | "log-loss";
  /** Positions of the rows to learn from; all by default. */
  rows?: Uint32Array;
  /** Default 100. */
  trees?: number;
  /** Most leaves of a tree, default 31. */
  leaves?: number;
  /** Default 0.1. */
  learningRate?: number;
  /** Fewest rows of a leaf, default 20. */
  minLeafRows?: number;
}

/** Boosted trees that were grown: what they predict for rows that were cut into the same bins. */
export interface BoostedTrees {
  /** @param rows positions of the rows to predict, all by default */
  predict(binned: BinnedFeatures, rows?: Uint32Array): Float64Array;
}

/**
 * Gradient-boosted trees over binned features, with LightGBM's defaults: trees grow leaf by leaf, what is missing goes
 * to the better side, categories split into sets. Nothing is drawn at random: the same data gives the same trees.
 *
 * @param target n values, those of `log-loss` 0 or 1
 * @throws AssayerError "invalid-argument" for a target of another length or other values
 * @see Friedman 2001, "Greedy function approximation"; Ke and others 2017, "LightGBM"
 */
export function growBoostedTrees(
  binned: BinnedFeatures,
  target: Float64Array,
  options: BoostedTreesOptions,
): BoostedTrees {
  const { loss, trees = 100, leaves = 31, learningRate = 0.1, minLeafRows = 20 } = options;
  const rows = options.rows ?? Uint32Array.from(target.keys());
  requireTarget(binned, target, rows, loss);
  const start = startOf(target, rows, loss);
  const scores = new Float64Array(target.length).fill(start);
  const work: Workspace = {
    binned,
    gradients: new Float64Array(target.length),
    hessians: loss === "log-loss" ? new Float64Array(target.length) : null,
    rows: rows.slice(),
    scratch: new Uint32Array(rows.length),
    orderedGradients: new Float64Array(rows.length),
    orderedHessians: new Float64Array(loss === "log-loss" ? rows.length : 0),
    histograms: [],
  };
  const grown: Tree[] = [];
  for (let i = 0; i < trees; i++) {
    // In their own order, so that a tree does not depend on where the one before put the rows.
    work.rows.set(rows);
    setDerivatives(work, target, scores);
    const { tree, stretches } = growTree(work, { leaves, minLeafRows, learningRate });
    if (stretches.length === 1) break;
    grown.push(tree);
    for (const [leaf, [from, to]] of stretches.entries())
      for (let at = from; at < to; at++) {
        const row = work.rows[at] ?? 0;
        scores[row] = (scores[row] ?? 0) + (tree.leaves[leaf] ?? 0);
      }
  }
  return {
    predict: (given, positions) => {
      const raw = rawScores(grown, start, given, positions);
      return loss === "log-loss" ? raw.map((score) => 1 / (1 + Math.exp(-score))) : raw;
    },
  };
}

function requireTarget(
  binned: BinnedFeatures,
  target: Float64Array,
  rows: Uint32Array,
  loss: BoostedTreesOptions["loss"],
): void {
  if (target.length !== binned.rows || rows.length === 0)
    throw new AssayerError(
      "invalid-argument",
      `growBoostedTrees requires a target for each of ${binned.rows} rows, and rows to learn from; got ${target.length} and ${rows.length}`,
    );
  const fits = (value: number) =>
    loss === "log-loss" ? value === 0 || value === 1 : Number.isFinite(value);
  for (const row of rows)
    if (!fits(target[row] ?? NaN))
      throw new AssayerError(
        "invalid-argument",
        `growBoostedTrees requires a target of ${loss === "log-loss" ? "0 and 1" : "finite numbers"}; got another value in row ${row}`,
      );
}

/** The best constant: the mean, or the log odds of it. */
function startOf(
  target: Float64Array,
  rows: Uint32Array,
  loss: BoostedTreesOptions["loss"],
): number {
  let sum = 0;
  for (const row of rows) sum += target[row] ?? 0;
  const mean = sum / rows.length;
  if (loss === "squared-error") return mean;
  const share = Math.min(Math.max(mean, 1e-15), 1 - 1e-15);
  return Math.log(share / (1 - share));
}

function setDerivatives(
  { gradients, hessians, rows }: Workspace,
  target: Float64Array,
  scores: Float64Array,
): void {
  for (const row of rows) {
    const score = scores[row] ?? 0;
    const value = target[row] ?? 0;
    if (!hessians) gradients[row] = score - value;
    else {
      const share = 1 / (1 + Math.exp(-score));
      gradients[row] = share - value;
      hessians[row] = share * (1 - share);
    }
  }
}

function rawScores(
  trees: readonly Tree[],
  start: number,
  { columns, rows: count }: BinnedFeatures,
  positions?: Uint32Array,
): Float64Array {
  const scores = new Float64Array(positions?.length ?? count).fill(start);
  for (const { features, goesLeft, lefts, rights, leaves } of trees)
    for (let i = 0; i < scores.length; i++) {
      const row = positions ? (positions[i] ?? 0) : i;
      let node = 0;
      while (node >= 0) {
        const bin = columns[features[node] ?? 0]?.[row] ?? 0;
        node = (goesLeft[node * 256 + bin] === 1 ? lefts[node] : rights[node]) ?? -1;
      }
      scores[i] = (scores[i] ?? 0) + (leaves[~node] ?? 0);
    }
  return scores;
}
