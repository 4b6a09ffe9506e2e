/** A stretch of rows, with a value that was computed of it. */
export interface TimelineChunk {
  /** For the axis: `2001-02`, `0:999`. */
  label: string;
  /** Rows of the side that it holds: from `start`, before `end`. */
  start: number;
  end: number;
  /** First and last moment, milliseconds since the epoch; null without a time column. */
  from: number | null;
  to: number | null;
  side: "reference" | "current";
  /** Null where the method has no answer for so few rows. */
  value: number | null;
  /** Bounds of the sampling error; null where there is none. */
  low: number | null;
  high: number | null;
  /** What the metric turned out to be once labels came; null until then, and for drift. */
  realised: number | null;
  alarm: boolean;
}

/** A measure over chunks of reference and current rows, with the band outside of which it alarms. */
export interface DriftTimeline {
  /** A method of drift, or the metric whose value is estimated. */
  measure: string;
  chunks: TimelineChunk[];
  lower: number | null;
  upper: number | null;
  /** Trend or season, in plain words; null where nothing shows. */
  hint: string | null;
}
