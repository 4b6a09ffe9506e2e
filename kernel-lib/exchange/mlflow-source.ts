/** A dataset that a run used, as MLflow keeps it; schema, profile and source are JSON. */
export interface MlflowDataset {
  name: string;
  digest: string;
  sourceType: string;
  source: string;
  schema: string | null;
  profile: string | null;
  tags: ReadonlyMap<string, string>;
}

export interface MlflowRun {
  id: string;
  experiment: string;
  name: string | null;
  /** RUNNING, SCHEDULED, FINISHED, FAILED or KILLED. */
  status: string;
  deleted: boolean;
  /** Milliseconds since the epoch; here and below. */
  deletedAt: number | null;
  startedAt: number | null;
  endedAt: number | null;
  user: string | null;
  sourceType: string | null;
  sourceName: string | null;
  sourceVersion: string | null;
  artifactUri: string | null;
  params: ReadonlyMap<string, string>;
  tags: ReadonlyMap<string, string>;
  datasets: readonly MlflowDataset[];
}

/** All values of one metric of a run, by step. */
export interface MlflowSeries {
  key: string;
  values: Float64Array;
  steps: Float64Array;
  timestamps: Float64Array;
}

/** A model that a run logged, which since MLflow 3 has a folder of its own. */
export interface MlflowLoggedModel {
  id: string;
  name: string;
  experiment: string;
  runId: string | null;
  createdAt: number;
  artifactUri: string;
  /** As MLflow has it, with params, tags and metrics; kept as JSON. */
  description: Record<string, unknown>;
}

export interface MlflowVersion {
  model: string;
  version: number;
  createdAt: number;
  updatedAt: number;
  description: string | null;
  user: string | null;
  /** None, Staging, Production or Archived. */
  stage: string;
  /** Where its files are: `models:/m-…`, `runs:/…`, an address or a path. */
  source: string | null;
  storageLocation: string | null;
  runId: string | null;
  tags: ReadonlyMap<string, string>;
  aliases: readonly string[];
  modelDescription: string | null;
  modelTags: ReadonlyMap<string, string>;
}

/** An MLflow store of any kind, open for reading. */
export interface MlflowSource {
  /** Every experiment by name, with the number of its runs. */
  experiments(): ReadonlyMap<string, number>;
  /** Runs of these experiments, one at a time. */
  runs(experiments: ReadonlySet<string>): Iterable<MlflowRun>;
  history(run: MlflowRun): Iterable<MlflowSeries>;
  loggedModels(): Iterable<MlflowLoggedModel>;
  versions(): Iterable<MlflowVersion>;
  /** What the store holds beside that. */
  others(): Iterable<{ what: string; count: number }>;
  close(): void;
}
