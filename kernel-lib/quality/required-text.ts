import type { Expectation } from "./expectation";
import { countText, durationText, listText, percentText } from "./format";

function limitsText(
  { min, max }: { min?: number | string; max?: number | string },
  strict = false,
): string {
  const text = (value: number | string) => (typeof value === "number" ? String(value) : value);
  if (min !== undefined && max !== undefined)
    return `between ${text(min)} and ${text(max)}${strict ? ", both excluded" : ""}`;
  if (min !== undefined) return `${strict ? "more than" : "at least"} ${text(min)}`;
  return `${strict ? "less than" : "at most"} ${text(max ?? "")}`;
}

function columnsText(columns: readonly string[]): string {
  const [last, ...others] = [...columns].reverse();
  return others.length === 0 ? (last ?? "") : `${others.reverse().join(", ")} and ${last ?? ""}`;
}

function bareText(expectation: Expectation): string {
  switch (expectation.expect) {
    case "not-null":
      return `${expectation.column} is present`;
    case "in-set":
      return `${expectation.column} is ${expectation.values.length === 1 ? "" : "one of "}${listText(expectation.values)}`;
    case "between":
      return `${expectation.column} is ${limitsText(expectation, expectation.strict)}`;
    case "matches":
      return `${expectation.column} matches ${expectation.regex}`;
    case "unique":
      return expectation.columns.length === 1
        ? `no two rows have the same ${expectation.columns[0] ?? ""}`
        : `no two rows have the same ${columnsText(expectation.columns)} together`;
    case "monotonic": {
      const { column, direction, strict } = expectation;
      const [up, down] = direction === "increasing" ? ["rises", "falls"] : ["falls", "rises"];
      return strict ? `${column} ${up} from row to row` : `${column} never ${down} from row to row`;
    }
    case "row-count": {
      const { min, max } = expectation;
      return `the table has ${limitsText({
        ...(min !== undefined && { min: countText(min) }),
        ...(max !== undefined && { max: countText(max) }),
      })} rows`;
    }
    case "schema": {
      const columns = Object.entries(expectation.columns).map(
        ([name, type]) => `${name} (${type})`,
      );
      return `the table has the columns ${listText(columns)}${expectation.exact ? " and no others" : ""}`;
    }
    case "fresh":
      return `the latest ${expectation.column} is at most ${durationText(expectation.maxAgeSeconds)} old`;
    case "sql":
      return expectation.name ?? `every row has ${expectation.condition}`;
    case "mean-between":
      return `the mean of ${expectation.column} is ${limitsText(expectation)}`;
    case "distinct-between":
      return `the number of different values of ${expectation.column} is ${limitsText(expectation)}`;
  }
}

/** What an expectation requires, as a plain sentence without its full stop: `delay is between -60 and 600`. */
export function requiredText(expectation: Expectation): string {
  const text = bareText(expectation);
  const { mostly = 1 } = expectation as { mostly?: number };
  if (mostly === 1) return text;
  const of = ["not-null", "sql"].includes(expectation.expect) ? "rows" : "values";
  return `${text}, in at least ${percentText(mostly)} of ${of}`;
}
