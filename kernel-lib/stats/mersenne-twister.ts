const length = 624;

/** Where a generator stands: 624 words, and how many of them were given. */
export interface TwisterState {
  words: readonly number[];
  position: number;
}

/**
 * The Mersenne Twister MT19937, as NumPy's `RandomState(seed)` steps it: for answers that must be the same as those of
 * a Python library that draws with a fixed seed. For all else there is `seededRandom`.
 *
 * @see Matsumoto and Nishimura 1998, https://doi.org/10.1145/272991.272995
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(length);
  #position = length;

  /** @param seed a whole number; its lower 32 bits count */
  constructor(seed: number) {
    let word = seed >>> 0;
    for (let i = 0; i < length; i++) {
      this.#state[i] = word;
      word = (Math.imul(1812433253, word ^ (word >>> 30)) + i + 1) >>> 0;
    }
  }

  /** As CPython's `random.Random` seeds it: by words of 32 bits, the lowest first. */
  static ofWords(key: readonly number[]): MersenneTwister {
    const twister = new MersenneTwister(19650218);
    const state = twister.#state;
    const before = (i: number) => {
      const last = Number(state[i - 1]);
      return last ^ (last >>> 30);
    };
    let i = 1;
    const advance = () => {
      if (++i < length) return;
      state[0] = Number(state[length - 1]);
      i = 1;
    };
    for (let k = 0; k < length; k++) {
      const j = k % key.length;
      state[i] = (Number(state[i]) ^ Math.imul(before(i), 1664525)) + Number(key[j]) + j;
      advance();
    }
    for (let k = 1; k < length; k++) {
      state[i] = (Number(state[i]) ^ Math.imul(before(i), 1566083941)) - i;
      advance();
    }
    state[0] = 0x80000000;
    return twister;
  }

  /** One that goes on where another stood, of which `toState` told. */
  static fromState({ words, position }: TwisterState): MersenneTwister {
    const twister = new MersenneTwister(0);
    twister.#state.set(words);
    twister.#position = position;
    return twister;
  }

  toState(): TwisterState {
    return { words: [...this.#state], position: this.#position };
  }

  /** A whole number from 0 to `max`, which is below 2³²: as many bits as `max` has, drawn until they are not above it. */
  integer(max: number): number {
    if (max === 0) return 0;
    const mask = max >= 0x80000000 ? 0xffffffff : (1 << (32 - Math.clz32(max))) - 1;
    for (;;) {
      const value = (this.next() & mask) >>> 0;
      if (value <= max) return value;
    }
  }

  /** The numbers from 0 to n - 1 in an order by chance, as `RandomState.permutation(n)`. */
  permutation(n: number): Uint32Array {
    const values = new Uint32Array(n);
    for (let i = 0; i < n; i++) values[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const other = this.integer(i);
      const value = Number(values[i]);
      values[i] = Number(values[other]);
      values[other] = value;
    }
    return values;
  }

  /** The next 32 bits. */
  next(): number {
    if (this.#position === length) this.#twist();
    let y = Number(this.#state[this.#position++]);
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < length; i++) {
      const y = (Number(state[i]) & 0x80000000) | (Number(state[(i + 1) % length]) & 0x7fffffff);
      state[i] = Number(state[(i + 397) % length]) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#position = 0;
  }
}
