import { AssayerError } from "../errors";

/** Two arrays of one length, with two values or more. */
export function requireSamples(caller: string, x: ArrayLike<number>, y: ArrayLike<number>): void {
  if (x.length < 2 || x.length !== y.length)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires arrays of one length, 2 or more; got ${x.length} and ${y.length}`,
    );
}
