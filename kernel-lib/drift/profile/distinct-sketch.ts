import { hashNumber, hashText, type Hash } from "./hash";

const indexBits = 12;
const registers = 2 ** indexBits;
/** Bits of a hash beside those of the index; a register is at most one more. */
const rankBits = 32;

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
  private readonly hash: Hash = { high: 0, low: 0 };

  constructor(
    /** Longest run of zeros, plus one, that each register saw. */
    readonly registers = new Uint8Array(2 ** indexBits),
  ) {}

  addNumber(value: number): void {
    hashNumber(value, this.hash);
    this.addHash();
  }

  addText(value: string): void {
    hashText(value, this.hash);
    this.addHash();
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

  private addHash(): void {
    const index = this.hash.high >>> (32 - indexBits);
    const rank = Math.clz32(this.hash.low) + 1;
    if (rank > (this.registers[index] as number)) this.registers[index] = rank;
  }
}
