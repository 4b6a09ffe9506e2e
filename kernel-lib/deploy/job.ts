import type { Project } from "../project";
import type { ModelVersion } from "../registry/registry";

/** One push under way: what is sent, and how to tell of it and stop it. */
export interface PushJob {
  project: Project;
  version: ModelVersion;
  onnx: Uint8Array;
  token: string | undefined;
  signal: AbortSignal | undefined;
  progress: (message: string) => void;
}

export interface PushOutcome {
  /** What was done, in a line. */
  detail: string;
  /** The edge bundle's counter. */
  counter?: number;
}

/** A kind of place models can be pushed to. */
export interface TargetKind {
  kind: "remote" | "edge";
  /** What its targets look like, for help and errors. */
  form: string;
  /** The address in a target of this kind in its one proper spelling, undefined for another kind's. */
  parse(target: string): string | undefined;
  push(job: PushJob, address: string): Promise<PushOutcome>;
}
