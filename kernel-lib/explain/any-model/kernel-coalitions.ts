import { shuffle } from "./masked-model";

/**
 * Coalitions of players to fit, each with its complement: whole sizes first, from one player up, then drawn ones.
 */
export interface CoalitionPairs {
  players: number;
  /** A pair after the other, players each: 1 where a player is in the pair's first coalition. */
  on: Uint8Array[];
  /** Of whole sizes the pair's weight; of drawn pairs how often it was drawn. */
  weight: number[];
  /** Pairs of whole sizes; those after were drawn. */
  enumerated: number;
  /** The weight that the drawn pairs share; 0 where all coalitions are enumerated. */
  weightLeft: number;
  /** Adds new pairs, at most `count`, by weight of their sizes; counts pairs that are drawn again. */
  draw: (count: number, random: () => number) => void;
}

/**
 * As KernelExplainer of shap 0.51 lays them out for a number of coalitions: sizes whose expected number of draws is
 * that of all their subsets are enumerated (one player always), the rest is drawn in pairs.
 *
 * @param players 2 or more
 * @param coalitions 2 × players or more
 */
export function coalitionPairs(players: number, coalitions: number): CoalitionPairs {
  const sizes = Math.floor(players / 2);
  const weights = Array.from({ length: sizes }, (_, i) => {
    const size = i + 1;
    return (2 * size === players ? 1 : 2) / (size * (players - size));
  });
  const total = weights.reduce((sum, each) => sum + each, 0);
  const shares = weights.map((each) => each / total);
  const on: Uint8Array[] = [];
  const weight: number[] = [];
  let left = coalitions;
  let shareLeft = 1;
  let size = 1;
  for (; size <= sizes; size++) {
    const share = shares[size - 1] as number;
    const subsets = binomial(players, size) * (2 * size === players ? 1 : 2);
    if (size > 1 && (left * share) / shareLeft / subsets < 1 - 1e-8) break;
    for (const coalition of subsetsOf(players, size)) {
      // A half and its complement are of one size: those with the first player stand for both.
      if (2 * size === players && coalition[0] === 0) continue;
      on.push(coalition);
      weight.push((2 * share) / subsets);
    }
    left -= subsets;
    shareLeft -= share;
  }
  const drawnSizes = shares.slice(size - 1);
  const weightLeft = drawnSizes.reduce((sum, each) => sum + each, 0);
  const places = new Map<string, number>();
  const order = Int32Array.from({ length: players }, (_, i) => i);
  const draw = (count: number, random: () => number) => {
    const enough = on.length + count;
    for (let tries = 0; on.length < enough && tries < 4 * count; tries++) {
      let at = random() * weightLeft;
      let drawn = 0;
      while (drawn + 1 < drawnSizes.length && at >= (drawnSizes[drawn] as number))
        at -= drawnSizes[drawn++] as number;
      shuffle(order, players, random);
      const coalition = new Uint8Array(players);
      for (let i = 0; i < size + drawn; i++) coalition[order[i] as number] = 1;
      if (coalition[0] === 0)
        for (let i = 0; i < players; i++) coalition[i] = 1 - (coalition[i] as number);
      const key = String.fromCharCode(...coalition);
      const place = places.get(key);
      if (place !== undefined) {
        weight[place] = (weight[place] as number) + 1;
        continue;
      }
      places.set(key, on.length);
      on.push(coalition);
      weight.push(1);
    }
  };
  return { players, on, weight, enumerated: on.length, weightLeft, draw };
}

function binomial(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i;
  return Math.round(result);
}

function* subsetsOf(players: number, size: number): Generator<Uint8Array> {
  const places = Array.from({ length: size }, (_, i) => i);
  for (;;) {
    const subset = new Uint8Array(players);
    for (const place of places) subset[place] = 1;
    yield subset;
    let last = size - 1;
    while (last >= 0 && places[last] === players - size + last) last--;
    if (last < 0) return;
    places[last] = (places[last] as number) + 1;
    for (let i = last + 1; i < size; i++) places[i] = (places[i - 1] as number) + 1;
  }
}
