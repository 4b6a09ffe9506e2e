import { AssayerError } from "../errors";
import { classOf, shownLabel, type Label } from "./binary-codes";
import type { Labels } from "./metric";

/** Labels as positions in a list of them. */
export interface ClassCodes {
  /** Numbers by value, texts by their UTF-16 code units; or as they were asked for. */
  labels: Label[];
  /** One array for each column; `labels.length` for a label that was not asked for. */
  codes: Int32Array[];
}

/** Small whole numbers find their class in a table instead of a map. */
const tableSize = 1024;

/**
 * @param labels which labels to tell apart; all that there are by default
 * @param columns labels that share their classes, such as true and predicted ones
 * @throws AssayerError "invalid-argument" for a missing label, texts beside numbers, and labels asked for twice or of
 * which none is there
 */
export function classCodes(
  caller: string,
  labels: readonly Label[] | undefined,
  ...columns: readonly Labels[]
): ClassCodes {
  const found = new Map<string | number, number>();
  const table = new Int32Array(tableSize).fill(-1);
  const codes = columns.map((column) => {
    const codesOfColumn = new Int32Array(column.length);
    for (let i = 0; i < column.length; i++) {
      const label = classOf(column[i]);
      const isSmall = typeof label === "number" && label >= 0 && label < tableSize;
      let code = isSmall ? (table[label] ?? -1) : -1;
      if (code < 0) {
        if (label === undefined || Number.isNaN(label))
          throw new AssayerError(
            "invalid-argument",
            `${caller} requires a label in every row; got ${String(column[i])} at position ${i}`,
          );
        code = found.get(label) ?? found.size;
        found.set(label, code);
        if (isSmall) table[label] = code;
      }
      codesOfColumn[i] = code;
    }
    return codesOfColumn;
  });
  const seen = [...found.keys()];
  if (new Set(seen.map((label) => typeof label)).size > 1)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires labels that are all numbers or all texts; got both`,
    );
  const wanted = labels === undefined ? seen.sort(byValue) : requireLabels(caller, labels, found);
  const place = new Int32Array(found.size).fill(wanted.length);
  for (const [at, label] of wanted.entries()) {
    const code = found.get(label);
    if (code !== undefined) place[code] = at;
  }
  return { labels: wanted, codes: codes.map((column) => column.map((code) => place[code] ?? 0)) };
}

function byValue(a: string | number, b: string | number): number {
  return a < b ? -1 : Number(a > b);
}

function requireLabels(
  caller: string,
  labels: readonly Label[],
  found: ReadonlyMap<string | number, number>,
): (string | number)[] {
  const wanted = labels.map((label) => classOf(label) ?? NaN);
  if (new Set(wanted).size !== wanted.length)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires each of labels once; got ${labels.map(shownLabel).join(", ")}`,
    );
  if (!wanted.some((label) => found.has(label)))
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires that one of labels is there; got none of ${labels.map(shownLabel).join(", ")}`,
    );
  return wanted;
}
