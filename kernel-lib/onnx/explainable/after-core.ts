import type { CoreReading } from "./core-reading";
import { isAll, type GraphNode, type ModelGraph } from "./model-graph";
import { pickedLabels } from "./opaque-outputs";
import { alongColumns } from "./read-linear";
import { allScores, targetNames, type ScoreRule } from "./score-rule";
import { traceNode } from "./stages";
import { isTraced, type Trace } from "./trace";
import { Unreadable } from "./unreadable";

/** Scores on their way from the core to the model's outputs. */
interface Scores {
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
type Kept = Scores | { kind: "one" } | { kind: "decision" } | { kind: "lost"; why: string };

/** Scores as they are given out. */
export interface GivenScores {
  rule: ScoreRule;
  compared: { output: string; columns: number[] } | null;
}

/** Operators that move scores and leave their values alone; the first ones keep all of them together. */
const keepers = ["Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose"];
const movers = [
  ...keepers,
  ...["Gather", "Slice", "Split", "Concat"],
  ...["ai.onnx.ml.ArrayFeatureExtractor", "ai.onnx.ml.FeatureVectorizer"],
];
const deciders = ["ArgMax", "ArgMin", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "TopK"];
const floats = [1, 11];

/**
 * Follows the scores of a core to the model's outputs.
 *
 * @throws Unreadable where the model gives out something else that is made of them
 */
export function followScores(core: CoreReading, graph: ModelGraph): GivenScores {
  const known = new Map<string, Kept>();
  for (const name of graph.maker(core.scores)?.outputs ?? []) known.set(name, { kind: "decision" });
  known.set(core.scores, scoresOf(core));
  let labels: readonly string[] | undefined;
  for (const node of graph.nodes) {
    const given = node.inputs.map((name) => known.get(name));
    if (given.every((each) => each === undefined)) continue;
    const kept = follow(node, graph, core, given);
    node.outputs.forEach((output, i) => {
      known.set(output, kept[i] ?? kept[0] ?? lost(node));
    });
    // The label of the highest score is picked out of the labels.
    if (given[1]?.kind === "decision") labels ??= pickedLabels(node, graph);
  }
  const outputs = graph.outputs.map(({ name = "" }) => ({ name, kept: known.get(name) }));
  const complete = outputs.flatMap(({ name, kept }) => {
    if (kept?.kind !== "scores") return [];
    const columns = kept.rule.outputs.map((_, output) => kept.holds.origins.indexOf(output));
    const rule = core.labels ? kept.rule : named(kept.rule, name, columns, labels);
    return columns.includes(-1) ? [] : [{ rule, compared: { output: name, columns } }];
  });
  // Of raw scores and probabilities, the probabilities.
  const best = complete.find(({ rule }) => rule.postTransform !== "none") ?? complete[0];
  if (best) return best;
  for (const { kept } of outputs) if (kept?.kind === "lost") throw new Unreadable(kept.why);
  return { rule: core.rule, compared: null };
}

function scoresOf({ rule, labels, sums, sumsToOne, isOpposed }: CoreReading): Scores {
  const width = labels?.length ?? sums;
  const origins = Int32Array.from({ length: width }, (_, column) => rule.columns.indexOf(column));
  return { kind: "scores", rule, holds: { shape: [width], origins }, sumsToOne, isOpposed };
}

function lost({ operator }: GraphNode): Kept {
  const name = operator.replace("ai.onnx.ml.", "");
  return { kind: "lost", why: `operator ${name} behind the core is not read` };
}

/** Outputs of a core without labels, after those that are picked behind it or the model's output. */
function named(
  rule: ScoreRule,
  output: string,
  columns: readonly number[],
  labels: readonly string[] | undefined,
): ScoreRule {
  const names = targetNames(output, rule.outputs.length);
  return { ...rule, outputs: names.map((name, o) => labels?.[columns[o] ?? -1] ?? name) };
}

/** What comes of a node's inputs: of each output, or the same of all. */
function follow(
  node: GraphNode,
  graph: ModelGraph,
  core: CoreReading,
  given: readonly (Kept | undefined)[],
): Kept[] {
  const { operator } = node;
  const astray = given.find((each) => each?.kind === "lost");
  if (astray) return [astray];
  if (given.some((each) => each?.kind === "decision") || deciders.includes(operator))
    return [{ kind: "decision" }];
  const all = given.filter((each) => each?.kind === "scores");
  const [scores] = all;
  if (scores === undefined) return [lost(node)];
  if (all.some(({ rule }) => rule !== scores.rule))
    return [besideNegative(node, all) ?? lost(node)];
  if (movers.includes(operator)) return moved(node, graph, given, scores);
  if (all.length > 1) return [lost(node)];
  const isLeft = given[0] === scores;
  const isDivided = operator === "Div" && isLeft && given[1]?.kind === "one";
  if (isDivided || leavesAlone(node, graph, scores, isLeft)) return [scores];
  if (operator === "ReduceSum" && scores.sumsToOne && sumsRows(node, graph))
    return [{ kind: "one" }];
  if (operator === "ai.onnx.ml.Normalizer") return [shares(node, core) ?? lost(node)];
  const isRest = operator === "Sub" && !isLeft && isAll(graph, node.inputs[0] ?? "", 1);
  if (isRest) {
    const origins = scores.holds.origins.map(() => -1);
    return [{ ...scores, sumsToOne: false, holds: { ...scores.holds, origins } }];
  }
  if (operator === "Mul" && scores.rule.postTransform === "exp")
    return [timesConstant(node, graph, scores, isLeft) ?? lost(node)];
  if (scores.rule.postTransform !== "none") return [lost(node)];
  return [transformed(node, graph, { ...scores, sumsToOne: false }, isLeft) ?? lost(node)];
}

/** Whether a node gives out the scores that it is given. */
function leavesAlone(
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

function sumsRows({ attributes, inputs }: GraphNode, graph: ModelGraph): boolean {
  const axes = inputs[1] ? graph.constant(inputs[1])?.numbers : attributes.ints("axes");
  const isAlong = axes?.length === 1 && (axes[0] === 1 || axes[0] === -1);
  return isAlong && attributes.int("keepdims", 1) === 1;
}

/** One score of two classes, behind what was made of it for the first one: most often its negative. */
function besideNegative({ operator }: GraphNode, all: readonly Scores[]): Kept | undefined {
  const [first, second] = all;
  const isOneEach = all.every(({ holds }) => holds.origins.length === 1);
  if (operator !== "Concat" || all.length !== 2 || !isOneEach || !first || !second)
    return undefined;
  const origins = Int32Array.of(-1, Number(second.holds.origins[0]));
  return { ...second, sumsToOne: false, isOpposed: false, holds: { shape: [2], origins } };
}

/** An exponential function times a constant, which is one of a sum and the constant's logarithm. */
function timesConstant(
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
function shares({ attributes, inputs }: GraphNode, core: CoreReading): Kept | undefined {
  const { labels, sums, scores, rule } = core;
  if (attributes.text("norm") !== "L1" || inputs[0] !== scores) return undefined;
  if (rule.postTransform !== "logistic" || labels?.length !== sums) return undefined;
  return scoresOf({ ...core, rule: allScores(labels, "one-vs-rest"), sumsToOne: true });
}

function moved(
  node: GraphNode,
  graph: ModelGraph,
  given: readonly (Kept | undefined)[],
  scores: Scores,
): Kept[] {
  const { operator, attributes, inputs } = node;
  if (operator === "Cast" && !floats.includes(attributes.int("to", 0))) return [lost(node)];
  const known = new Map(
    inputs.flatMap((name, i) => {
      const kept = given[i];
      return kept?.kind === "scores" ? [[name, kept.holds] as const] : [];
    }),
  );
  const traces = traceNode(node, graph, known);
  const isWhole = keepers.includes(operator);
  return traces.map((holds) =>
    isTraced(holds)
      ? {
          ...scores,
          holds,
          sumsToOne: isWhole && scores.sumsToOne,
          isOpposed: isWhole && scores.isOpposed,
        }
      : lost(node),
  );
}

/** Raw scores that are scaled, shifted or put through a function. */
function transformed(
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
