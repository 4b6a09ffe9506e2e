/** What may be done to a column. */
export interface CounterfactualColumn {
  name: string;
  /** Default "number". */
  kind?: "number" | "category";
  /** It cannot be changed: an age, a birthplace. */
  fixed?: boolean;
  /** Limits of a number, inclusive. Default: the data's. */
  lower?: number;
  upper?: number;
  /** Which way a number may go; default both. */
  direction?: "up" | "down";
  /** Whether a number has to be whole; default: whether all of the data's are. */
  whole?: boolean;
  /** Categories it may become, by code; default: those in the data. */
  allowed?: readonly number[];
  /** What categories are called, by code. */
  labels?: readonly string[];
  /**
   * Numbers at which a model of trees asks about the column. Candidates are then one value in each interval between
   * them, so that none is overlooked. Default: quantiles of the data.
   */
  grid?: ArrayLike<number>;
}

/** A value that a column may be given, and what that costs. */
export interface Candidate {
  value: number;
  /** Difference in units of the column's spread; 1 for a category, and for a missing value that is filled. */
  cost: number;
}
