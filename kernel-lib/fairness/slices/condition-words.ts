import type { SliceCondition } from "../report";

/**
 * A condition for people.
 *
 * @example conditionWords({ feature: "age", above: 20, atMost: 35 }) // "20 < age ≤ 35"
 */
export function conditionWords(condition: SliceCondition): string {
  const { feature } = condition;
  if ("equals" in condition) return `${feature} = ${condition.equals}`;
  if ("differsFrom" in condition) return `${feature} ≠ ${condition.differsFrom}`;
  const { above, atMost } = condition;
  if (atMost === null)
    return above === null ? `any ${feature}` : `${feature} > ${boundWords(above)}`;
  const below = `${feature} ≤ ${boundWords(atMost)}`;
  return above === null ? below : `${boundWords(above)} < ${below}`;
}

/** Six digits that count; a bound between two values may have many more. */
function boundWords(bound: number): string {
  return String(Number(bound.toPrecision(6)));
}
