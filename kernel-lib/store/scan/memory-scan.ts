import { setImmediate as nextTurn } from "node:timers/promises";
import type { LongWork } from "../long-work";
import { toColumns, type ArrowTable, type TableData } from "../tables/table-data";
import { categoryOfNumber } from "./column-expression";
import { encodeCategories } from "./encode-categories";
import { arrowColumn, numbersOf, plainColumn, type MemoryColumn } from "./memory-column";
import { inOrder, orderOf } from "./order-of";
import { isThinned } from "./is-thinned";
import { throwIfStopped } from "./scan-database";
import type {
  CategoryCounts,
  ColumnValues,
  DistinctCount,
  ReadOptions,
  TableScan,
  WantedColumn,
} from "./table-scan";
import { requireColumns, requireNumbers } from "./wanted-columns";

function isMissing(value: unknown): boolean {
  return value === null || value === undefined || Number.isNaN(value);
}

function isArrow(data: TableData): data is ArrowTable {
  return typeof (data as Partial<ArrowTable> | null | undefined)?.getChild === "function";
}

function columnsOf(data: TableData): MemoryColumn[] {
  if (isArrow(data))
    return data.schema.fields.map(({ name, type }) => arrowColumn(data, name, type.typeId));
  return Object.entries(toColumns(data, [])).map(([name, values]) => plainColumn(name, values));
}

/** A table in memory, as `TableScan`: typed arrays are read where they are. */
export class MemoryScan implements TableScan {
  readonly rows: number;
  readonly columns: readonly MemoryColumn[];
  readonly description = "a table in memory";
  readonly origin = { kind: "memory" } as const;

  constructor(data: TableData) {
    this.columns = columnsOf(data);
    this.rows = isArrow(data) ? data.numRows : (this.columns[0]?.values.length ?? 0);
  }

  async *values(
    wanted: readonly WantedColumn[],
    { onProgress, signal, orderBy }: ReadOptions = {},
  ): AsyncGenerator<ColumnValues> {
    const columns = this.require(wanted.map(({ name }) => name));
    const order = orderBy === undefined ? undefined : this.order(orderBy);
    for (const [i, column] of columns.entries()) {
      // Else whoever looks at columns without a wait hears of no signal.
      await nextTurn();
      throwIfStopped(signal);
      onProgress?.(`column ${column.name}`, i / columns.length);
      const { name } = column;
      if (wanted[i]?.as === "number") {
        requireNumbers(column);
        yield { name, kind: "number", values: inOrder(numbersOf(column), order) };
      } else {
        const { codes, categories } = this.encode(column);
        yield { name, kind: "category", codes: inOrder(codes, order), categories };
      }
    }
  }

  async *counts(
    names: readonly string[],
    { onProgress, signal }: LongWork = {},
  ): AsyncGenerator<CategoryCounts> {
    const columns = this.require(names);
    for (const [i, column] of columns.entries()) {
      await nextTurn();
      throwIfStopped(signal);
      onProgress?.(`column ${column.name}`, i / columns.length);
      yield this.count(column);
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as a scan of files does it
  async distinctCounts(names: readonly string[]): Promise<DistinctCount[]> {
    return this.require(names).map((column) => {
      const { counts, missing } = this.count(column);
      return { name: column.name, distinct: counts.size, present: this.rows - missing };
    });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as a scan of files does it
  async texts(name: string, rows: number): Promise<string[]> {
    const [{ values }] = this.require([name]) as [MemoryColumn];
    const texts: string[] = [];
    for (let row = 0; row < this.rows; row++)
      if (isThinned(row, this.rows, rows) && !isMissing(values[row]))
        texts.push(String(values[row]));
    return texts;
  }

  private require(names: readonly string[]): MemoryColumn[] {
    return requireColumns(this, names) as MemoryColumn[];
  }

  private order(orderBy: string): Uint32Array | undefined {
    const [column] = this.require([orderBy]) as [MemoryColumn];
    requireNumbers(column);
    return orderOf(numbersOf(column));
  }

  private encode(column: MemoryColumn): { codes: Int32Array; categories: string[] } {
    const { type, values } = column;
    if (type === "time")
      return encodeCategories(numbersOf(column), Number.isNaN, (value) =>
        categoryOfNumber(value, type),
      );
    return encodeCategories(values, isMissing, String);
  }

  private count(column: MemoryColumn): CategoryCounts {
    const { codes, categories } = this.encode(column);
    const totals = new Float64Array(categories.length);
    let missing = 0;
    for (const code of codes)
      if (code < 0) missing++;
      else totals[code] = (totals[code] as number) + 1;
    const counts = new Map(categories.map((category, code) => [category, totals[code] as number]));
    return { name: column.name, counts, missing };
  }
}
