import type { CounterfactualColumn } from "./counterfactual-column";

/** What to do, in words: `raise hours from 38 to 43`, `change sector from Clerical to Sales`. */
export function describeChange(
  { name, kind, labels }: CounterfactualColumn,
  from: number,
  to: number,
): string {
  const word = (value: number) =>
    Number.isNaN(value)
      ? "missing"
      : ((kind === "category" ? labels?.[value] : undefined) ??
        String(Number(value.toPrecision(6))));
  if (kind === "category" || Number.isNaN(from))
    return `change ${name} from ${word(from)} to ${word(to)}`;
  return `${to > from ? "raise" : "lower"} ${name} from ${word(from)} to ${word(to)}`;
}
