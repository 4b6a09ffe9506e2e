export { decimate } from "./decimate";
export { metricCurves, type MetricCurve, type MetricCurvesOptions } from "./metric-curves";
export { parallelCoordinates, type ParallelCoordinatesOptions } from "./parallel-coordinates";
export { paramImportanceChart, type ParamImportanceChartOptions } from "./param-importance-chart";
export type { ComparedRun, ChartColumn } from "./chart-column";
export { runScatter, type RunScatterOptions } from "./run-scatter";
export { correlationHeatmap, type CorrelationHeatmapOptions } from "./correlation-heatmap";
export { distributionOverlay, type DistributionOverlayOptions } from "./distribution-overlay";
export { driftRanking, type DriftRankingOptions } from "./drift-ranking";
export { driftTimelineChart, type DriftTimelineChartOptions } from "./drift-timeline-chart";
export { missingBars, type MissingBarsOptions } from "./missing-bars";
export { movedCategories, type MovedCategoriesOptions } from "./moved-categories";
export { sparkline, type Sparkline, type SparklineOptions } from "./sparkline";
export { type VegaLiteSpec } from "./spec";
export {
  errorTreeChart,
  errorTreeLines,
  type ErrorTreeChartOptions,
  type ErrorTreeLine,
} from "./error-tree-chart";
export {
  constraintWords,
  denominatorText,
  fairnessReportMeaning,
  fairnessReportText,
  fairnessVerdictText,
  figureText,
  groupingText,
  groupText,
  limitText,
  rowsNeededText,
} from "./fairness-words";
export { groupCalibration, type GroupCalibrationOptions } from "./group-calibration";
export { groupDotPlot, type GroupDotPlotOptions } from "./group-dot-plot";
export { groupRoc, type GroupRocOptions } from "./group-roc";
export { sliceBars, type SliceBarsOptions } from "./slice-bars";
export { thresholdCurves, type ThresholdCurvesOptions } from "./threshold-curves";
export {
  tradeoffCurve,
  type TradeoffCurveOptions,
  type TradeoffCurvePoint,
} from "./tradeoff-curve";
// What webviews compute: they may import this entry alone.
export { compareExplanations } from "../explain/importance/compare-explanations";
export { countMetrics } from "../evaluate/count-metrics";
export {
  exploreThresholds,
  type ThresholdChoice,
  type ThresholdOutcome,
} from "../fairness/explore-thresholds";
export { beeswarm, type BeeswarmOptions } from "./beeswarm";
export { decisionPlot, type DecisionPlotOptions } from "./decision-plot";
export { dependenceScatter, type DependenceScatterOptions } from "./dependence-scatter";
export { type Explained } from "./explained";
export { explanationComparison, type ExplanationComparisonOptions } from "./explanation-comparison";
export { explanationHeatmap, type ExplanationHeatmapOptions } from "./explanation-heatmap";
export { effectText, methodText, valueText } from "./explanation-words";
export { forceBar, type ForceBarOptions } from "./force-bar";
export { groupDifference, type GroupDifferenceOptions } from "./group-difference";
export { importanceBars, type ImportanceBarsOptions } from "./importance-bars";
export {
  partialDependenceChart,
  type DependenceCurve,
  type PartialDependenceChartOptions,
} from "./partial-dependence-chart";
export { waterfall, type WaterfallOptions } from "./waterfall";
