import type { WriterProcess } from "./writer-process";

/** Value of a param: kept as text, with its type beside it. */
export type ParamValue = string | number | boolean;

/** Tables that a run logs as Parquet. */
export type TableKind = "features" | "predictions" | "explanations";

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
  | { kind: "run-end"; runId: string; status: RunStatus; error: string | null; at: number }
  | { kind: "param"; runId: string; key: string; value: string; type: string }
  | { kind: "tag"; runId: string; key: string; value: string }
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
      stage: string;
      digest: string;
      size: number;
      runId: string | null;
      input: string;
      output: string;
      sample: string | null;
      note: string | null;
      by: string;
      at: number;
    }
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
