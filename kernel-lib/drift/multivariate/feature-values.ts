/** A feature of a table, row by row. */
export type FeatureValues =
  | {
      name: string;
      kind: "number";
      /** NaN where a value is missing; infinities count as missing. */
      values: Float64Array;
    }
  | {
      name: string;
      kind: "category";
      /** Positions in `categories`, -1 where a value is missing. */
      codes: Int32Array;
      categories: readonly string[];
    };

export function rowsOf(column: FeatureValues): number {
  return column.kind === "number" ? column.values.length : column.codes.length;
}

/** The rows of `first`, then those of `second` from `start`, before `end`. Both have the same features in one order. */
export function joinColumns(
  first: readonly FeatureValues[],
  second: readonly FeatureValues[],
  start: number,
  end: number,
): FeatureValues[] {
  return first.map((column, i) => {
    const other = second[i];
    if (column.kind === "number" && other?.kind === "number") {
      const values = new Float64Array(column.values.length + end - start);
      values.set(column.values);
      values.set(other.values.subarray(start, end), column.values.length);
      return { ...column, values };
    }
    if (column.kind === "category" && other?.kind === "category") {
      const positions = new Map(column.categories.map((category, code) => [category, code]));
      const ofCode = other.categories.map((category) => {
        const code = positions.get(category) ?? positions.size;
        positions.set(category, code);
        return code;
      });
      const codes = new Int32Array(column.codes.length + end - start).fill(-1);
      codes.set(column.codes);
      for (let row = start; row < end; row++)
        codes[column.codes.length + row - start] = ofCode[other.codes[row] ?? -1] ?? -1;
      return { ...column, codes, categories: [...positions.keys()] };
    }
    return column;
  });
}
