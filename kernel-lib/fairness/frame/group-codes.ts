import { AssayerError } from "../../errors";

/** Values that belong to one group, as text; by feature. */
export interface GroupNames {
  /** Values joined by ", "; of several, one that has a comma or quotes in it stands in quotes. */
  name: string;
  values: Record<string, string>;
}

export interface GroupCodes {
  /** The position of each row's group in `groups`. */
  codes: Uint32Array;
  /** Every combination of the values that there are, sorted; some may have no rows. */
  groups: GroupNames[];
}

/** What rows without a value of a feature are called. */
export const missingGroup = "(missing)";
const mostValues = 1000;
const mostGroups = 10_000;

/**
 * The group of each row by one feature or several.
 *
 * @param features of each feature one value a row; null, undefined and NaN are the group `(missing)`
 * @throws AssayerError "invalid-argument" for no feature, another number of values than rows, more than 1,000 different
 * values of a feature, or more than 10,000 combinations
 */
export function groupCodes(
  caller: string,
  argument: string,
  features: Readonly<Record<string, ArrayLike<unknown>>>,
  rows: number,
): GroupCodes {
  const names = Object.keys(features);
  if (names.length === 0)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires one feature or more in ${argument}; got none`,
    );
  let codes: Uint32Array = new Uint32Array(rows);
  let groups: GroupNames[] = [];
  names.forEach((feature, k) => {
    const each = featureCodes(caller, feature, features[feature] as ArrayLike<unknown>, rows);
    if (k === 0) {
      codes = each.codes;
      groups = each.texts.map((text) => ({ name: text, values: { [feature]: text } }));
      return;
    }
    const size = each.texts.length;
    if (groups.length * size > mostGroups)
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires at most ${mostGroups} groups; got ${groups.length * size} combinations of ${names.join(", ")}: bin them, or take fewer`,
      );
    for (let i = 0; i < rows; i++)
      codes[i] = (codes[i] as number) * size + (each.codes[i] as number);
    groups = groups.flatMap(({ values }) =>
      each.texts.map((text) => ({
        name: joinedName([...Object.values(values), text]),
        values: { ...values, [feature]: text },
      })),
    );
  });
  return { codes, groups };
}

/** The name of a group by its values: two groups never have the same. */
export function joinedName(values: readonly string[]): string {
  if (values.length === 1) return values[0] ?? "";
  return values.map((value) => (/[,"]/u.test(value) ? JSON.stringify(value) : value)).join(", ");
}

/** The place of each row's value among the different values, numbers by size, texts by their characters. */
function featureCodes(
  caller: string,
  feature: string,
  values: ArrayLike<unknown>,
  rows: number,
): { codes: Uint32Array; texts: string[] } {
  if (values.length !== rows)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires one value of ${feature} a row; got ${values.length} of ${rows} rows`,
    );
  const codes = new Uint32Array(rows);
  const seen = new Map<unknown, number>();
  const texts: string[] = [];
  const byText = new Map<string, number>();
  let allNumbers = true;
  const add = (value: string | number | boolean | Date | null | undefined): number => {
    const absent =
      value === null || value === undefined || (typeof value === "number" && Number.isNaN(value));
    if (!absent && typeof value !== "number") allNumbers = false;
    // An object, such as a date, is known by its text.
    const text = absent ? missingGroup : String(value);
    let code = byText.get(text);
    if (code === undefined) {
      if (texts.length === mostValues)
        throw new AssayerError(
          "invalid-argument",
          `${caller} requires at most ${mostValues} different values of ${feature}; got more: bin them first`,
        );
      code = texts.push(text) - 1;
      byText.set(text, code);
    }
    // An object, such as a date, is another each time; its text is what counts.
    if (typeof value !== "object") seen.set(value, code);
    return code;
  };
  let last: unknown = {};
  let lastCode = 0;
  for (let i = 0; i < rows; i++) {
    const value = values[i] as string | number | boolean | Date | null | undefined;
    if (value !== last) {
      lastCode = seen.get(value) ?? add(value);
      last = value;
    }
    codes[i] = lastCode;
  }
  const rank = (text: string) => (text === missingGroup ? Infinity : Number(text));
  const order = texts
    .map((_, code) => code)
    .sort((a, b) => {
      const [left, right] = [texts[a] as string, texts[b] as string];
      if (left === missingGroup || right === missingGroup)
        return Number(left === missingGroup) - Number(right === missingGroup);
      if (allNumbers) return rank(left) - rank(right);
      return left < right ? -1 : 1;
    });
  const place = new Uint32Array(texts.length);
  order.forEach((code, at) => (place[code] = at));
  for (let i = 0; i < rows; i++) codes[i] = place[codes[i] as number] as number;
  return { codes, texts: order.map((code) => texts[code] as string) };
}
