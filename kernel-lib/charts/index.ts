export { decimate } from "./decimate";
export { metricCurves, type MetricCurve, type MetricCurvesOptions } from "./metric-curves";
export { type VegaLiteSpec } from "./spec";
