/** What every tree of a forest learns from. */
export interface Sample {
  /** p arrays of n finite values. */
  columns: readonly Float64Array[];
  /** n values, their mean taken off. */
  target: Float64Array;
  /** For each column the rows by rising value. */
  sorted: readonly Uint32Array[];
}

/** Sorts the rows by each column, once for all trees. */
export function toSample(columns: readonly Float64Array[], target: Float64Array): Sample {
  const mean = target.reduce((sum, value) => sum + value, 0) / target.length;
  return {
    columns,
    target: target.map((value) => value - mean),
    sorted: columns.map((column) =>
      Uint32Array.from(column.keys()).sort((a, b) => (column[a] ?? 0) - (column[b] ?? 0)),
    ),
  };
}

/**
 * Mean decrease in impurity of one regression tree (CART, squared error), grown until its leaves
 * are pure: for each column, the part of the squared error that the splits on it take away.
 *
 * The rows of a node are kept sorted by every column, and stay so when the node is split: a level
 * of the tree costs n × p.
 *
 * @param options.counts how often each row was drawn; a row with 0 has no part
 * @param options.random numbers in [0, 1): which column wins when two split equally well
 * @param options.minLeaf fewest rows of a leaf, default 1
 * @returns p shares that sum to 1, or all 0 when nothing splits
 * @see Breiman, Friedman, Olshen and Stone 1984, "Classification and regression trees"
 */
export function treeImportance(
  sample: Sample,
  options: { counts: Float64Array; random: () => number; minLeaf?: number },
): Float64Array {
  const { columns, sorted } = sample;
  const { counts, random, minLeaf = 1 } = options;
  const importance = new Float64Array(columns.length);
  const orders = sorted.map((order) => order.filter((row) => (counts[row] ?? 0) > 0));
  const goesLeft = new Uint8Array(sample.target.length);
  const scratch = new Uint32Array(orders[0]?.length ?? 0);
  const sums = sample.target.map((value, row) => value * (counts[row] ?? 0));
  const visits = Uint32Array.from(columns.keys());
  const nodes: [start: number, end: number][] = [[0, scratch.length]];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    const [start, end] = node;
    if (end - start < 2 * minLeaf || isPure(sample.target, orders[0], start, end)) continue;
    shuffle(visits, random);
    const split = bestSplit({ columns, orders, counts, sums, visits, start, end, minLeaf });
    if (!split) continue;
    importance[split.column] = (importance[split.column] ?? 0) + split.gain;
    const chosen = orders[split.column] ?? scratch;
    for (let i = start; i < end; i++) goesLeft[chosen[i] ?? 0] = Number(i < split.at);
    for (const order of orders)
      if (order !== chosen) partition(order, goesLeft, start, end, scratch);
    nodes.push([start, split.at], [split.at, end]);
  }
  return toShares(importance);
}

/** The values as shares of their sum; all 0 when that is 0. */
export function toShares(values: Float64Array): Float64Array {
  const sum = values.reduce((a, b) => a + b, 0);
  return sum > 0 ? values.map((value) => value / sum) : values;
}

/**
 * The split whose two sides differ most. With w rows and a mean m on either side, the squared error
 * falls by w₁w₂ / (w₁ + w₂) × (m₁ − m₂)².
 */
function bestSplit(node: {
  columns: readonly Float64Array[];
  orders: readonly Uint32Array[];
  counts: Float64Array;
  sums: Float64Array;
  visits: Uint32Array;
  start: number;
  end: number;
  minLeaf: number;
}): { column: number; at: number; gain: number } | undefined {
  const { counts, sums, start, end, minLeaf } = node;
  let totalCount = 0;
  let totalSum = 0;
  const any = node.orders[0] ?? new Uint32Array();
  for (let i = start; i < end; i++) {
    totalCount += counts[any[i] ?? 0] ?? 0;
    totalSum += sums[any[i] ?? 0] ?? 0;
  }
  let best: { column: number; at: number; gain: number } | undefined;
  for (const c of node.visits) {
    const order = node.orders[c] ?? any;
    const column = node.columns[c] ?? new Float64Array();
    let value = column[order[start] ?? 0] ?? 0;
    if (value === column[order[end - 1] ?? 0]) continue;
    let count = 0;
    let sum = 0;
    for (let at = start + 1; at < end; at++) {
      const before = order[at - 1] ?? 0;
      count += counts[before] ?? 0;
      sum += sums[before] ?? 0;
      const next = column[order[at] ?? 0] ?? 0;
      if (next === value) continue;
      value = next;
      if (at - start < minLeaf || end - at < minLeaf) continue;
      const rest = totalCount - count;
      const apart = sum / count - (totalSum - sum) / rest;
      const gain = ((count * rest) / totalCount) * apart * apart;
      if (best === undefined || gain > best.gain) best = { column: c, at, gain };
    }
  }
  return best;
}

function isPure(
  target: Float64Array,
  order: Uint32Array | undefined,
  start: number,
  end: number,
): boolean {
  for (let i = start + 1; i < end; i++)
    if (target[order?.[i] ?? 0] !== target[order?.[start] ?? 0]) return false;
  return true;
}

/** Moves the rows that go left before the others, each side in the order it had. */
function partition(
  order: Uint32Array,
  goesLeft: Uint8Array,
  start: number,
  end: number,
  scratch: Uint32Array,
): void {
  let left = start;
  let right = 0;
  for (let i = start; i < end; i++) {
    const row = order[i] ?? 0;
    if (goesLeft[row] === 1) order[left++] = row;
    else scratch[right++] = row;
  }
  order.set(scratch.subarray(0, right), left);
}

/** Fisher and Yates, in place. */
function shuffle(values: Uint32Array, random: () => number): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const moved = values[i] ?? 0;
    values[i] = values[j] ?? 0;
    values[j] = moved;
  }
}
