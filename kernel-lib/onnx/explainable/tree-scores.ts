import { invalidModel } from "./invalid-model";
import { leafMode, type ListedTrees } from "./listed-trees";
import type { Attributes } from "./model-graph";
import { allScores, oneOfTwo, secondOfTwo, transformOf, type ScoreRule } from "./score-rule";
import { Unreadable } from "./unreadable";

/** What a tree's weights are multiplied by. */
export function aggregateShare(name: string, trees: number): number {
  if (name === "SUM") return 1;
  if (name === "AVERAGE") return 1 / Math.max(1, trees);
  if (name === "MIN" || name === "MAX")
    throw new Unreadable(`a tree ensemble that aggregates by ${name} is no sum of trees`);
  throw invalidModel("an aggregate function that ONNX knows", name);
}

/**
 * Which class's weights make which score. Two classes are ONNX Runtime's special case: weights of one class alone
 * make the score of the second one, and base values go to the first sum alone.
 */
export function classRule(
  attributes: Attributes,
  labels: string[],
  trees: ListedTrees,
  baseValues: number,
): ScoreRule {
  const transform = transformOf(attributes);
  if (labels.length !== 2) return allScores(labels, transform);
  if (baseValues === 2)
    throw new Unreadable(
      "ONNX Runtime does not add base values of two classes as they are written",
    );
  const scored = new Set(Array.from(trees.weights.output));
  if (!scored.has(1)) {
    const rule = oneOfTwo(labels, transform);
    if (rule) return rule;
    throw new Unreadable("ONNX Runtime leaves the second class of a PROBIT of one sum open");
  }
  if (!alwaysScoresSecond(trees))
    throw new Unreadable(
      "ONNX Runtime gives rows that come to no weight of the second class other scores",
    );
  if (scored.size === 1 && (baseValues > 0 || transform === "softmax-zero"))
    throw new Unreadable("ONNX Runtime takes the weights of the second class alone as no sum");
  return secondOfTwo(labels, transform);
}

/** Whether there is a tree all of whose leaves have a weight of the second class. */
function alwaysScoresSecond({ mode, roots, weights }: ListedTrees): boolean {
  const isScored = new Uint8Array(mode.length);
  for (let i = 0; i < weights.value.length; i++)
    if (weights.output[i] === 1) isScored[Number(weights.node[i])] = 1;
  return Array.from(roots).some((root, i) => {
    const end = roots[i + 1] ?? mode.length;
    for (let node = root; node < end; node++)
      if (mode[node] === leafMode && isScored[node] !== 1) return false;
    return true;
  });
}

/** Whether the weights of each leaf sum to a tree's share of one, so that the scores of a row are probabilities. */
export function isDistribution({ mode, roots, weights }: ListedTrees, share: number): boolean {
  const sums = new Float64Array(mode.length);
  for (let i = 0; i < weights.value.length; i++) {
    const weight = Number(weights.value[i]) * share;
    if (!(weight >= 0)) return false;
    const node = Number(weights.node[i]);
    sums[node] = Number(sums[node]) + weight;
  }
  const ofTree = 1 / roots.length;
  return mode.every(
    (own, node) => own !== leafMode || Math.abs(Number(sums[node]) - ofTree) < 1e-5 * ofTree,
  );
}

/** Of a single output ONNX Runtime takes the node's value where a leaf has no weight. */
export function withLeafValues(trees: ListedTrees): ListedTrees {
  const { mode, threshold, weights } = trees;
  const weighted = new Uint8Array(mode.length);
  for (let i = 0; i < weights.node.length; i++) weighted[Number(weights.node[i])] = 1;
  const bare = Array.from(mode.keys()).filter(
    (node) => mode[node] === leafMode && weighted[node] === 0 && threshold[node] !== 0,
  );
  if (bare.length === 0) return trees;
  return {
    ...trees,
    weights: {
      node: [...Array.from(weights.node), ...bare],
      output: [...Array.from(weights.output), ...bare.map(() => 0)],
      value: [...Array.from(weights.value), ...bare.map((node) => Number(threshold[node]))],
    },
  };
}
