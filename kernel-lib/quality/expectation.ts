import type { Severity } from "./quality-report";

interface Common {
  /** Default `error`. */
  severity?: Severity;
  /** Why it is expected, for whoever reads the report. */
  note?: string;
}

/** What is expected of a table. `mostly` is the share of present values that must comply, default 1. */
export type Expectation = Common &
  (
    | { expect: "not-null"; column: string; mostly?: number }
    | { expect: "in-set"; column: string; values: (string | number | boolean)[]; mostly?: number }
    /** Bounds of a time are texts, as ISO 8601 in UTC. */
    | {
        expect: "between";
        column: string;
        min?: number | string;
        max?: number | string;
        /** Bounds themselves are refused. Default false. */
        strict?: boolean;
        mostly?: number;
      }
    /** A regular expression of RE2's that matches anywhere: `^` and `$` bind it to the ends. */
    | { expect: "matches"; column: string; regex: string; mostly?: number }
    /** Columns that tell rows apart, together; rows in which all of them are missing are passed over. */
    | { expect: "unique"; columns: string[] }
    /** From row to row as they come; missing values are passed over. */
    | {
        expect: "monotonic";
        column: string;
        direction: "increasing" | "decreasing";
        strict?: boolean;
      }
    | { expect: "row-count"; min?: number; max?: number }
    | {
        expect: "schema";
        columns: Record<string, "number" | "boolean" | "text" | "time" | "other">;
        /** Other columns are refused. Default false. */
        exact?: boolean;
      }
    /** The latest time is at most this old at `now`. */
    | { expect: "fresh"; column: string; maxAgeSeconds: number }
    /**
     * A condition in DuckDB's SQL that is true for a row that complies, and false for one that fails; where it is
     * unknown, as of a missing value, the row is passed over. It may ask about the whole table, which is `data`. NaN
     * is above every number in it.
     */
    | { expect: "sql"; condition: string; name?: string; mostly?: number }
    | { expect: "mean-between" | "distinct-between"; column: string; min?: number; max?: number }
  );
