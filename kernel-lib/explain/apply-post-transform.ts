import { normalQuantile } from "../stats/normal-quantile";
import type { PostTransform } from "./explainable-model";

/**
 * What ONNX Runtime gives out for raw outputs of a core, in double precision.
 *
 * @param raw n × k, row-major
 * @param outputs k
 * @returns n × k
 * @see https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/core/providers/cpu/ml/ml_common.h
 */
export function applyPostTransform(
  raw: Float64Array,
  outputs: number,
  transform: PostTransform,
): Float64Array {
  switch (transform) {
    case "none":
      return raw;
    case "logistic":
      return raw.map((margin) => 1 / (1 + Math.exp(-margin)));
    case "exp":
      return raw.map(Math.exp);
    case "probit":
      return raw.map(normalQuantile);
    case "one-vs-rest":
      return byRow(applyPostTransform(raw, outputs, "logistic"), outputs, shares);
    default:
      return byRow(raw, outputs, (row) => softmax(row, transform === "softmax-zero"));
  }
}

function byRow(
  values: Float64Array,
  outputs: number,
  transform: (row: Float64Array) => Float64Array,
): Float64Array {
  const result = new Float64Array(values.length);
  for (let start = 0; start < values.length; start += outputs)
    result.set(transform(values.subarray(start, start + outputs)), start);
  return result;
}

function shares(row: Float64Array): Float64Array {
  const sum = row.reduce((a, b) => a + b, 0);
  return row.map((value) => value / sum);
}

/** Below it a raw output counts as zero, which softmax-zero leaves alone but for the scale. */
const zero = 1e-7;

function softmax(raw: Float64Array, keepsZero: boolean): Float64Array {
  const highest = raw.reduce((a, b) => Math.max(a, b), -Infinity);
  const isZero = (value: number) => keepsZero && Math.abs(value) <= zero;
  const parts = raw.map((value) =>
    isZero(value) ? value * Math.exp(-highest) : Math.exp(value - highest),
  );
  let sum = 0;
  raw.forEach((value, i) => {
    if (!isZero(value)) sum += Number(parts[i]);
  });
  return parts.map((part) => part / sum);
}
