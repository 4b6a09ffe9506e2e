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
  if (atMost === null) return above === null ? `any ${feature}` : `${feature} > ${above}`;
  return above === null ? `${feature} ≤ ${atMost}` : `${above} < ${feature} ≤ ${atMost}`;
}
