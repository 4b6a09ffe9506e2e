import type { CounterfactualColumn } from "./counterfactual-column";

/**
 * What to do, in words: `raise hours from 38 to 43`, `change sector from Clerical to Sales`; of a column that says yes
 * or no, `set south to 0`.
 *
 * @param isFlag whether the column holds 0 and 1 and nothing else
 */
export function describeChange(
  { name, kind, labels }: CounterfactualColumn,
  from: number,
  to: number,
  isFlag: boolean,
): string {
  const word = (value: number) =>
    Number.isNaN(value)
      ? "missing"
      : ((kind === "category" ? labels?.[value] : undefined) ??
        String(Number(value.toPrecision(6))));
  if (kind === "category" || Number.isNaN(from))
    return `change ${name} from ${word(from)} to ${word(to)}`;
  if (isFlag) return `set ${name} to ${word(to)}`;
  return `${to > from ? "raise" : "lower"} ${name} from ${word(from)} to ${word(to)}`;
}
