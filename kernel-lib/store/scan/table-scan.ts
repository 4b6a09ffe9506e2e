import type { LongWork } from "../long-work";
import type { SourceOrigin } from "./data-source";

/** `boolean` and `text` are categories; `time` is milliseconds since the epoch, UTC. */
export type ScanType = "number" | "boolean" | "text" | "time" | "other";

export interface ScanColumn {
  name: string;
  type: ScanType;
  /** Whole numbers alone, by the column's type. */
  integer?: boolean;
}

/** What is wanted of a column: its numbers (of a time too), or its values as categories. */
export interface WantedColumn {
  name: string;
  as: "number" | "category";
}

/** A column, row by row. */
export type ColumnValues =
  | {
      name: string;
      kind: "number";
      /** NaN where a value is missing; infinities stay. */
      values: Float64Array;
    }
  | {
      name: string;
      kind: "category";
      /** Positions in `categories`, -1 where a value is missing. */
      codes: Int32Array;
      categories: string[];
    };

/** How often each value of a column occurs. */
export interface CategoryCounts {
  name: string;
  counts: ReadonlyMap<string, number>;
  missing: number;
}

export interface DistinctCount {
  name: string;
  distinct: number;
  present: number;
}

/** How columns are read. */
export interface ReadOptions extends LongWork {
  /** Name of the column whose order the rows have; default the source's own. */
  orderBy?: string;
  /** Whether the numbers of a column may be written over once the next one is asked for: spares memory. */
  lent?: boolean;
}

/** A table that is read column by column, so that one larger than memory can be. */
export interface TableScan {
  readonly rows: number;
  readonly columns: readonly ScanColumn[];
  /** What is read, in words, and where it can be read again. */
  readonly description: string;
  readonly origin: SourceOrigin;
  /**
   * Columns one after the other, all in the same order of rows: that of the source, or of `orderBy`. As many are read
   * at once as fit in some hundred megabytes.
   */
  values(columns: readonly WantedColumn[], options?: ReadOptions): AsyncIterable<ColumnValues>;
  /** Counts alone, made in the database: no row leaves it. */
  counts(columns: readonly string[], options?: LongWork): AsyncIterable<CategoryCounts>;
  /** How many different values each column holds, within some percent, and how many are present. */
  distinctCounts(columns: readonly string[], options?: LongWork): Promise<DistinctCount[]>;
  /** At most `rows` present values of a column as text, evenly spread over the table; the same ones each time. */
  texts(column: string, rows: number, options?: LongWork): Promise<string[]>;
}
