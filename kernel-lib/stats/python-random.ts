import { AssayerError } from "../errors";

const words = 624;

/**
 * Random numbers as Python's `random.Random(seed)` draws them, so that what a Python program sampled can be sampled
 * again. Not for secrets.
 *
 * @see Matsumoto and Nishimura 1998, "Mersenne Twister" (MT19937, `init_by_array`); CPython's Lib/random.py
 */
export class PythonRandom {
  private readonly state = new Uint32Array(words);
  private next = words;

  /**
   * @param seed a whole number, whose sign does not count
   * @throws AssayerError "invalid-argument" for another number
   */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed))
      throw new AssayerError(
        "invalid-argument",
        `PythonRandom requires a whole number as seed; got ${seed}`,
      );
    const size = Math.abs(seed);
    const low = size >>> 0;
    const high = Math.floor(size / 2 ** 32);
    this.seedBy(high === 0 ? [low] : [low, high]);
  }

  /** A generator that goes on where `saved` stood. */
  static fromState(saved: { state: readonly number[]; next: number }): PythonRandom {
    const random = new PythonRandom(0);
    if (saved.state.length !== words)
      throw new AssayerError(
        "invalid-argument",
        `PythonRandom.fromState requires ${words} words; got ${saved.state.length}`,
      );
    random.state.set(saved.state);
    random.next = saved.next;
    return random;
  }

  toState(): { state: number[]; next: number } {
    return { state: [...this.state], next: this.next };
  }

  /** A whole number of `bits` bits, 1 to 32: Python's `getrandbits`. */
  bits(bits: number): number {
    if (this.next >= words) this.generate();
    let word = this.state[this.next++] ?? 0;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    word ^= word >>> 18;
    return word >>> (32 - bits);
  }

  /** A whole number from 0, before `limit` ≤ 2³¹: Python's `randrange(limit)`. */
  below(limit: number): number {
    const bits = 32 - Math.clz32(limit);
    let drawn = this.bits(bits);
    while (drawn >= limit) drawn = this.bits(bits);
    return drawn;
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

  private seedBy(key: readonly number[]): void {
    const { state } = this;
    const before = (i: number) => {
      const last = state[i - 1] ?? 0;
      return last ^ (last >>> 30);
    };
    state[0] = 19650218;
    for (let i = 1; i < words; i++) state[i] = Math.imul(1812433253, before(i)) + i;
    let i = 1;
    const advance = () => {
      if (++i < words) return;
      state[0] = state[words - 1] ?? 0;
      i = 1;
    };
    for (let k = 0; k < words; k++) {
      const j = k % key.length;
      state[i] = ((state[i] ?? 0) ^ Math.imul(before(i), 1664525)) + (key[j] ?? 0) + j;
      advance();
    }
    for (let k = 1; k < words; k++) {
      state[i] = ((state[i] ?? 0) ^ Math.imul(before(i), 1566083941)) - i;
      advance();
    }
    state[0] = 0x80000000;
  }

  private generate(): void {
    const { state } = this;
    for (let i = 0; i < words; i++) {
      const mixed = ((state[i] ?? 0) & 0x80000000) | ((state[(i + 1) % words] ?? 0) & 0x7fffffff);
      state[i] = (state[(i + 397) % words] ?? 0) ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    this.next = 0;
  }
}
