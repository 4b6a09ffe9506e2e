import type { CoreReading } from "./core-reading";
import { isAll, type GraphNode, type ModelGraph } from "./model-graph";
import { alongColumns } from "./read-linear";
import { allScores, type ScoreRule } from "./score-rule";
import type { Trace } from "./trace";

/** Scores on their way from the core to the model's outputs. */
export interface Scores {
  kind: "scores";
  rule: ScoreRule;
  /** By place: the output that it is; -1 for one that is made of others, such as the first of two classes. */
  holds: Trace;
  /** Whether a row's scores are at least 0 and sum to 1. */
  sumsToOne: boolean;
  /** Whether there are two sums, one the negative of the other but for what is added behind the core. */
  isOpposed: boolean;
}

/** What comes of scores: scores still, their sum of 1, what a decision was made of, or something not followed. */
export type Kept = Scores | { kind: "one" } | { kind: "decision" } | { kind: "lost"; why: string };

export function scoresOf({ rule, labels, sums, sumsToOne, isOpposed }: CoreReading): Scores {
  const width = labels?.length ?? sums;
  const origins = Int32Array.from({ length: width }, (_, column) => rule.columns.indexOf(column));
  return { kind: "scores", rule, holds: { shape: [width], origins }, sumsToOne, isOpposed };
}

/** Whether a node gives out the scores that it is given. */
export function leavesAlone(
  { operator, attributes, inputs }: GraphNode,
  graph: ModelGraph,
  { sumsToOne, rule }: Scores,
  isLeft: boolean,
): boolean {
  const isOne = isAll(graph, inputs[isLeft ? 1 : 0] ?? "", 1);
  if (operator === "Mul") return isOne;
  if (operator === "Div") return isLeft && isOne;
  if (operator === "Abs") return sumsToOne || ["logistic", "softmax"].includes(rule.postTransform);
  if (operator === "ai.onnx.ml.Normalizer") return attributes.text("norm") === "L1" && sumsToOne;
  return operator === "ai.onnx.ml.ZipMap" || operator === "Dropout";
}

export function sumsRows({ attributes, inputs }: GraphNode, graph: ModelGraph): boolean {
  const axes = inputs[1] ? graph.constant(inputs[1])?.numbers : attributes.ints("axes");
  const isAlong = axes?.length === 1 && (axes[0] === 1 || axes[0] === -1);
  return isAlong && attributes.int("keepdims", 1) === 1;
}

/** One score of two classes, behind what was made of it for the first one: most often its negative. */
export function besideNegative({ operator }: GraphNode, all: readonly Scores[]): Kept | undefined {
  const [first, second] = all;
  const isOneEach = all.every(({ holds }) => holds.origins.length === 1);
  if (operator !== "Concat" || all.length !== 2 || !isOneEach || !first || !second)
    return undefined;
  const origins = Int32Array.of(-1, Number(second.holds.origins[0]));
  return { ...second, sumsToOne: false, isOpposed: false, holds: { shape: [2], origins } };
}

/** An exponential function times a constant, which is one of a sum and the constant's logarithm. */
export function timesConstant(
  { inputs }: GraphNode,
  graph: ModelGraph,
  scores: Scores,
  isLeft: boolean,
): Kept | undefined {
  const { rule, holds } = scores;
  const factors = alongColumns(graph.constant(inputs[isLeft ? 1 : 0] ?? ""), holds.origins.length);
  if (!factors?.every((factor) => factor > 0 && factor < Infinity)) return undefined;
  const shift = rule.shift.map(
    (own, output) => own + Math.log(factors[holds.origins.indexOf(output)] ?? 1),
  );
  return { ...scores, rule: { ...rule, shift } };
}

/** Logistic functions of all classes, each divided by their sum. */
export function shares({ attributes, inputs }: GraphNode, core: CoreReading): Kept | undefined {
  const { labels, sums, scores, rule } = core;
  if (attributes.text("norm") !== "L1" || inputs[0] !== scores) return undefined;
  if (rule.postTransform !== "logistic" || labels?.length !== sums) return undefined;
  return scoresOf({ ...core, rule: allScores(labels, "one-vs-rest"), sumsToOne: true });
}

/** Raw scores that are scaled, shifted or put through a function. */
export function transformed(
  { operator, inputs, attributes }: GraphNode,
  graph: ModelGraph,
  scores: Scores,
  isLeft: boolean,
): Kept | undefined {
  const { rule, holds } = scores;
  const { origins } = holds;
  const width = origins.length;
  const isPair = width === 2 && origins[0] === 0 && origins[1] === 1;
  const [first = 0, second = 0] = rule.shift;
  if (operator === "Sigmoid") {
    if (isPair && scores.isOpposed && first === -second) return ofPair(scores, 0);
    return { ...scores, rule: { ...rule, postTransform: "logistic" } };
  }
  if (operator === "Exp") return { ...scores, rule: { ...rule, postTransform: "exp" } };
  if (operator === "Softmax") {
    // The last axis or axis 1, by opset: the same of a table.
    if (![1, -1].includes(attributes.int("axis", -1)) || width === 1) return undefined;
    if (isPair) return ofPair(scores, -1);
    const isAllOfThem = rule.outputs.length === width && origins.every((output, i) => output === i);
    return isAllOfThem
      ? { ...scores, sumsToOne: true, rule: { ...rule, postTransform: "softmax" } }
      : undefined;
  }
  const values = alongColumns(graph.constant(inputs[isLeft ? 1 : 0] ?? ""), width);
  if (values === undefined || !values.every(Number.isFinite)) return undefined;
  const at = (output: number): number => values[origins.indexOf(output)] ?? 0;
  const shifted = (sign: number): Kept => ({
    ...scores,
    rule: { ...rule, shift: rule.shift.map((shift, output) => shift + sign * at(output)) },
  });
  const scaled = (factorOf: (output: number) => number): Kept => ({
    ...scores,
    isOpposed: false,
    rule: {
      ...rule,
      spread: rule.spread.map((target) => target && [target[0], target[1] * factorOf(target[0])]),
      shift: rule.shift.map((shift, output) => shift * factorOf(output)),
    },
  });
  if (operator === "Add") return shifted(1);
  if (operator === "Mul") return scaled(at);
  if (operator === "Sub" && isLeft) return shifted(-1);
  if (operator === "Div" && isLeft && !values.includes(0))
    return scaled((output) => 1 / at(output));
  return undefined;
}

/** The second of two scores, less the first one times `-firstFactor`, as a logistic function. */
function ofPair({ rule, holds, ...scores }: Scores, firstFactor: number): Kept {
  const [first = 0, second = 0] = rule.shift;
  return {
    ...scores,
    sumsToOne: true,
    holds: { ...holds, origins: Int32Array.of(-1, 0) },
    rule: {
      ...rule,
      outputs: rule.outputs.slice(1),
      spread: rule.spread.map((target) => {
        if (target?.[0] !== 0) return target && [0, target[1]];
        return firstFactor === 0 ? null : [0, firstFactor * target[1]];
      }),
      shift: [second + firstFactor * first],
      postTransform: "logistic",
    },
  };
}
