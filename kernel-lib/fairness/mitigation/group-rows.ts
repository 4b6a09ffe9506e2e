import { AssayerError } from "../../errors";

export interface GroupedRows {
  /** Names of the sensitive features. */
  features: string[];
  /** Names of the groups that have rows, in order. */
  names: string[];
  /** Rows of each group. */
  members: Uint32Array[];
}

const maxValues = 1000;

/**
 * Rows by group. A group's name is its values as text, joined by ", ": `female, south`. Values that are null, undefined
 * or NaN are `(missing)`. Groups are in the order of their values, numbers by size and before texts.
 */
export function groupRows(
  caller: string,
  sensitiveFeatures: Readonly<Record<string, ArrayLike<unknown>>>,
  rows: number,
): GroupedRows {
  const features = Object.keys(sensitiveFeatures);
  if (features.length === 0)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires one sensitive feature or more; got none`,
    );
  let codes = new Uint32Array(rows);
  let values: string[][] = [[]];
  for (const feature of features) {
    const column = sensitiveFeatures[feature] as ArrayLike<unknown>;
    if (column.length !== rows)
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires one value of ${feature} a row; got ${column.length} of ${rows} rows`,
      );
    const own = codesOf(caller, feature, column);
    const count = own.names.length;
    const seen = new Map<number, number>();
    for (let i = 0; i < rows; i++)
      seen.set((codes[i] as number) * count + (own.codes[i] as number), 0);
    const pairs = [...seen.keys()].sort((a, b) => a - b);
    for (const [code, pair] of pairs.entries()) seen.set(pair, code);
    codes = codes.map((code, i) => seen.get(code * count + (own.codes[i] as number)) as number);
    values = pairs.map((pair) => [
      ...(values[Math.floor(pair / count)] as string[]),
      own.names[pair % count] as string,
    ]);
  }
  return {
    features,
    names: values.map((each) => each.join(", ")),
    members: membersOf(codes, values.length),
  };
}

function membersOf(codes: Uint32Array, count: number): Uint32Array[] {
  const sizes = new Uint32Array(count);
  for (const code of codes) sizes[code] = (sizes[code] as number) + 1;
  const members = Array.from(sizes, (size) => new Uint32Array(size));
  sizes.fill(0);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number;
    const place = sizes[code] as number;
    (members[code] as Uint32Array)[place] = i;
    sizes[code] = place + 1;
  }
  return members;
}

/** Values of one feature as positions among its names, which are in order. */
function codesOf(
  caller: string,
  feature: string,
  column: ArrayLike<unknown>,
): { codes: Uint32Array; names: string[] } {
  const seen = new Map<unknown, number>();
  const found = new Uint32Array(column.length);
  for (let i = 0; i < column.length; i++) {
    const value = column[i] ?? NaN;
    let code = seen.get(value);
    if (code === undefined) {
      if (seen.size === maxValues)
        throw new AssayerError(
          "invalid-argument",
          `${caller} requires a sensitive feature of at most ${maxValues} values; got more of ${feature}, which has to be binned`,
        );
      seen.set(value, (code = seen.size));
    }
    found[i] = code;
  }
  const values = [...seen.keys()];
  const names = [...new Set(values.sort(byValue).map(nameOf))];
  const place = new Map(names.map((name, code) => [name, code]));
  const order = Uint32Array.from(seen.keys(), (value) => place.get(nameOf(value)) as number);
  return { codes: found.map((code) => order[code] as number), names };
}

function byValue(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number")
    return Number(Number.isNaN(a)) - Number(Number.isNaN(b)) || a - b;
  const rank = Number(typeof a !== "number") - Number(typeof b !== "number");
  if (rank !== 0) return rank;
  const [x, y] = [nameOf(a), nameOf(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function nameOf(value: unknown): string {
  return typeof value === "number" && Number.isNaN(value) ? "(missing)" : String(value);
}
