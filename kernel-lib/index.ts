export { AssayerError, type ErrorCode } from "./errors";
export { openProject, type Project, type OpenProjectOptions, type RunDetail } from "./project";
export { findStore } from "./store/layout";
export { version } from "./version";

export type { Run, StartRunOptions } from "./tracking/run";
export type { Explanations } from "./tracking/tables";
export type { ParamValue, RunSource, RunStatus, TableKind } from "./store/events";
export type { ArrowTable, Columns, TableData } from "./store/table-data";
export type {
  Artifact,
  Experiment,
  ListRunsOptions,
  LoggedTable,
  MetricSeries,
  MetricSummary,
  RunSummary,
} from "./store/read-runs";
export type { SqlValue } from "./store/connection";
export type { Watcher } from "./store/watch";

export type {
  Deployment,
  Model,
  ModelOptions,
  ModelVersion,
  RegisterOptions,
  Registry,
  StageTransition,
} from "./registry/registry";
