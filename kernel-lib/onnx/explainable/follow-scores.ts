import type { CoreReading } from "./core-reading";
import { isAll, type GraphNode, type ModelGraph } from "./model-graph";
import { pickedLabels } from "./opaque-outputs";
import { targetNames, type ScoreRule } from "./score-rule";
import {
  besideNegative,
  leavesAlone,
  scoresOf,
  shares,
  sumsRows,
  timesConstant,
  transformed,
  type Kept,
  type Scores,
} from "./score-steps";
import { traceNode } from "./stages";
import { isTraced, mostWork } from "./trace";
import { Unreadable } from "./unreadable";

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
  let work = 0;
  for (const node of graph.nodes) {
    const given = node.inputs.map((name) => known.get(name));
    if (given.every((each) => each === undefined)) continue;
    for (const each of given) work += each?.kind === "scores" ? each.holds.origins.length : 0;
    const kept = work > mostWork ? [lost(node)] : follow(node, graph, core, given);
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
