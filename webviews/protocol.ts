import type {
  CellValue,
  ExplanationReport,
  FairnessReport,
  Report,
  ReportKind,
  ReportRowsOptions,
  RunStatus,
  TableKind,
  TensorSpec,
} from "assayer";

/** A number that JSON can carry. */
export type Numeric = number | "NaN" | "Infinity" | "-Infinity";

export interface MetricView {
  key: string;
  count: number;
  last: Numeric;
  lastStep: number;
  min: Numeric;
  max: Numeric;
}

/** One metric's points, decimated for the screen. Typed arrays carry NaN and the infinities. */
export interface CurveView {
  key: string;
  steps: Float64Array;
  values: Float64Array;
}

export interface ArtifactView {
  name: string;
  digest: string;
  size: number;
  mediaType: string;
}

export interface TableView {
  kind: TableKind;
  name: string;
  rows: number;
  columns: string[];
}

export interface RunView {
  runId: string;
  name: string;
  experiment: string;
  status: RunStatus;
  startedAt: number;
  endedAt: number | null;
  parent: { runId: string; name: string } | null;
  params: { key: string; value: string }[];
  tags: { key: string; value: string }[];
  metrics: MetricView[];
  curves: CurveView[];
  /** Metrics with a curve that are not among `curves`. */
  moreCurves: number;
  artifacts: ArtifactView[];
  tables: TableView[];
  versions: { model: string; number: number; stage: string }[];
  datasets: DatasetView[];
  reports: ReportLink[];
  starred: boolean;
  hidden: boolean;
  /** When the run was deleted, if it was. */
  deletedAt: number | null;
  note: string | null;
  error: string | null;
  source: { key: string; value: string }[];
}

/** Names a report of the project. */
export interface ReportReference {
  runId: string;
  kind: ReportKind;
  name: string;
}

/** A report of a run, to link to. */
export interface ReportLink extends ReportReference {
  verdict: ReportVerdict;
  /** The verdict in the words of its kind of report. */
  word: string;
  summary: string;
}

export type ReportVerdict = "stable" | "watch" | "alarm" | "undecided";

/** A report whole: it is plain JSON. */
export interface ReportView<K extends ReportKind> {
  reference: ReportReference;
  runName: string;
  report: Extract<Report, { kind: K }>;
}

/** A fairness report with the others of the project, to compare it with. */
export interface FairnessView extends ReportView<"fairness"> {
  others: OtherReport[];
}

export interface OtherReport {
  reference: ReportReference;
  runName: string;
  createdAt: number;
}

/** An explanation report, with what it takes to try other values and to compare versions. */
export interface ExplanationView extends ReportView<"explanation"> {
  /** Why other values cannot be tried; null where they can. */
  readOnly: string | null;
  /** Other reports on versions of the same model, the newest first. */
  others: OtherExplanation[];
}

export interface OtherExplanation {
  reference: ReportReference;
  /** Of the model. */
  version: number;
  createdAt: number;
}

/** A row's values, in the order of the report's columns, to be explained. */
export interface AskedValues {
  /** Of the answers that come late, the one to the last question counts. */
  sequence: number;
  values: CellValue[];
}

/** What a model says of values, and why, by output. */
export interface ExplainedValues {
  sequence: number;
  baseValues: number[];
  predictions: number[];
  shapValues: number[][];
}

/** What the model's own output, a probability or a number, should become. */
export interface Aim {
  side: "at least" | "at most";
  value: number;
}

/** What should become of values, and which columns stay as they are. */
export interface AskedChanges extends AskedValues {
  output: string;
  /** Null for the other answer: the other side of even odds, or of the average. */
  aim: Aim | null;
  held: string[];
}

/** Values that differ in little and that the model answers otherwise, the nearest first. */
export interface FoundChanges {
  sequence: number;
  aim: Aim;
  /** The model's own output for the values as they are. */
  now: number;
  /** What that is. */
  unit: string;
  changes: { values: CellValue[]; prediction: number }[];
  /** What to say where there is none. */
  note: string;
}

/** Data that a run used. */
export interface DatasetView {
  name: string;
  digest: string;
  context: string;
  source: string | null;
  rows: number | null;
}

/** One column of the runs table, a value for each run. */
export type RunsColumn =
  | { id: string; kind: "number"; values: Float64Array; present: Uint8Array }
  | { id: string; kind: "text"; values: (string | null)[] };

/**
 * Runs of the project by columns, newest first: 10,000 runs must travel in one message. Of what was logged there
 * are the columns that the table shows, sorts or filters by, since a project may have thousands.
 */
export interface RunsView {
  /** How many runs there are; more than are here while the first ones are shown and the rest is read. */
  total: number;
  runIds: string[];
  names: string[];
  experiments: string[];
  statuses: RunStatus[];
  startedAt: Float64Array;
  /** NaN while the run goes on. */
  endedAt: Float64Array;
  /** 1 where the run is starred. */
  starred: Uint8Array;
  /** 1 where the run is hidden. */
  hidden: Uint8Array;
  columns: RunsColumn[];
  /** The columns the user chose last, or null for the default ones. */
  chosen: string[] | null;
}

/** A metric, param or tag of the project: what a column can be made of. */
export interface RunsKey {
  /** `metrics.auc`, `params.depth`, `tags.team`. */
  id: string;
  /** How many runs have it. */
  runs: number;
}

/** What several runs have of one name: null where a run has none. */
export interface ComparedText {
  key: string;
  values: (string | null)[];
  differs: boolean;
}

export interface ComparedMetric {
  key: string;
  /** Last values. */
  values: (Numeric | null)[];
  differs: boolean;
  /** Which end is better. */
  direction: "higher" | "lower";
  /** Nobody said so: the metric's name did. */
  assumed: boolean;
  /** Positions of the runs with the best value. */
  best: number[];
}

/** A file that was logged with the code of the runs. */
export interface ComparedFile {
  name: string;
  /** SHA-256 for each run; null where there is none. */
  digests: (string | null)[];
  differs: boolean;
}

export interface ComparedRun {
  runId: string;
  name: string;
  experiment: string;
  status: RunStatus;
  startedAt: number;
  starred: boolean;
}

/** Runs side by side. */
export interface CompareView {
  runs: ComparedRun[];
  params: ComparedText[];
  tags: ComparedText[];
  metrics: ComparedMetric[];
  source: ComparedText[];
  /** Digests of the data that the runs used, by what for and name. */
  datasets: ComparedText[];
  environment: ComparedText[];
  files: ComparedFile[];
}

/** Points of one metric of one run. */
export interface ComparedCurve extends CurveView {
  runId: string;
  /** Milliseconds since the epoch. */
  timestamps: Float64Array;
}

export interface ImportanceView {
  /** Runs that have the metric. */
  runs: number;
  params: { param: string; importance: number; correlation: number | null }[];
}

export interface VersionView {
  number: number;
  stage: string;
  digest: string;
  size: number;
  createdAt: number;
  createdBy: string;
  run: { runId: string; name: string } | null;
  metrics: { key: string; value: Numeric }[];
  input: TensorSpec[];
  output: TensorSpec[];
  hasSample: boolean;
  note: string | null;
  /** Of its run. */
  reports: ReportLink[];
}

export interface TransitionView {
  number: number;
  from: string;
  to: string;
  reason: string;
  by: string;
  at: number;
}

export interface DeploymentView {
  number: number;
  target: string;
  status: "succeeded" | "failed";
  detail: string | null;
  by: string;
  at: number;
}

export interface ModelView {
  name: string;
  stages: string[];
  /** Newest first. */
  versions: VersionView[];
  history: TransitionView[];
  deployments: DeploymentView[];
}

/** The first rows of a logged table, as text. */
export interface TablePreview {
  columns: string[];
  rows: string[][];
}

/** A command about runs, as the palette has it. */
export type RunCommand =
  | "starRuns"
  | "unstarRuns"
  | "hideRuns"
  | "unhideRuns"
  | "deleteRuns"
  | "restoreRuns"
  | "renameRun"
  | "editRunTags"
  | "editRunNote"
  | "copyAsCode"
  | "compareRuns";

/** What a panel may ask of the extension, with the answer it gets. */
export interface Requests {
  "open-run": { ask: { runId: string }; answer: null };
  "open-model": { ask: { model: string; number?: number }; answer: null };
  "open-artifact": { ask: { name: string; digest: string }; answer: null };
  "open-report": { ask: ReportReference; answer: null };
  "export-report": { ask: ReportReference; answer: null };
  /** Rows behind the report that the panel shows. */
  "report-rows": { ask: ReportRowsOptions; answer: TablePreview };
  /** Another fairness report, to compare with. */
  "read-fairness": { ask: ReportReference; answer: FairnessReport };
  /** Another explanation report, to compare with. */
  "read-explanation": { ask: ReportReference; answer: ExplanationReport };
  /** Explained by the panel's version, or by the one that another report is on. */
  "explain-values": {
    ask: AskedValues & { by: ReportReference | null };
    answer: ExplainedValues;
  };
  "find-changes": { ask: AskedChanges; answer: FoundChanges };
  /** Ends the search for changes. */
  "stop-changes": { ask: null; answer: null };
  "explain-model": { ask: { model: string; number: number }; answer: null };
  "read-artifact": { ask: { digest: string }; answer: Uint8Array };
  "preview-table": { ask: { kind: TableKind; name: string }; answer: TablePreview };
  "run-command": { ask: { command: RunCommand; runIds: string[] }; answer: null };
  promote: { ask: { model: string; number: number }; answer: null };
  push: { ask: { model: string; number: number }; answer: null };
  copy: { ask: { text: string }; answer: null };
  /** Columns the table shows, and those that its filter and order need besides; the view comes anew. */
  "choose-columns": { ask: { chosen: string[] | null; needed: string[] }; answer: null };
  "run-keys": { ask: null; answer: RunsKey[] };
  /** Runs that match a filter of the project's own language. */
  "filter-runs": { ask: { filter: string }; answer: string[] };
  "metric-curves": { ask: { keys: string[] }; answer: ComparedCurve[] };
  "metric-direction": {
    ask: { key: string; direction: "higher" | "lower" };
    answer: null;
  };
  "param-importance": {
    ask: { metric: string; over: "compared" | "experiment" };
    answer: ImportanceView;
  };
  /** Digests of the two sides, empty for a side without the file, and which runs they are of. */
  "open-diff": {
    ask: { name: string; left: string; right: string; between: string };
    answer: null;
  };
}

export type RequestKind = keyof Requests;

/** Messages of a panel to the extension. */
export type FromWebview =
  | { kind: "ready" }
  | { kind: "fault"; message: string; stack: string }
  | {
      [K in RequestKind]: { kind: "request"; id: number; request: K; ask: Requests[K]["ask"] };
    }[RequestKind];

/** Messages of the extension to a panel. */
export type ToWebview =
  | { kind: "show-run"; view: RunView }
  | { kind: "show-runs"; view: RunsView }
  | { kind: "show-comparison"; view: CompareView }
  | { kind: "show-model"; view: ModelView }
  | { kind: "show-drift"; view: ReportView<"drift"> }
  | { kind: "show-quality"; view: ReportView<"quality"> }
  | { kind: "show-performance"; view: ReportView<"performance"> }
  | { kind: "show-fairness"; view: FairnessView }
  | { kind: "show-explanation"; view: ExplanationView }
  | { kind: "select-version"; number: number }
  | { kind: "cannot-show"; message: string }
  | { kind: "reply"; id: number; answer: Requests[RequestKind]["answer"] }
  | { kind: "refusal"; id: number; message: string };
