import { gaussLegendre, nodesFor } from "./gauss-legendre";

/**
 * What a leaf gives to each of its d players, for each of the 2^d patterns of which players' conditions a row keeps.
 *
 * With F(m, t) the leaf's multilinear extension on the diagonal for pattern m, a player's derivative is
 * -F(m, t) / (1 - t) where it keeps nothing, and (F(m, t) - F(m', t) / (1 - t)) / t where it does, m' being m without
 * it. Sums of F / (1 - t) and F / t over the nodes of a quadrature rule thus hold all players' values at once, and
 * those of F / t², F / (t (1 - t)) and F / (1 - t)² those of all pairs.
 */
export interface LeafSums {
  /** Powers of 1 / t and 1 / (1 - t), by sum. */
  powers: readonly (readonly [number, number])[];
  /** By sum, 2^d numbers. */
  sums: readonly Float64Array[];
}

const playerPowers = [
  [0, 1],
  [1, 0],
] as const;
const pairPowers = [
  [0, 2],
  [1, 1],
  [2, 0],
] as const;

/** The sums of a leaf that no row has come to yet. */
export function emptyLeafSums(players: number, forPairs: boolean): LeafSums {
  const powers = forPairs ? pairPowers : playerPowers;
  return { powers, sums: powers.map(() => new Float64Array(2 ** players)) };
}

/** Sums of a leaf whose players each keep their conditions by chance, with the given shares. */
export function addByShares({ powers, sums }: LeafSums, shares: Float64Array): void {
  const { nodes, weights } = gaussLegendre(nodesFor(shares.length));
  const product = new Float64Array(2 ** shares.length);
  nodes.forEach((t, q) => {
    product[0] = Number(weights[q]);
    shares.forEach((r, slot) => {
      const without = r * (1 - t);
      const size = 1 << slot;
      for (let m = 0; m < size; m++) {
        const before = Number(product[m]);
        product[m] = before * without;
        product[m + size] = before * (without + t);
      }
    });
    powers.forEach(([low, high], index) => {
      const factor = t ** -low * (1 - t) ** -high;
      const sum = sums[index] ?? product;
      for (let m = 0; m < product.length; m++)
        sum[m] = Number(sum[m]) + factor * Number(product[m]);
    });
  });
}

/**
 * Sums of a leaf whose players keep their conditions together as rows of a background do: `shares[i]` of them with
 * pattern `patterns[i]`. A row's pattern m and a background's b count where they keep all conditions between them, with
 * t for each player that the row alone keeps and 1 - t for each that the background alone does.
 */
export function addByPatterns(
  { powers, sums }: LeafSums,
  players: number,
  patterns: Int32Array,
  shares: Float64Array,
): void {
  const all = 2 ** players - 1;
  const constants = patternConstants(players, powers);
  patterns.forEach((pattern, i) => {
    const share = Number(shares[i]);
    const kept = bitCount(pattern);
    const row = (players - kept) * (players + 1);
    const own = all & ~pattern;
    // Every pattern of a row that keeps at least what the background does not.
    for (let sub = pattern; ; sub = (sub - 1) & pattern) {
      const cell = row + kept - bitCount(sub);
      const m = own | sub;
      for (let index = 0; index < sums.length; index++) {
        const sum = sums[index] as Float64Array;
        sum[m] = Number(sum[m]) + share * Number((constants[index] as Float64Array)[cell]);
      }
      if (sub === 0) break;
    }
  });
}

const knownConstants = new Map<string, Float64Array[]>();

/** By sum, at a × (players + 1) + b: ∫ t^a (1 - t)^b, over the powers of the sum, by the players' rule. */
function patternConstants(players: number, powers: LeafSums["powers"]): Float64Array[] {
  const key = `${players} ${powers.length}`;
  const known = knownConstants.get(key);
  if (known !== undefined) return known;
  const { nodes, weights } = gaussLegendre(nodesFor(players));
  const constants = powers.map(([low, high]) =>
    Float64Array.from({ length: (players + 1) ** 2 }, (_, cell) => {
      const own = Math.floor(cell / (players + 1)) - low;
      const theirs = (cell % (players + 1)) - high;
      return nodes.reduce(
        (sum, t, q) => sum + Number(weights[q]) * t ** own * (1 - t) ** theirs,
        0,
      );
    }),
  );
  knownConstants.set(key, constants);
  return constants;
}

/** Adds a player's values for each pattern, times a weight. */
export function addPlayer(
  { sums }: LeafSums,
  slot: number,
  weight: number,
  to: Float64Array,
): void {
  const [a, b] = sums as [Float64Array, Float64Array];
  const bit = 1 << slot;
  for (let start = 0; start < to.length; start += 2 * bit)
    for (let without = start; without < start + bit; without++) {
      const kept = without + bit;
      const low = Number(a[without]);
      to[without] = Number(to[without]) - weight * low;
      to[kept] = Number(to[kept]) + weight * (Number(b[kept]) - low - Number(b[without]));
    }
}

/** Adds half the interaction index of two players for each pattern, times a weight. */
export function addPair(
  { sums }: LeafSums,
  one: number,
  two: number,
  weight: number,
  to: Float64Array,
): void {
  const [w, v, u] = sums as [Float64Array, Float64Array, Float64Array];
  const [first, second] = [1 << one, 1 << two];
  const half = weight / 2;
  const at = (of: Float64Array, m: number) => Number(of[m]);
  for (let m = 0; m < to.length; m++) {
    if (m & (first | second)) continue;
    const [a, b, both] = [m | first, m | second, m | first | second];
    const neither = at(w, m);
    const mixed = at(v, m) + neither;
    to[m] = at(to, m) + half * neither;
    to[a] = at(to, a) - half * (at(v, a) - mixed);
    to[b] = at(to, b) - half * (at(v, b) - mixed);
    to[both] =
      at(to, both) +
      half *
        (at(u, both) -
          (at(u, a) + at(v, a)) -
          (at(u, b) + at(v, b)) +
          (at(u, m) + at(v, m) + mixed));
  }
}

export function bitCount(mask: number): number {
  let bits = mask - ((mask >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
