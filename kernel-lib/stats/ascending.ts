import { AssayerError } from "../errors";
import { sortedCopy } from "./sorted-copy";

/**
 * The finite values in ascending order: the array itself where it is a Float64Array in order already, so that a
 * caller who sorts once pays for the sort once.
 *
 * @param caller the function that the error names
 * @param side which sample it is
 * @throws AssayerError "empty-sample" if no value is finite
 */
export function ascending(
  caller: string,
  side: "reference" | "current" | "sample",
  values: ArrayLike<number>,
): Float64Array {
  const sorted = inOrder(values);
  if (sorted.length === 0)
    throw new AssayerError(
      "empty-sample",
      `${caller} requires a finite value in the ${side}; got none of ${values.length}`,
    );
  return sorted;
}

/** The same for samples that may be empty. */
export function inOrder(values: ArrayLike<number>): Float64Array {
  return values instanceof Float64Array && isAscending(values) ? values : sortedCopy(values);
}

function isAscending(values: Float64Array): boolean {
  const last = values.length - 1;
  if (values[0] === -Infinity || values[last] === Infinity) return false;
  // A NaN fails the comparison with its neighbour; a single value has none.
  for (let i = 0; i < last; i++)
    if (!((values[i] as number) <= (values[i + 1] as number))) return false;
  return last < 0 || !Number.isNaN(values[0]);
}
