import { AssayerError } from "../errors";

/** Two arrays of one length, with one value or more. */
export function requirePairs(
  caller: string,
  yTrue: ArrayLike<unknown>,
  other: ArrayLike<unknown>,
): void {
  if (yTrue.length === 0 || yTrue.length !== other.length)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires arrays of one length, 1 or more; got ${yTrue.length} and ${other.length}`,
    );
}

/** Labels 0 and 1 alone. */
export function requireBinary(caller: string, yTrue: ArrayLike<number>): void {
  for (let i = 0; i < yTrue.length; i++)
    if (yTrue[i] !== 0 && yTrue[i] !== 1)
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires labels 0 and 1; got ${String(yTrue[i])} at position ${i}`,
      );
}
