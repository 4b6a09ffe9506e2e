import type { Project } from "../project";
import type { MlflowApi } from "./mlflow-api";
import type { MlflowChange } from "./mlflow-limits";

export interface ExportToMlflowReport {
  /** Runs that are new there. */
  created: number;
  /** Runs that were there with other content, and have this one's now. */
  updated: number;
  /** Runs that were there as they are here. */
  unchanged: number;
  /** What was sent; `metrics` counts values. */
  params: number;
  metrics: number;
  tags: number;
  datasets: number;
  artifacts: number;
  modelVersions: number;
  /** Keys that were renamed and values that were cut, since MLflow takes no others. */
  changes: MlflowChange[];
  notSent: { what: string; count: number; why: string }[];
}

/** A run here that is to be sent. */
export interface ListedRun {
  runId: string;
  parentRunId: string | null;
  experiment: string;
  name: string;
}

/** A run there. */
export interface SentRun {
  id: string;
  artifactUri: string;
  isNew: boolean;
  exported: string | undefined;
}

/** What all steps of an export share. */
export interface ExportWork {
  project: Project;
  api: MlflowApi;
  report: ExportToMlflowReport;
  /** Runs there, by their id here. */
  sent: Map<string, SentRun>;
  leave: (what: string, why: string) => void;
}

/** Where a run's artifacts go through the server; undefined where they do not. */
export function proxiedPath(uri: string): string | undefined {
  return /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/iu.exec(uri)?.[1];
}
