import type { ReportSide } from "./report";
import type { DriftTimeline } from "./timeline";

/** How a model did, estimated from its predictions alone, chunk by chunk; with what it really did where labels came. */
export interface PerformanceReport {
  kind: "performance";
  format: 1;
  name: string;
  createdAt: string;
  reference: ReportSide;
  current: ReportSide;
  /** `cbpe` for classification, `dle` for regression. */
  method: "cbpe" | "dle";
  problem: "binary" | "multiclass" | "regression";
  /** One for each metric. */
  metrics: DriftTimeline[];
  verdict: "stable" | "watch" | "alarm" | "undecided";
  summary: string;
  warnings: string[];
}
