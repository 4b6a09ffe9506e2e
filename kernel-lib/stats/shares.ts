import { AssayerError } from "../errors";

/** Counts of two sides, checked and scaled to a sum of 1 each. */
export function shares(
  caller: string,
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): [Float64Array, Float64Array] {
  const [n, m] = totals(caller, reference, current);
  return [
    Float64Array.from(reference, (each) => each / n),
    Float64Array.from(current, (each) => each / m),
  ];
}

/** The sums of both sides, of counts that are fit for a comparison. */
export function totals(
  caller: string,
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): [number, number] {
  if (reference.length !== current.length)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires counts of the same categories; got ${reference.length} and ${current.length}`,
    );
  return [total(caller, "reference", reference), total(caller, "current", current)];
}

function total(caller: string, side: string, counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] as number;
    if (!(count >= 0 && count < Infinity))
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires counts of 0 or more; got ${count} in the ${side}`,
      );
    sum += count;
  }
  if (sum === 0)
    throw new AssayerError(
      "empty-sample",
      `${caller} requires a count above 0 in the ${side}; got none`,
    );
  return sum;
}

/**
 * Shares without zeros, as Evidently fills them for PSI and KL: with 0.0001, or with a millionth of the side's least
 * share where that is 0.0001 or less. They sum to a little more than 1.
 */
export function filled(shares: Float64Array): Float64Array {
  const least = shares.reduce((low, share) => (share > 0 && share < low ? share : low), Infinity);
  const filling = least <= 0.0001 ? least / 1e6 : 0.0001;
  return shares.map((share) => (share === 0 ? filling : share));
}

/** What becomes of shares of 0, whose logarithm is infinite. */
export interface ZeroOptions {
  /** `keep` them, for an infinite answer; or `fill` them as Evidently does: 0.0001, or less beside smaller shares. */
  zeros?: "keep" | "fill";
}
