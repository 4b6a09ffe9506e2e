import type { GoldenSample, TensorSpec } from "../onnx/tensor";
import type { Columns } from "../store/tables/table-data";
import type { Upload } from "./upload";

/** A version a server can run. */
export interface ServedVersion {
  number: number;
  /** SHA-256 of the ONNX file, hex. */
  digest: string;
  input: TensorSpec[];
  output: TensorSpec[];
  sample: GoldenSample | null;
}

export interface ServedModel {
  name: string;
  /** Newest first. */
  versions: ServedVersion[];
  /** What requests that name no version get: the version in production. */
  current: ServedVersion | undefined;
}

/** Where a server's models come from: a project's registry, or an edge bundle. */
export interface ModelSource {
  models(): Promise<ServedModel[]>;
  /** The ONNX file of a version, verified against its digest. */
  read(version: ServedVersion): Promise<Uint8Array>;
  /** Rows that explanations of a version compare with now; null, or absent, where there are none. */
  background?(model: string, version: ServedVersion): Promise<Columns | null>;
  /** Calls `listener` soon after what `models` says may have changed. */
  watch(listener: () => void): { close(): void };
  /** Verifies and keeps a model that was sent here, and makes it current; absent where none are taken. */
  accept?(upload: Upload): Promise<void>;
}
