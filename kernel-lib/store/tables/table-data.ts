import { AssayerError } from "../../errors";
import { addedColumns } from "./table-functions";

type Cell = number | bigint | string | boolean | Date | null | undefined;

/** Columns by name, all of one length. Typed arrays keep their type; a plain array of numbers is DOUBLE. */
export type Columns = Record<string, ArrayLike<Cell>>;

/** The part of an Apache Arrow table that is read here, so that any copy of the package serves. */
export interface ArrowTable {
  readonly numRows: number;
  readonly schema: {
    readonly fields: readonly {
      readonly name: string;
      readonly type: { readonly typeId: number };
    }[];
  };
  getChild(name: string): { toArray(): ArrayLike<unknown>; get(index: number): unknown } | null;
}

/** A table as rows, as columns or as an Apache Arrow table. */
export type TableData = readonly Readonly<Record<string, Cell>>[] | Columns | ArrowTable;

function isArrow(data: TableData): data is ArrowTable {
  return typeof (data as Partial<ArrowTable>).getChild === "function";
}

/** Arrow's type numbers of dates and timestamps, which come as milliseconds. */
const timeTypes: readonly number[] = [8, 10];

function arrowColumn(table: ArrowTable, name: string, typeId: number): ArrayLike<Cell> {
  const vector = table.getChild(name);
  const isTime = timeTypes.includes(typeId);
  return Array.from({ length: table.numRows }, (_, row) => {
    const value = vector?.get(row) as Cell;
    return isTime && typeof value === "number" ? new Date(value) : value;
  });
}

/**
 * The columns of a table however it was given.
 *
 * @param reserved names that it cannot have, in lower case
 * @throws AssayerError "invalid-argument" for a table without columns or with columns of different length
 */
export function toColumns(data: TableData, reserved: readonly string[] = addedColumns): Columns {
  const given: unknown = data;
  if (typeof given !== "object" || given === null)
    throw new AssayerError(
      "invalid-argument",
      `a table requires rows, columns or an Arrow table; got ${given === null ? "null" : typeof given}`,
    );
  let columns: Columns;
  if (isArrow(data)) {
    columns = Object.fromEntries(
      data.schema.fields.map(({ name, type }) => [name, arrowColumn(data, name, type.typeId)]),
    );
  } else if (Array.isArray(data)) {
    const rows = data as readonly Readonly<Record<string, Cell>>[];
    const names = new Set(rows.flatMap((row) => Object.keys(row)));
    columns = Object.fromEntries([...names].map((name) => [name, rows.map((row) => row[name])]));
  } else {
    columns = data as Columns;
  }
  const entries = Object.entries(columns);
  const rows = entries[0]?.[1].length;
  if (rows === undefined)
    throw new AssayerError("invalid-argument", "a table requires one column or more; got none");
  const seen = new Set<string>();
  for (const [name] of entries) {
    const folded = name.toLowerCase();
    if (name === "" || seen.has(folded) || reserved.includes(folded))
      throw new AssayerError(
        "invalid-argument",
        `a table requires column names that differ in more than case${reserved.length === 0 ? "" : `, and are none of ${reserved.join(", ")}`}; got ${JSON.stringify(name)}`,
      );
    seen.add(folded);
  }
  for (const [name, values] of entries)
    if (values.length !== rows)
      throw new AssayerError(
        "invalid-argument",
        `a table requires columns of one length; got ${rows} and, for ${name}, ${values.length}`,
      );
  return columns;
}
