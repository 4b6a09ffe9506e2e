import type { WriterProcess } from "./writer-process";

/** Value of a param: kept as text, with its type beside it. */
export type ParamValue = string | number | boolean;

/** Tables that a run logs as Parquet; those of kind `table` hold what their name says. */
export type TableKind = "features" | "predictions" | "explanations" | "table";

/** An artifact with what is kept of the data that a model version was made with: its profile, or some rows. */
export interface KeptProfile {
  digest: string;
  size: number;
  rows: number;
  columns: number;
}

/** What the bytes of a model version are: a model that is served, or the files of one that is kept as it came. */
export type ModelFormat = "onnx" | "mlflow";

export type RunStatus = "running" | "finished" | "failed" | "killed";

/** Where a run's code came from. */
export interface RunSource {
  kind: "notebook" | "script" | "unknown";
  name: string | null;
  gitCommit: string | null;
  gitDirty: boolean | null;
  nodeVersion: string;
  assayerVersion: string;
  user: string;
}

/**
 * What a journal holds beside metric values. Each event is a fact that happened once; `at` is in
 * milliseconds since the epoch. Fields are only ever added, and readers pass over kinds they do not know.
 */
export type JournalEvent =
  | ({ kind: "segment"; writer: string } & WriterProcess)
  | { kind: "segment-end" }
  | {
      kind: "run-start";
      runId: string;
      experiment: string;
      name: string;
      parentRunId: string | null;
      at: number;
      source: RunSource;
    }
  /** How a run ended; `running` when it goes on after it had ended. */
  | { kind: "run-status"; runId: string; status: RunStatus; error: string | null; at: number }
  /** What people change about a run later; fields that are not there stay. */
  | {
      kind: "run-edit";
      runId: string;
      name?: string;
      starred?: boolean;
      hidden?: boolean;
      deleted?: boolean;
      by: string;
      at: number;
    }
  | { kind: "param"; runId: string; key: string; value: string; type: string }
  /** Null takes the tag away. */
  | { kind: "tag"; runId: string; key: string; value: string | null }
  | { kind: "note"; runId: string; text: string }
  | {
      kind: "artifact";
      runId: string;
      name: string;
      digest: string;
      size: number;
      mediaType: string;
      at: number;
    }
  | {
      kind: "dataset";
      runId: string;
      name: string;
      digest: string;
      /** What the run used it for, such as training. */
      context: string;
      source: string | null;
      rows: number | null;
      /** JSON: columns with their types. */
      schema: string | null;
      /** JSON: statistics of each column. */
      profile: string | null;
      at: number;
    }
  | {
      kind: "table";
      runId: string;
      table: TableKind;
      name: string;
      rows: number;
      columns: string[];
      path: string;
      at: number;
    }
  | {
      kind: "model-version";
      model: string;
      number: number;
      /** Default onnx. */
      format?: ModelFormat;
      stage: string;
      digest: string;
      size: number;
      runId: string | null;
      input: string;
      output: string;
      sample: string | null;
      note: string | null;
      profile?: KeptProfile;
      background?: KeptProfile;
      by: string;
      at: number;
    }
  /** Null takes the tag away. */
  | { kind: "version-tag"; model: string; number: number; key: string; value: string | null }
  /** The last one counts; of each kind. */
  | ({
      kind: "version-profile" | "version-background";
      model: string;
      number: number;
      by: string;
      at: number;
    } & KeptProfile)
  | {
      kind: "stage";
      model: string;
      /** In order: of a version that is replaced, then of the one that replaces it. */
      moves: { number: number; from: string; to: string; reason: string }[];
      by: string;
      at: number;
    }
  | {
      kind: "deployment";
      deploymentId: string;
      model: string;
      number: number;
      target: string;
      status: "succeeded" | "failed";
      detail: string | null;
      counter: number | null;
      by: string;
      at: number;
    };
