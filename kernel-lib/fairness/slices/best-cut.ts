import type { SliceCondition } from "../report";
import { missing, type FeatureValues } from "./feature-bins";
import type { LossSums } from "./loss-sums";

/** A leaf that may be cut, and the best cut so far. */
export interface Leaf {
  /** Position in the tree's list. */
  node: number;
  sums: LossSums;
  best: Cut | null;
  /** Cuts that were looked at. */
  cuts: number;
}

/** The two parts of a leaf. */
export interface Cut {
  gain: number;
  feature: FeatureValues;
  inside: SliceCondition;
  outside: SliceCondition;
  isInside: (row: number) => boolean;
}

/** Keeps the cut of a leaf that takes most of its squared deviations away; of equal ones the first. */
function offer(
  leaf: Leaf,
  rows: number,
  sum: number,
  minLeaf: number,
  cut: () => Omit<Cut, "gain">,
): void {
  const rest = leaf.sums.rows - rows;
  if (rows < minLeaf || rest < minLeaf) return;
  leaf.cuts++;
  const apart = sum / rows - (leaf.sums.sum - sum) / rest;
  const gain = ((rows * rest) / leaf.sums.rows) * apart * apart;
  if (gain > (leaf.best?.gain ?? 0)) leaf.best = { ...cut(), gain };
}

/**
 * The best cuts of leaves by a number: halfway between values that follow each other. What is missing comes after all
 * numbers.
 *
 * @param order the rows by the number, missing ones last
 * @param leafOf of each row the position of its leaf, −1 for none
 */
export function cutByNumber(
  feature: FeatureValues & { kind: "number" },
  order: Uint32Array,
  leafOf: Int32Array,
  leaves: readonly Leaf[],
  loss: Float64Array,
  minLeaf: number,
): void {
  const { values, name } = feature;
  const running = leaves.map(() => ({ rows: 0, sum: 0, last: NaN }));
  for (const row of order) {
    const at = leafOf[row] ?? -1;
    if (at < 0) continue;
    const [leaf, so] = [
      leaves[at] as Leaf,
      running[at] as { rows: number; sum: number; last: number },
    ];
    const value = values[row] ?? NaN;
    if (so.rows > 0 && value !== so.last && !Number.isNaN(so.last)) {
      const { last } = so;
      offer(leaf, so.rows, so.sum, minLeaf, () => cutAt(feature, name, last, value));
    }
    so.rows++;
    so.sum += loss[row] ?? 0;
    so.last = value;
  }
}

function cutAt(
  feature: FeatureValues & { kind: "number" },
  name: string,
  last: number,
  next: number,
): Omit<Cut, "gain"> {
  const { values } = feature;
  if (Number.isNaN(next))
    return {
      feature,
      inside: { feature: name, differsFrom: missing },
      outside: { feature: name, equals: missing },
      isInside: (row) => !Number.isNaN(values[row]),
    };
  const middle = last / 2 + next / 2;
  // Between neighbours among the doubles there is no middle.
  const at = middle < next ? middle : last;
  return {
    feature,
    inside: { feature: name, above: null, atMost: at },
    outside: { feature: name, above: at, atMost: null },
    isInside: (row) => (values[row] ?? NaN) <= at,
  };
}

/** The best cuts of leaves by a category: one of them, and all others. */
export function cutByCategory(
  feature: FeatureValues & { kind: "category" },
  leafOf: Int32Array,
  leaves: readonly Leaf[],
  loss: Float64Array,
  minLeaf: number,
): void {
  const { values, name } = feature;
  const sums = leaves.map(() => new Map<string, { rows: number; sum: number }>());
  leafOf.forEach((at, row) => {
    if (at < 0) return;
    const ofLeaf = sums[at] as Map<string, { rows: number; sum: number }>;
    const value = values[row] ?? missing;
    const so = ofLeaf.get(value);
    if (so === undefined) ofLeaf.set(value, { rows: 1, sum: loss[row] ?? 0 });
    else {
      so.rows++;
      so.sum += loss[row] ?? 0;
    }
  });
  leaves.forEach((leaf, at) => {
    const ofLeaf = Array.from(sums[at] ?? []).sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [value, { rows, sum }] of ofLeaf.length === 2 ? ofLeaf.slice(0, 1) : ofLeaf)
      offer(leaf, rows, sum, minLeaf, () => {
        const other = ofLeaf.length === 2 ? ofLeaf[1]?.[0] : undefined;
        return {
          feature,
          inside: { feature: name, equals: value },
          outside:
            other === undefined
              ? { feature: name, differsFrom: value }
              : { feature: name, equals: other },
          isInside: (row) => values[row] === value,
        };
      });
  });
}
