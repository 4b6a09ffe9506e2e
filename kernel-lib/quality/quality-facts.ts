import type { DataSummary } from "./quality-report";

/** What a scan found about an expectation, in the order of the expectations. */
export type ExpectationFacts =
  | {
      kind: "rows";
      /** Rows that it is about: those with a value, mostly. */
      evaluated: number;
      failing: number;
      /** SQL condition that is true for a failing row. */
      failingRows: string;
    }
  /** It could not be put to the table: there is no such column, it is of another type … */
  | { kind: "problem"; problem: string }
  /** The summary tells. */
  | { kind: "summary" };

/** What a scan found of a table. */
export interface QualityFacts {
  summary: DataSummary;
  expectations: ExpectationFacts[];
  /** Columns all of whose numbers are whole. */
  wholeColumns: string[];
  warnings: string[];
}
