import { bestSplit, type LeafSums, type Split } from "./best-split";
import type { BinnedFeatures } from "./bins";

/** A tree of decisions by bins. Node 0 is the root; a child below 0 is the leaf ~child. */
export interface Tree {
  features: Int32Array;
  /** 256 for each node: 1 where rows of the bin go left. */
  goesLeft: Uint8Array;
  lefts: Int32Array;
  rights: Int32Array;
  leaves: Float64Array;
}

/** What is learnt from, and room to work in that all trees share. */
export interface Workspace {
  binned: BinnedFeatures;
  /** First and second derivative of the loss of each row; of the second none where it is 1 throughout. */
  gradients: Float64Array;
  hessians: Float64Array | null;
  /** Rows to learn from. Each leaf of the tree that was grown last has a stretch of them. */
  rows: Uint32Array;
  scratch: Uint32Array;
  orderedGradients: Float64Array;
  orderedHessians: Float64Array;
  histograms: Float64Array[];
}

export interface TreeLimits {
  leaves: number;
  minLeafRows: number;
  learningRate: number;
}

interface Leaf {
  start: number;
  end: number;
  sums: LeafSums;
  regularization: number;
  histogram: Float64Array;
  split: Split | undefined;
  /** Where the parent points at it. */
  pointer: { children: Int32Array; node: number } | null;
}

/**
 * Grows one tree leaf by leaf: the one whose split gains most is next. Of two new leaves the smaller one's histogram
 * is counted, the other's is what is left of their parent's.
 *
 * @returns the tree, and the stretch of `work.rows` in each leaf
 */
export function growTree(
  work: Workspace,
  limits: TreeLimits,
): { tree: Tree; stretches: [start: number, end: number][] } {
  const nodes = limits.leaves - 1;
  const tree: Tree = {
    features: new Int32Array(nodes),
    goesLeft: new Uint8Array(nodes * 256),
    lefts: new Int32Array(nodes),
    rights: new Int32Array(nodes),
    leaves: new Float64Array(limits.leaves),
  };
  const leaves = [rootOf(work, limits)];
  for (let node = 0; node < nodes; node++) {
    const at = indexOfBest(leaves);
    const leaf = leaves[at];
    if (!leaf?.split) break;
    const [left, right] = splitLeaf(work, leaf, leaf.split, limits);
    tree.features[node] = leaf.split.feature;
    tree.goesLeft.set(leaf.split.left, node * 256);
    if (leaf.pointer) leaf.pointer.children[leaf.pointer.node] = node;
    left.pointer = { children: tree.lefts, node };
    right.pointer = { children: tree.rights, node };
    leaves[at] = left;
    leaves.push(right);
  }
  for (const [i, { pointer, sums, regularization, histogram }] of leaves.entries()) {
    if (pointer) pointer.children[pointer.node] = ~i;
    tree.leaves[i] = (-limits.learningRate * sums.gradient) / (sums.hessian + regularization);
    work.histograms.push(histogram);
  }
  return { tree, stretches: leaves.map(({ start, end }) => [start, end]) };
}

function indexOfBest(leaves: readonly Leaf[]): number {
  let best = 0;
  for (const [i, { split }] of leaves.entries())
    if ((split?.gain ?? -1) > (leaves[best]?.split?.gain ?? -1)) best = i;
  return best;
}

function rootOf(work: Workspace, limits: TreeLimits): Leaf {
  const histogram = histogramOf(work, 0, work.rows.length);
  let gradient = 0;
  let hessian = 0;
  for (const row of work.rows) {
    gradient += work.gradients[row] ?? 0;
    hessian += work.hessians ? (work.hessians[row] ?? 0) : 1;
  }
  const sums = { gradient, hessian, rows: work.rows.length };
  const place = { start: 0, end: work.rows.length, regularization: 0, pointer: null };
  return { ...place, sums, histogram, split: splitOf(work, histogram, sums, limits) };
}

function splitLeaf(work: Workspace, leaf: Leaf, split: Split, limits: TreeLimits): [Leaf, Leaf] {
  const middle = partition(work, leaf, split);
  const { leftSums, regularization } = split;
  const left = { ...leftSums, rows: middle - leaf.start };
  const right = {
    gradient: leaf.sums.gradient - leftSums.gradient,
    hessian: leaf.sums.hessian - leftSums.hessian,
    rows: leaf.end - middle,
  };
  const leftIsSmaller = left.rows <= right.rows;
  const smaller = leftIsSmaller
    ? histogramOf(work, leaf.start, middle)
    : histogramOf(work, middle, leaf.end);
  const larger = leaf.histogram;
  for (let i = 0; i < larger.length; i++) larger[i] = (larger[i] ?? 0) - (smaller[i] ?? 0);
  const made = (start: number, end: number, sums: LeafSums, histogram: Float64Array): Leaf => ({
    ...{ start, end, sums, regularization, histogram, pointer: null },
    split: splitOf(work, histogram, sums, limits),
  });
  return [
    made(leaf.start, middle, left, leftIsSmaller ? smaller : larger),
    made(middle, leaf.end, right, leftIsSmaller ? larger : smaller),
  ];
}

/** Moves the rows that go left before the others, each side in the order it had. */
function partition({ rows, scratch, binned }: Workspace, leaf: Leaf, split: Split): number {
  const bins = binned.columns[split.feature] ?? new Uint8Array();
  let left = leaf.start;
  let right = 0;
  for (let i = leaf.start; i < leaf.end; i++) {
    const row = rows[i] ?? 0;
    if (split.left[bins[row] ?? 0] === 1) rows[left++] = row;
    else scratch[right++] = row;
  }
  rows.set(scratch.subarray(0, right), left);
  return left;
}

function splitOf(
  { binned }: Workspace,
  histogram: Float64Array,
  sums: LeafSums,
  { minLeafRows }: TreeLimits,
): Split | undefined {
  if (sums.rows < 2 * minLeafRows) return undefined;
  let best: Split | undefined;
  let offset = 0;
  for (const [feature, bins] of binned.sizes.entries()) {
    const categorical = binned.categorical[feature] ?? false;
    const limits = { feature, categorical, minLeafRows };
    const split = bestSplit(histogram, offset, bins, sums, limits);
    if (split && split.gain > (best?.gain ?? 0)) best = split;
    offset += 2 * bins;
  }
  return best;
}

/** Sums of gradient and hessian of each bin of each feature, over a stretch of the rows. */
function histogramOf(work: Workspace, start: number, end: number): Float64Array {
  const { binned, gradients, hessians, orderedGradients, orderedHessians } = work;
  const cells = binned.sizes.reduce((sum, bins) => sum + 2 * bins, 0);
  const histogram = work.histograms.pop() ?? new Float64Array(cells);
  histogram.fill(0);
  const rows = work.rows.subarray(start, end);
  // In the order of the rows once, so that each feature reads them one after the other.
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    orderedGradients[i] = gradients[row] ?? 0;
    if (hessians) orderedHessians[i] = hessians[row] ?? 0;
  }
  let offset = 0;
  for (const [feature, bins] of binned.columns.entries()) {
    const ofFeature = histogram.subarray(offset, (offset += 2 * (binned.sizes[feature] ?? 0)));
    if (hessians) addRows(ofFeature, bins, rows, orderedGradients, orderedHessians);
    else addCounts(ofFeature, bins, rows, orderedGradients);
  }
  return histogram;
}

function addRows(
  histogram: Float64Array,
  bins: Uint8Array,
  rows: Uint32Array,
  gradients: Float64Array,
  hessians: Float64Array,
): void {
  for (let i = 0; i < rows.length; i++) {
    const at = 2 * (bins[rows[i] ?? 0] ?? 0);
    histogram[at] = (histogram[at] ?? 0) + (gradients[i] ?? 0);
    histogram[at + 1] = (histogram[at + 1] ?? 0) + (hessians[i] ?? 0);
  }
}

function addCounts(
  histogram: Float64Array,
  bins: Uint8Array,
  rows: Uint32Array,
  gradients: Float64Array,
): void {
  for (let i = 0; i < rows.length; i++) {
    const at = 2 * (bins[rows[i] ?? 0] ?? 0);
    histogram[at] = (histogram[at] ?? 0) + (gradients[i] ?? 0);
    histogram[at + 1] = (histogram[at + 1] ?? 0) + 1;
  }
}
