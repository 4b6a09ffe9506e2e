import type { CompiledTrees } from "./compile-trees";

/**
 * SHAP values of a row against one row of the background. At a node that both rows leave by the same side there is
 * nothing to decide; where they part, a leaf on the row's side counts when the node's player is in the coalition, one
 * on the other's side when it is not. A leaf with `a` players of the first kind and `b` of the second gives each of the
 * first (a-1)! b! / (a+b)!, and takes a! (b-1)! / (a+b)! from each of the second.
 *
 * @see Lundberg and others 2020, "From local explanations to global understanding with explainable AI for trees"
 */
export class PairWalk {
  /** By player: 0 undecided, 1 as the row, 2 as the row of the background. */
  private readonly side: Uint8Array;
  /** Nodes where the rows part, from the root: the player, the background's child, and what the row's side gave. */
  private readonly parted: Int32Array;
  private readonly other: Int32Array;
  private readonly taken: Float64Array;
  /** By a × width + b: a! b! / (a+b+1)!. */
  private readonly share: Float64Array;
  private readonly width: number;

  constructor(private readonly trees: CompiledTrees) {
    this.side = new Uint8Array(trees.players);
    this.parted = new Int32Array(trees.mostDistinct + 1);
    this.other = new Int32Array(trees.mostDistinct + 1);
    this.taken = new Float64Array(2 * trees.mostDistinct + 2);
    this.width = trees.mostDistinct + 1;
    this.share = coalitionShares(this.width);
  }

  /**
   * Adds to `values` what a tree gives to each player.
   *
   * @param codes of the row, by column
   * @param others of the row of the background, by column
   * @param weights of the positions from `first` on, `stride` apart
   * @param pairs players × players, to which interactions (above the diagonal) are added; null for none
   */
  walk(
    codes: Int32Array,
    others: Int32Array,
    top: number,
    weights: { of: Float64Array; first: number; stride: number; offset: number },
    values: Float64Array,
    pairs: Float64Array | null,
  ): void {
    const { column, cut, second, player } = this.trees;
    const { side, parted, other, taken, share, width } = this;
    let depth = 0;
    let a = 0;
    let b = 0;
    let i = top;
    for (;;) {
      for (let asked = Number(column[i]); asked >= 0; asked = Number(column[i])) {
        const bound = Number(cut[i]);
        const own = Number(codes[asked]) < bound ? i + 1 : Number(second[i]);
        const theirs = Number(others[asked]) < bound ? i + 1 : Number(second[i]);
        if (own === theirs) {
          i = own;
          continue;
        }
        const who = Number(player[own]);
        const taking = Number(side[who]);
        if (taking === 0) {
          side[who] = 1;
          parted[depth] = who;
          other[depth] = theirs;
          depth++;
          a++;
        }
        i = taking === 2 ? theirs : own;
      }
      const weight = Number(weights.of[(i - weights.first) * weights.stride + weights.offset]);
      let gain = a > 0 ? weight * Number(share[(a - 1) * width + b]) : 0;
      let loss = b > 0 ? -weight * Number(share[a * width + b - 1]) : 0;
      if (pairs !== null && weight !== 0) this.addPairs(depth, a, b, weight, pairs);
      // Back to the last node whose other side is still to be walked.
      for (;;) {
        if (depth === 0) return;
        const who = Number(parted[depth - 1]);
        if (side[who] === 1) {
          values[who] = Number(values[who]) + gain;
          taken[2 * (depth - 1)] = gain;
          taken[2 * (depth - 1) + 1] = loss;
          side[who] = 2;
          a--;
          b++;
          i = Number(other[depth - 1]);
          break;
        }
        values[who] = Number(values[who]) + loss;
        side[who] = 0;
        b--;
        depth--;
        gain += Number(taken[2 * depth]);
        loss += Number(taken[2 * depth + 1]);
      }
    }
  }

  /** Half the Shapley interaction index of each two players that decide a leaf. */
  private addPairs(depth: number, a: number, b: number, weight: number, pairs: Float64Array): void {
    const { side, parted, share, width } = this;
    const { players } = this.trees;
    for (let m = 1; m < depth; m++)
      for (let n = 0; n < m; n++) {
        const one = Number(parted[m]);
        const two = Number(parted[n]);
        const both = Number(side[one]) + Number(side[two]);
        const amount =
          both === 2
            ? Number(share[(a - 2) * width + b])
            : both === 3
              ? -Number(share[(a - 1) * width + b - 1])
              : Number(share[a * width + b - 2]);
        const cell = Math.min(one, two) * players + Math.max(one, two);
        pairs[cell] = Number(pairs[cell]) + (weight * amount) / 2;
      }
  }
}

/** a! b! / (a+b+1)! for all a and b below `width`, by recurrence. */
function coalitionShares(width: number): Float64Array {
  const shares = new Float64Array(width * width);
  for (let a = 0; a < width; a++) {
    shares[a * width] = 1 / (a + 1);
    for (let b = 1; b < width; b++)
      shares[a * width + b] = (Number(shares[a * width + b - 1]) * b) / (a + b + 1);
  }
  return shares;
}
