/** A figure with what is known of its uncertainty. */
export interface Figure {
  /** Null where it cannot be told, such as a true positive rate without a positive. */
  value: number | null;
  /** Ends of the confidence interval; null where there is none. */
  low: number | null;
  high: number | null;
  /** How many rows the figure divides by (without weights); of a difference, the fewest of any group. */
  denominator: number;
  /** Where the interval comes from. */
  interval: IntervalMethod | null;
}

/** Wilson 1927; Clopper and Pearson 1934; Efron 1979 and 1987; DeLong 1988; the normal approximation. */
export type IntervalMethod =
  "wilson" | "exact" | "percentile" | "bca" | "delong" | "normal" | "simultaneous";

/** How groups are set against each other: every two of them, or each against all rows. */
export type Comparison = "betweenGroups" | "toOverall";
