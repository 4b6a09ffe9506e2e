import type { CompiledTrees } from "./compile-trees";
import { gaussLegendre, nodesFor, type QuadratureRule } from "./gauss-legendre";

/**
 * SHAP values of a row by one walk over a tree, with the trees' own covers as the background.
 *
 * A leaf's weight counts when every player on its way keeps its conditions: a product game, whose multilinear
 * extension on the diagonal is w Π (r + (z - r) t), where z tells whether the row keeps them and r is the share of
 * rows that do. A player's Shapley value is the integral of its derivative over t from 0 to 1 (Owen 1972), a
 * polynomial of degree d - 1 for d players, which ⌈d/2⌉ Gauss-Legendre nodes integrate exactly. Factors lie in
 * [0, 1] and quadrature weights are positive, so that nothing is lost at any depth. Summing leaves up the tree before
 * players are credited makes it linear in leaves, as Linear TreeSHAP (Yu and others 2022) does by polynomials.
 */
export class QuadratureWalk {
  private readonly at: Int32Array;
  private readonly kept: Uint8Array;
  /** By level, the product of the factors of the way's players at each node of the rule. */
  private readonly product: Float64Array;
  /** By level, the sum of the products of the leaves below. */
  private readonly below: Float64Array;
  private rule: QuadratureRule = gaussLegendre(1);
  /** By quadrature node, 1 - t, and weight / (1 - t). */
  private rest = new Float64Array(0);
  private restWeight = new Float64Array(0);
  private size = 0;

  constructor(private readonly trees: CompiledTrees) {
    const levels = trees.deepest + 1;
    this.at = new Int32Array(levels);
    this.kept = new Uint8Array(levels);
    const most = nodesFor(trees.mostDistinct);
    this.product = new Float64Array(levels * most);
    this.below = new Float64Array(levels * most);
  }

  /** Which polynomials the walks to come integrate: of ways with up to `players` distinct players. */
  setPlayers(players: number): void {
    const size = nodesFor(players);
    if (size === this.size) return;
    this.size = size;
    this.rule = gaussLegendre(size);
    this.rest = this.rule.nodes.map((node) => 1 - node);
    this.restWeight = this.rule.weights.map((weight, q) => weight / Number(this.rest[q]));
  }

  /**
   * Adds to `values` what the leaves of a subtree give to each player.
   *
   * @param codes of one row, by column
   * @param top where the subtree starts
   * @param way positions from the root to above `top`; empty for a whole tree
   * @param weights of the positions from `first` on, `stride` apart
   * @param pairs players × players, to which interactions (above the diagonal) are added; null for none
   */
  walk(
    codes: Int32Array,
    top: number,
    way: readonly number[],
    weights: { of: Float64Array; first: number; stride: number; offset: number },
    values: Float64Array,
    pairs: Float64Array | null,
  ): void {
    const { level, end, column } = this.trees;
    const { size, below, product, at } = this;
    const last = Number(end[top]);
    let step = 0;
    let i = way[0] ?? top;
    let depth = 0;
    for (;;) {
      depth = Number(level[i]);
      at[depth] = i;
      const reached = depth === 0 ? this.start() : this.enter(i, depth, codes);
      const base = depth * size;
      const isLeaf = Number(column[i]) < 0;
      if (!reached || isLeaf) {
        const weight = reached
          ? Number(weights.of[(i - weights.first) * weights.stride + weights.offset])
          : 0;
        if (weight === 0) below.fill(0, base, base + size);
        else {
          for (let q = 0; q < size; q++) below[base + q] = weight * Number(product[base + q]);
          if (pairs !== null) this.addPairs(depth, pairs);
        }
      } else below.fill(0, base, base + size);
      if (i < top) {
        if (!reached) return;
        step++;
        i = way[step] ?? top;
        continue;
      }
      i = reached ? i + 1 : Number(end[i]);
      const back = i < last ? Number(level[i]) : 1;
      for (; depth >= back; depth--) this.leave(depth, values);
      if (i >= last) return;
    }
  }

  private start(): boolean {
    this.kept[0] = 1;
    this.product.fill(1, 0, this.size);
    return true;
  }

  /** Multiplies the player's factor in, in place of that of its older conditions; false where it is 0 throughout. */
  private enter(i: number, depth: number, codes: Int32Array): boolean {
    const { parent, column, cut, older, share, level } = this.trees;
    const { size, product, rest, kept } = this;
    const { nodes } = this.rule;
    const above = Number(parent[i]);
    const first = Number(codes[Number(column[above])]) < Number(cut[above]);
    const before = Number(older[i]);
    const keptBefore = before < 0 || kept[Number(level[before])] === 1;
    const keeps = keptBefore && first === (i === above + 1);
    const r = Number(share[i]);
    kept[depth] = keeps ? 1 : 0;
    if (!keeps && r === 0) return false;
    const from = (depth - 1) * size;
    const to = depth * size;
    if (!keptBefore) {
      const ratio = r / Number(share[before]);
      for (let q = 0; q < size; q++) product[to + q] = Number(product[from + q]) * ratio;
      return true;
    }
    const on = keeps ? 1 : 0;
    if (before < 0)
      for (let q = 0; q < size; q++)
        product[to + q] = Number(product[from + q]) * (r * Number(rest[q]) + on * Number(nodes[q]));
    else {
      const old = Number(share[before]);
      for (let q = 0; q < size; q++)
        product[to + q] =
          (Number(product[from + q]) * (r * Number(rest[q]) + on * Number(nodes[q]))) /
          (old * Number(rest[q]) + Number(nodes[q]));
    }
    return true;
  }

  /** Credits the edge's player with the leaves below, and hands their sum up. */
  private leave(depth: number, values: Float64Array): void {
    const { player, older, share, level } = this.trees;
    const { size, below, kept } = this;
    const i = Number(this.at[depth]);
    const own = depth * size;
    const up = own - size;
    const before = Number(older[i]);
    const keptBefore = before < 0 || kept[Number(level[before])] === 1;
    // Where the older conditions failed already, what this edge adds is what it takes from them.
    if (keptBefore) {
      const who = Number(player[i]);
      let credit = this.derivative(own, kept[depth] === 1, Number(share[i]));
      if (before >= 0) credit -= this.derivative(own, true, Number(share[before]));
      values[who] = Number(values[who]) + credit;
    }
    for (let q = 0; q < size; q++) below[up + q] = Number(below[up + q]) + Number(below[own + q]);
  }

  /** ∫ (z - r) / (r + (z - r) t) × the sum of products in `below`. */
  private derivative(own: number, keeps: boolean, r: number): number {
    const { size, below, rest, restWeight } = this;
    const { nodes, weights } = this.rule;
    let sum = 0;
    if (!keeps) {
      for (let q = 0; q < size; q++) sum -= Number(restWeight[q]) * Number(below[own + q]);
      return sum;
    }
    for (let q = 0; q < size; q++)
      sum +=
        (Number(weights[q]) * Number(below[own + q])) / (r * Number(rest[q]) + Number(nodes[q]));
    return (1 - r) * sum;
  }

  /** Half the Shapley interaction index of each two players of a leaf's way: the second derivative, integrated. */
  private addPairs(depth: number, pairs: Float64Array): void {
    const { player, older, share, players, level } = this.trees;
    const { size, below, rest, kept, at } = this;
    const { nodes, weights } = this.rule;
    const replaced = new Set<number>();
    const newest: number[] = [];
    for (let l = depth; l > 0; l--) {
      const i = Number(at[l]);
      if (!replaced.has(i)) newest.push(i);
      replaced.add(Number(older[i]));
    }
    const slope = newest.map((i) => {
      const z = Number(kept[Number(level[i])]);
      const r = Number(share[i]);
      return Float64Array.from(nodes, (t, q) => (z - r) / (r * Number(rest[q]) + z * t));
    });
    const own = depth * size;
    for (let a = 1; a < newest.length; a++)
      for (let b = 0; b < a; b++) {
        let sum = 0;
        for (let q = 0; q < size; q++)
          sum +=
            Number(weights[q]) *
            Number(below[own + q]) *
            Number(slope[a]?.[q]) *
            Number(slope[b]?.[q]);
        const one = Number(player[Number(newest[a])]);
        const two = Number(player[Number(newest[b])]);
        const cell = Math.min(one, two) * players + Math.max(one, two);
        pairs[cell] = Number(pairs[cell]) + sum / 2;
      }
  }
}
