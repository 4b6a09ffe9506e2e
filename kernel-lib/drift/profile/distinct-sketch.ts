const indexBits = 12;
const registers = 2 ** indexBits;
/** Bits of a hash beside those of the index; a register is at most one more. */
const rankBits = 32;
/** What a register can hold. */
export const highestRank = rankBits + 1;

const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** The last step of MurmurHash3 by Austin Appleby: every bit of the word moves every other. */
function mixed(word: number): number {
  let mix = word ^ (word >>> 16);
  mix = Math.imul(mix, 0x85ebca6b);
  mix ^= mix >>> 13;
  mix = Math.imul(mix, 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}

const seed = 0x9e3779b9 | 0;

/** Two words of a text's UTF-16 code units that look random. What a text hashes to never changes: profiles are kept. */
export function hashText(text: string): [number, number] {
  let first = seed ^ text.length;
  let second = 0x7f4a7c15;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    first = Math.imul(first ^ unit, 0x85ebca6b);
    first = (first << 13) | (first >>> 19);
    second = Math.imul(second ^ unit, 0xc2b2ae35);
    second = (second << 15) | (second >>> 17);
  }
  const high = mixed(first ^ Math.imul(second, 0x9e3779b1));
  return [high, mixed(second ^ Math.imul(high, 0x85ebca6b))];
}

/** Of Ertl's estimator: what registers that are as full as can be add. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let [x, y, z] = [share, 1, 1 - share];
  for (let before = NaN; z !== before;) {
    before = z;
    x = Math.sqrt(x);
    y /= 2;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}

/** Of Ertl's estimator: what empty registers add. */
function sigma(share: number): number {
  if (share === 1) return Infinity;
  let [x, y, z] = [share, 1, share];
  for (let before = NaN; z !== before;) {
    before = z;
    x *= x;
    z += x * y;
    y += y;
  }
  return z;
}

/**
 * Number of distinct values by HyperLogLog with 4,096 registers: standard error 1.04 / 64 = 1.6 %. Of few values it
 * counts nearly exactly; a profile counts them one by one as long as they are few.
 *
 * @see Flajolet et al. 2007, "HyperLogLog"; the estimator is that of Ertl 2017, arXiv:1702.01284, algorithm 6
 */
export class DistinctSketch {
  constructor(
    /** Longest run of zeros, plus one, that each register saw. */
    readonly registers = new Uint8Array(2 ** indexBits),
  ) {}

  /**
   * @param values finite, without -0; one that follows itself is passed over. What a number hashes to never changes:
   *   profiles are kept
   */
  addNumbers(values: Float64Array): void {
    const { registers } = this;
    const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
    const [lower, upper] = littleEndian ? [0, 1] : [1, 0];
    for (let i = 0; i < values.length; i++) {
      if (i > 0 && values[i] === values[i - 1]) continue;
      const first = mixed((words[2 * i + lower] as number) ^ seed);
      const high = mixed((words[2 * i + upper] as number) ^ first);
      const rank = Math.clz32((first + Math.imul(high, 0x9e3779b1)) | 0) + 1;
      const index = high >>> (32 - indexBits);
      if (rank > (registers[index] as number)) registers[index] = rank;
    }
  }

  addText(value: string): void {
    const [high, low] = hashText(value);
    const rank = Math.clz32(low) + 1;
    const index = high >>> (32 - indexBits);
    if (rank > (this.registers[index] as number)) this.registers[index] = rank;
  }

  /** The union of both. */
  merged(other: DistinctSketch): DistinctSketch {
    return new DistinctSketch(
      this.registers.map((rank, i) => Math.max(rank, other.registers[i] ?? 0)),
    );
  }

  estimate(): number {
    const counts = new Uint32Array(rankBits + 2);
    for (const rank of this.registers) (counts[rank] as number)++;
    let z = registers * tau(1 - (counts[rankBits + 1] as number) / registers);
    for (let rank = rankBits; rank >= 1; rank--) z = 0.5 * (z + (counts[rank] as number));
    z += registers * sigma((counts[0] as number) / registers);
    return Math.round(registers ** 2 / (2 * Math.LN2 * z));
  }
}
