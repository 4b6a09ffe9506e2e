import type { Comparison } from "../figure";

/** What is made of the values of all groups: as Fairlearn makes it, NaN where no group has a value. */
export type Derived = "groupMin" | "groupMax" | "difference" | "ratio";

/**
 * @param values of the groups; those that are NaN are left out, as pandas leaves them out
 * @param overall for comparisons with all rows
 */
export function derive(
  kind: Derived,
  comparison: Comparison,
  values: ArrayLike<number>,
  overall: number,
): number {
  let [least, most, away, part] = [NaN, NaN, NaN, NaN];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    if (!(value >= least)) least = value;
    if (!(value <= most)) most = value;
    const apart = Math.abs(value - overall);
    if (!(apart <= away)) away = apart;
    const ratio = value / overall;
    const below = ratio > 1 ? 1 / ratio : ratio;
    if (!(below >= part)) part = Number.isNaN(below) ? part : below;
  }
  switch (kind) {
    case "groupMin":
      return least;
    case "groupMax":
      return most;
    case "difference":
      return comparison === "betweenGroups" ? most - least : away;
    case "ratio":
      return comparison === "betweenGroups" ? least / most : part;
  }
}
