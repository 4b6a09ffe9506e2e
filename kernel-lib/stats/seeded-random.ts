/**
 * Numbers that look random, the same for the same seed: Tommy Ettinger's mulberry32, 2³² states.
 * Not for secrets.
 *
 * @param seed a whole number; its lower 32 bits count
 * @returns a function that gives the next number, 0 ≤ number < 1
 * @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
 */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
