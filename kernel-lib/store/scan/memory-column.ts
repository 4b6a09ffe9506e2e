import type { ArrowTable } from "../tables/table-data";
import type { ScanColumn } from "./table-scan";

/** A column in memory: what it is, and how to get at its values. */
export interface MemoryColumn extends ScanColumn {
  /** As they came; times are milliseconds or dates. */
  values: ArrayLike<unknown>;
}

function typeOfPlain(values: ArrayLike<unknown>): Omit<ScanColumn, "name"> {
  let kind: string | undefined;
  let integer = true;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || value === undefined) continue;
    const one = value instanceof Date ? "time" : typeof value;
    const same = one === "bigint" ? "number" : one;
    if (kind !== undefined && kind !== same) return { type: "other" };
    kind = same;
    if (one === "number" && !Number.isInteger(value)) integer = false;
  }
  switch (kind) {
    // Nothing tells; a column of nothing but missing values is none of anything.
    case undefined:
      return { type: "number" };
    case "number":
      return { type: "number", ...(integer && { integer }) };
    case "boolean":
      return { type: "boolean" };
    case "string":
      return { type: "text" };
    case "time":
      return { type: "time" };
    default:
      return { type: "other" };
  }
}

/** A column of values as JavaScript has them. */
export function plainColumn(name: string, values: ArrayLike<unknown>): MemoryColumn {
  if (values instanceof Float64Array || values instanceof Float32Array)
    return { name, type: "number", values };
  if (ArrayBuffer.isView(values)) return { name, type: "number", integer: true, values };
  return { name, ...typeOfPlain(values), values };
}

/** Type numbers of Apache Arrow's format. */
const arrowTypes = {
  nothing: 1,
  int: 2,
  float: 3,
  utf8: 5,
  bool: 6,
  date: 8,
  timestamp: 10,
  largeUtf8: 20,
};
const dictionary = -1;

interface ArrowVector {
  readonly nullCount?: number;
  toArray(): ArrayLike<unknown>;
  get(index: number): unknown;
}

/** A column of an Arrow table: the typed array behind it where it has no gaps, else value by value. */
export function arrowColumn(table: ArrowTable, name: string, typeId: number): MemoryColumn {
  const vector: ArrowVector | null = table.getChild(name);
  if (vector === null) return { name, type: "other", values: [] };
  const oneByOne = () => Array.from({ length: table.numRows }, (_, row) => vector.get(row));
  switch (typeId) {
    case arrowTypes.int:
    case arrowTypes.float: {
      const whole = vector.nullCount === 0 ? vector.toArray() : undefined;
      // Numbers of 16 bits come as their bits.
      const isHalf = typeId === arrowTypes.float && whole instanceof Uint16Array;
      const values = whole && !isHalf ? whole : oneByOne();
      return { name, type: "number", values, ...(typeId === arrowTypes.int && { integer: true }) };
    }
    case arrowTypes.date:
    case arrowTypes.timestamp:
      return { name, type: "time", values: oneByOne() };
    case arrowTypes.bool:
      return { name, type: "boolean", values: oneByOne() };
    case arrowTypes.utf8:
    case arrowTypes.largeUtf8:
      return { name, type: "text", values: oneByOne() };
    case arrowTypes.nothing:
    case dictionary:
      return plainColumn(name, oneByOne());
    default:
      return { name, type: "other", values: [] };
  }
}

/** The column's numbers, NaN where missing; the array that was given where it holds just that. */
export function numbersOf({ values }: MemoryColumn): Float64Array {
  if (values instanceof Float64Array) return values;
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    numbers[i] =
      value === null || value === undefined
        ? NaN
        : value instanceof Date
          ? value.getTime()
          : Number(value);
  }
  return numbers;
}
