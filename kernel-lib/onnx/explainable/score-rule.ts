import type { PostTransform } from "../../explain/explainable-model";
import { invalidModel } from "./invalid-model";
import type { Attributes } from "./model-graph";

export type Spread = readonly (readonly [output: number, factor: number] | null)[];

/** What is explained of an operator's scores, and where ONNX Runtime puts it. */
export interface ScoreRule {
  outputs: string[];
  /** By sum of the operator's own: the output that it goes into and its factor there; null where it goes nowhere. */
  spread: Spread;
  /** Added to each of `outputs`. */
  shift: number[];
  postTransform: PostTransform;
  /** Columns of the operator's table of scores that `outputs` are, after the post transform. */
  columns: number[];
}

/** More than any model has; a number of outputs is a claim of a few bytes. */
export const mostOutputs = 10_000;

export function requireOutputs(count: number): number {
  if (count >= 1 && count <= mostOutputs) return count;
  throw invalidModel(`from 1 to ${mostOutputs} outputs`, `${count}`);
}

const postTransforms: Record<string, PostTransform> = {
  NONE: "none",
  LOGISTIC: "logistic",
  SOFTMAX: "softmax",
  SOFTMAX_ZERO: "softmax-zero",
  PROBIT: "probit",
};

export function transformOf(attributes: Attributes): PostTransform {
  const name = attributes.text("post_transform") ?? "NONE";
  const transform = Object.hasOwn(postTransforms, name) ? postTransforms[name] : undefined;
  if (transform) return transform;
  throw invalidModel("a post transform that ONNX knows", name);
}

/** Targets are numbered, a single one has the name of the output. */
export function targetNames(output: string, count: number): string[] {
  return count === 1 ? [output] : Array.from({ length: count }, (_, i) => `${output}_${i}`);
}

/** Each sum as it is. ONNX Runtime leaves a single one alone, whatever the transform says, but for probit. */
export function allScores(outputs: string[], transform: PostTransform): ScoreRule {
  return {
    outputs,
    spread: outputs.map((_, i) => [i, 1]),
    shift: outputs.map(() => 0),
    postTransform: outputs.length > 1 || transform === "probit" ? transform : "none",
    columns: outputs.map((_, i) => i),
  };
}

/**
 * Of two classes with a sum each, the second one. The softmax of two is the logistic function of their difference;
 * the one that leaves zeros alone has no such form, so that both are kept.
 */
export function secondOfTwo(labels: string[], transform: PostTransform): ScoreRule {
  if (transform === "softmax-zero") return allScores(labels, transform);
  const isSoftmax = transform === "softmax";
  return {
    outputs: labels.slice(1),
    spread: [isSoftmax ? [0, -1] : null, [0, 1]],
    shift: [0],
    postTransform: isSoftmax ? "logistic" : transform,
    columns: [1],
  };
}

/**
 * Two classes that share one sum, the second one's: ONNX Runtime makes the other's score of it, and applies the
 * logistic function alone. Undefined for probit, of which it writes one column and leaves the other as it was.
 */
export function oneOfTwo(labels: string[], transform: PostTransform): ScoreRule | undefined {
  if (transform === "probit") return undefined;
  return {
    outputs: labels.slice(1),
    spread: [[0, 1]],
    shift: [0],
    postTransform: transform === "logistic" ? "logistic" : "none",
    columns: [1],
  };
}

/** The operator's sums, sums × size and row-major, as those that are explained. */
export function spreadSums(
  values: ArrayLike<number>,
  size: number,
  { outputs, spread }: ScoreRule,
): Float64Array {
  const result = new Float64Array(outputs.length * size);
  spread.forEach((target, source) => {
    if (target === null) return;
    const [output, factor] = target;
    for (let i = 0; i < size; i++)
      result[output * size + i] =
        Number(result[output * size + i]) + factor * Number(values[source * size + i]);
  });
  return requireFinite(result);
}

/** The operator's base values or intercepts, as those of what is explained. */
export function spreadBase(base: ArrayLike<number>, rule: ScoreRule): Float64Array {
  const sums = spreadSums(base, 1, rule);
  return requireFinite(sums.map((sum, output) => sum + Number(rule.shift[output])));
}

export function requireFinite(values: Float64Array): Float64Array {
  const bad = values.find((value) => !Number.isFinite(value));
  if (bad === undefined) return values;
  throw invalidModel("weights that are finite", `${bad}`);
}

/** Whether all classes' scores are what a softmax gives, or two of one sum. */
export function isProbability({ outputs, spread, postTransform }: ScoreRule): boolean {
  if (postTransform === "softmax") return true;
  const isOfTwo = spread.length === 2 && spread[0] !== null;
  return outputs.length === 1 && postTransform === "logistic" && (spread.length === 1 || isOfTwo);
}
