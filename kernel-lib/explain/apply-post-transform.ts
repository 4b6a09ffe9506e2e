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
    case "probit":
      return raw.map(normalQuantile);
    default: {
      const result = new Float64Array(raw.length);
      for (let start = 0; start < raw.length; start += outputs)
        result.set(
          softmax(raw.subarray(start, start + outputs), transform === "softmax-zero"),
          start,
        );
      return result;
    }
  }
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
