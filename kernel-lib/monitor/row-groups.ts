import { joinedName, missingGroup, type GroupNames } from "../fairness/frame/group-codes";

/** Groups that rows are in. */
export interface RowGroups {
  /** Those that have a row, sorted. */
  groups: GroupNames[];
  /** The position of each row's group. */
  codes: Uint32Array;
}

/**
 * The group of each row by several features. Combinations that no row has cost nothing, however many there are.
 *
 * @param sensitive of each feature one value a row
 */
export function rowGroups(
  sensitive: Readonly<Record<string, readonly string[]>>,
  features: readonly string[],
): RowGroups {
  const [first, ...others] = features.map((feature) => valueGroups(feature, sensitive[feature]));
  if (first === undefined) return { groups: [], codes: new Uint32Array(0) };
  return others.reduce(together, first);
}

function valueGroups(feature: string, values: readonly string[] = []): RowGroups {
  const seen = new Map<string, number>();
  const codes = new Uint32Array(values.length);
  values.forEach((value, row) => {
    const code = seen.get(value) ?? seen.size;
    if (code === seen.size) seen.set(value, code);
    codes[row] = code;
  });
  const texts = [...seen.keys()];
  const areNumbers = texts.every((text) => text === missingGroup || Number.isFinite(Number(text)));
  const order = Array.from(texts.keys()).sort((a, b) => {
    const [left, right] = [texts[a] ?? "", texts[b] ?? ""];
    if (left === missingGroup || right === missingGroup)
      return Number(left === missingGroup) - Number(right === missingGroup);
    return areNumbers ? Number(left) - Number(right) : left < right ? -1 : 1;
  });
  return renumbered(codes, order, (code) => {
    const text = texts[code] ?? "";
    return { name: text, values: { [feature]: text } };
  });
}

function together(left: RowGroups, right: RowGroups): RowGroups {
  const size = right.groups.length;
  const seen = new Map<number, number>();
  const codes = left.codes.map((code, row) => {
    const pair = code * size + (right.codes[row] as number);
    const place = seen.get(pair) ?? seen.size;
    if (place === seen.size) seen.set(pair, place);
    return place;
  });
  const pairs = [...seen.keys()];
  const order = Array.from(pairs.keys()).sort((a, b) => Number(pairs[a]) - Number(pairs[b]));
  return renumbered(codes, order, (code) => {
    const pair = pairs[code] ?? 0;
    const values = {
      ...left.groups[Math.floor(pair / size)]?.values,
      ...right.groups[pair % size]?.values,
    };
    return { name: joinedName(Object.values(values)), values };
  });
}

/** @param order codes as they are to stand */
function renumbered(
  codes: Uint32Array,
  order: readonly number[],
  groupOf: (code: number) => GroupNames,
): RowGroups {
  const place = new Uint32Array(order.length);
  order.forEach((code, at) => (place[code] = at));
  return {
    groups: order.map(groupOf),
    codes: codes.map((code) => place[code] as number),
  };
}
