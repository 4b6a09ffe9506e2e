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
    | {
        expect: "between";
        column: string;
        min?: number | string;
        max?: number | string;
        /** Bounds themselves are refused. Default false. */
        strict?: boolean;
        mostly?: number;
      }
    | { expect: "matches"; column: string; regex: string; mostly?: number }
    | { expect: "unique"; columns: string[] }
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
    /** A condition that is true for a row that complies. */
    | { expect: "sql"; condition: string; name?: string; mostly?: number }
    | { expect: "mean-between" | "distinct-between"; column: string; min?: number; max?: number }
  );
