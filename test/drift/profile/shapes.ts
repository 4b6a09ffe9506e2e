import { seededRandom } from "../../../kernel-lib/stats/seeded-random";

/** Series of numbers that are hard on sketches, each of `n` values, the same for the same seed. */
export const shapes: Readonly<Record<string, (n: number, seed: number) => Float64Array>> = {
  normal: (n, seed) => {
    const random = seededRandom(seed);
    return Float64Array.from(
      { length: n },
      () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
    );
  },
  "heavy tails": (n, seed) => {
    const random = seededRandom(seed);
    return Float64Array.from({ length: n }, () => (random() < 0.5 ? -1 : 1) * random() ** -2);
  },
  ties: (n, seed) => {
    const random = seededRandom(seed);
    return Float64Array.from({ length: n }, () => Math.floor(random() ** 3 * 1500));
  },
  ascending: (n, seed) => Float64Array.from({ length: n }, (_, i) => i + seed),
  descending: (n) => Float64Array.from({ length: n }, (_, i) => n - i),
  zigzag: (n) => Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? i : -i)),
  "outside in": (n) =>
    Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? n - i : i - n) / n),
  "times in milliseconds": (n, seed) => {
    const random = seededRandom(seed);
    return Float64Array.from({ length: n }, () => 1.6e12 + Math.floor(random() * 3e7));
  },
  "one value and noise": (n, seed) => {
    const random = seededRandom(seed);
    return Float64Array.from({ length: n }, () => (random() < 0.9 ? 0 : random() * 1e-300));
  },
};
