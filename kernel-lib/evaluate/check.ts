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

/** Numbers that are finite, as doubles. An array of doubles is given back as it is. */
export function finiteNumbers(
  caller: string,
  name: string,
  values: ArrayLike<number>,
): Float64Array {
  const numbers =
    values instanceof Float64Array
      ? values
      : ArrayBuffer.isView(values)
        ? new Float64Array(values)
        : Float64Array.from(values, (value) => (typeof value === "number" ? value : NaN));
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] as number;
    if (value - value !== 0)
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires finite numbers in ${name}; got ${String(values[i])} at position ${i}`,
      );
  }
  return numbers;
}

/** One weight a row, 0 or more, some of them above 0; undefined where there are none. */
export function weightsOf(
  caller: string,
  sampleWeight: ArrayLike<number> | undefined,
  rows: number,
): Float64Array | undefined {
  if (sampleWeight === undefined) return undefined;
  if (sampleWeight.length !== rows)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires one sampleWeight a row; got ${sampleWeight.length} of ${rows} rows`,
    );
  const weights = finiteNumbers(caller, "sampleWeight", sampleWeight);
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    const weight = weights[i] as number;
    if (weight < 0)
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires sampleWeight of 0 or more; got ${weight} at position ${i}`,
      );
    sum += weight;
  }
  if (sum === 0)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires some sampleWeight above 0; got a sum of 0`,
    );
  return weights;
}
