export { decimate } from "./decimate";
export { metricCurves, type MetricCurve, type MetricCurvesOptions } from "./metric-curves";
export { parallelCoordinates, type ParallelCoordinatesOptions } from "./parallel-coordinates";
export { paramImportanceChart, type ParamImportanceChartOptions } from "./param-importance-chart";
export type { ComparedRun, ChartColumn } from "./chart-column";
export { runScatter, type RunScatterOptions } from "./run-scatter";
export { type VegaLiteSpec } from "./spec";
