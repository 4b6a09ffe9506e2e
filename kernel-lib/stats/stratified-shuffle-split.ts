import { MersenneTwister } from "./mersenne-twister";

/** What a row is in a split. */
export const partOfSplit = { unused: 0, train: 1, test: 2 } as const;

/**
 * Splits rows by chance into a training and a test part, again and again, each with the classes' shares of the whole:
 * the very splits of scikit-learn's `StratifiedShuffleSplit(n_splits, test_size, random_state=seed)`, rows in ascending
 * order.
 *
 * @param classes n class numbers, 0 to k - 1
 * @param options.testShare rows of the test part, rounded up
 * @returns for each split what each row is, as `partOfSplit` numbers it; nothing where a class has a single row, or a part would have fewer rows than there are classes
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.StratifiedShuffleSplit.html
 */
export function* stratifiedShuffleSplit(
  classes: ArrayLike<number>,
  { splits, testShare, seed }: { splits: number; testShare: number; seed: number },
): Generator<Uint8Array> {
  const n = classes.length;
  const rowsOf = groupRows(classes);
  const sizes = rowsOf.map((rows) => rows.length);
  const tested = Math.ceil(n * testShare);
  if (Math.min(...sizes) < 2 || Math.min(tested, n - tested) < sizes.length) return;
  const random = new MersenneTwister(seed);
  for (let split = 0; split < splits; split++) {
    const trainSizes = proportionalSizes(sizes, n - tested, random);
    const rest = sizes.map((size, i) => size - Number(trainSizes[i]));
    const testSizes = proportionalSizes(rest, tested, random);
    const part = new Uint8Array(n);
    for (const [i, rows] of rowsOf.entries()) {
      const order = random.permutation(rows.length);
      const trained = Number(trainSizes[i]);
      const end = trained + Number(testSizes[i]);
      for (let j = 0; j < end; j++)
        part[Number(rows[Number(order[j])])] = j < trained ? partOfSplit.train : partOfSplit.test;
    }
    // scikit-learn shuffles both parts once more; the order is of no use here, the numbers drawn are.
    random.permutation(n - tested);
    random.permutation(tested);
    yield part;
  }
}

function groupRows(classes: ArrayLike<number>): Uint32Array[] {
  const sizes: number[] = [];
  for (let i = 0; i < classes.length; i++) {
    const own = Number(classes[i]);
    while (sizes.length <= own) sizes.push(0);
    sizes[own] = Number(sizes[own]) + 1;
  }
  const groups = sizes.map((size) => new Uint32Array(size));
  const filled = sizes.map(() => 0);
  for (let i = 0; i < classes.length; i++) {
    const own = Number(classes[i]);
    const group = groups[own];
    if (group !== undefined) group[Number(filled[own])] = i;
    filled[own] = Number(filled[own]) + 1;
  }
  return groups;
}

/** `draws` shared out by size; what rounding leaves goes to the largest remainders, by chance among equal ones. */
function proportionalSizes(
  sizes: readonly number[],
  draws: number,
  random: MersenneTwister,
): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const exact = sizes.map((size) => (size / total) * draws);
  const shares = exact.map(Math.floor);
  const remainders = exact.map((value, i) => value - Number(shares[i]));
  let missing = Math.trunc(draws - shares.reduce((sum, share) => sum + share, 0));
  for (const remainder of [...new Set(remainders)].sort((a, b) => b - a)) {
    if (missing <= 0) break;
    const equal = [...remainders.keys()].filter((i) => remainders[i] === remainder);
    const chosen = random.permutation(equal.length).subarray(0, missing);
    for (const each of chosen) {
      const at = Number(equal[each]);
      shares[at] = Number(shares[at]) + 1;
    }
    missing -= chosen.length;
  }
  return shares;
}
