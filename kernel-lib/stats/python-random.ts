import { AssayerError } from "../errors";
import { MersenneTwister, type TwisterState } from "./mersenne-twister";

/**
 * Draws as Python's `random.Random(seed)`, so that what a Python program sampled can be sampled again. Not for secrets.
 *
 * @see https://github.com/python/cpython/blob/3.11/Lib/random.py
 */
export class PythonRandom {
  private constructor(private readonly twister: MersenneTwister) {}

  /**
   * @param seed a whole number, whose sign does not count
   * @throws AssayerError "invalid-argument" for another number
   */
  static ofSeed(seed: number): PythonRandom {
    if (!Number.isSafeInteger(seed))
      throw new AssayerError(
        "invalid-argument",
        `PythonRandom requires a whole number as seed; got ${seed}`,
      );
    const size = Math.abs(seed);
    const high = Math.floor(size / 2 ** 32);
    return new PythonRandom(
      MersenneTwister.ofWords(high === 0 ? [size >>> 0] : [size >>> 0, high]),
    );
  }

  /** One that goes on where another stood. */
  static fromState(saved: TwisterState): PythonRandom {
    return new PythonRandom(MersenneTwister.fromState(saved));
  }

  toState(): TwisterState {
    return this.twister.toState();
  }

  /** A whole number from 0, before `limit` ≤ 2³¹: Python's `randrange(limit)`. */
  below(limit: number): number {
    const bits = 32 - Math.clz32(limit);
    for (;;) {
      const drawn = this.twister.next() >>> (32 - bits);
      if (drawn < limit) return drawn;
    }
  }

  /** Different positions from 0, before `population`, in the order drawn: Python's `sample(range(population), size)`. */
  sample(population: number, size: number): number[] {
    // Python draws from a list when it would be smaller than a set of the chosen; the draws differ.
    const setSize = 21 + (size > 5 ? 4 ** Math.ceil(Math.log(size * 3) / Math.log(4)) : 0);
    if (population <= setSize) {
      const pool = Array.from({ length: population }, (_, i) => i);
      return Array.from({ length: size }, (_, i) => {
        const at = this.below(population - i);
        const drawn = pool[at] ?? 0;
        pool[at] = pool[population - i - 1] ?? 0;
        return drawn;
      });
    }
    const drawn = new Set<number>();
    while (drawn.size < size) drawn.add(this.below(population));
    return [...drawn];
  }
}
