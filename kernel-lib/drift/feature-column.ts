/** A feature of a table, row by row. */
export type FeatureColumn =
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

export function rowsOf(column: FeatureColumn): number {
  return column.kind === "number" ? column.values.length : column.codes.length;
}
