import type { BinaryCounts } from "../../evaluate/metric";
import type { Figure } from "../figure";

/** A group of a frame with its figures. */
export interface FrameGroup {
  /** `female`, or `female, south` of an intersection; `all` for the whole. */
  name: string;
  /** The value of each sensitive feature. */
  values: Record<string, string>;
  rows: number;
  /** Sums of weights, the rows where there are no weights; null where no metric is of counts. */
  counts: BinaryCounts | null;
  /** Rows by answer, without weights. */
  rowCounts: BinaryCounts | null;
  /** Sums of squared weights by answer; null without weights. */
  weightSquares: BinaryCounts | null;
  /** Too few rows to judge by: named, never dropped. */
  small: boolean;
  /** By metric. */
  figures: Record<string, Figure>;
}
