/** Element types of the Open Inference Protocol. */
export type Datatype =
  | "BOOL"
  | "UINT8"
  | "UINT16"
  | "UINT32"
  | "UINT64"
  | "INT8"
  | "INT16"
  | "INT32"
  | "INT64"
  | "FP16"
  | "FP32"
  | "FP64"
  | "BYTES";

/**
 * A named tensor of a model: its Open Inference Protocol datatype, its shape with -1 for a free
 * dimension, and the column names of its last dimension when it is a table.
 */
export interface TensorSpec {
  name: string;
  datatype: Datatype;
  shape: number[];
  columns?: string[];
}

/** A tensor as the Open Inference Protocol writes it in JSON: flat, row-major. */
export interface InferTensor {
  name: string;
  shape: number[];
  datatype: Datatype;
  data: (number | boolean | string)[];
}

/** Inputs and the outputs a model gave for them once; whoever loads the model later repeats them. */
export interface GoldenSample {
  inputs: InferTensor[];
  outputs: InferTensor[];
}

/** Number of elements a shape holds; -1 dimensions are not allowed here. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Whether `shape` is one that `spec` allows: same rank, equal wherever the specification is not -1. */
export function shapeMatches(shape: readonly number[], spec: readonly number[]): boolean {
  return (
    shape.length === spec.length && spec.every((wanted, i) => wanted === -1 || wanted === shape[i])
  );
}

/** A shape as people write it: `[-1, 6]`. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
