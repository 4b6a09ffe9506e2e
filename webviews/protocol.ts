import type { RunStatus, TableKind, TensorSpec } from "assayer";

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
  artifacts: ArtifactView[];
  tables: TableView[];
  versions: { model: string; number: number; stage: string }[];
  note: string | null;
  error: string | null;
  source: { key: string; value: string }[];
}

/** One column of the runs table, a value for each run. */
export type RunsColumn =
  | { id: string; kind: "number"; values: Float64Array; present: Uint8Array }
  | { id: string; kind: "text"; values: (string | null)[] };

/** Every run of the project by columns, newest first: 10,000 runs must travel in one message. */
export interface RunsView {
  runIds: string[];
  names: string[];
  experiments: string[];
  statuses: RunStatus[];
  startedAt: Float64Array;
  /** NaN while the run goes on. */
  endedAt: Float64Array;
  columns: RunsColumn[];
  /** The columns the user chose last, or null for the default ones. */
  chosen: string[] | null;
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

/** What a panel may ask of the extension, with the answer it gets. */
export interface Requests {
  "open-run": { ask: { runId: string }; answer: null };
  "open-model": { ask: { model: string; number?: number }; answer: null };
  "open-artifact": { ask: { name: string; digest: string }; answer: null };
  "preview-table": { ask: { kind: TableKind; name: string }; answer: TablePreview };
  promote: { ask: { model: string; number: number }; answer: null };
  push: { ask: { model: string; number: number }; answer: null };
  "choose-columns": { ask: { chosen: string[] }; answer: null };
  copy: { ask: { text: string }; answer: null };
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
  | { kind: "show-model"; view: ModelView }
  | { kind: "select-version"; number: number }
  | { kind: "cannot-show"; message: string }
  | { kind: "reply"; id: number; answer: Requests[RequestKind]["answer"] }
  | { kind: "refusal"; id: number; message: string };
