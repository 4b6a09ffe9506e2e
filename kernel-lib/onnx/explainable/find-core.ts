import { ruleTensors } from "../decision-rule";
import type { CoreReading } from "./core-reading";
import type { GraphNode, ModelGraph } from "./model-graph";
import { readLinear, readProduct } from "./read-linear";
import { readTrees } from "./read-trees";
import { readTrees5 } from "./read-trees-5";
import { ancestors } from "./trace-core";
import { Unreadable } from "./unreadable";

const cores: Readonly<Record<string, (node: GraphNode) => CoreReading>> = {
  "ai.onnx.ml.TreeEnsemble": readTrees5,
  "ai.onnx.ml.TreeEnsembleRegressor": readTrees,
  "ai.onnx.ml.TreeEnsembleClassifier": readTrees,
  "ai.onnx.ml.LinearRegressor": readLinear,
  "ai.onnx.ml.LinearClassifier": readLinear,
};

/**
 * The one node of a graph that trees or linear sums are in; where there is none, its last product with a constant.
 *
 * @throws AssayerError "invalid-model"; Unreadable for a graph of several or of none
 */
export function findCore(graph: ModelGraph): CoreReading {
  const found = graph.nodes.filter(({ operator }) => Object.hasOwn(cores, operator));
  const [node] = found;
  if (found.length > 1)
    throw new Unreadable(
      `the model joins ${found.length} cores (${[...new Set(found.map(shortName))].join(", ")})`,
    );
  const read = node && cores[node.operator];
  if (read) return read(node);
  // A decision rule behind the scores has products of its own.
  const scores = graph.outputs.filter(({ name }) => name !== ruleTensors.decision);
  const inFront = new Set(scores.flatMap(({ name = "" }) => ancestors(name, graph)));
  const product = graph.nodes.findLast(
    ({ operator, index }) => ["MatMul", "Gemm"].includes(operator) && inFront.has(index),
  );
  const linear = product && readProduct(product, graph);
  if (linear) return linear;
  const last = graph.outputs.flatMap(({ name = "" }) => graph.maker(name) ?? []).map(shortName);
  throw new Unreadable(
    `the model has neither trees nor a linear core (its answers are made by ${[...new Set(last)].join(", ") || "nothing"})`,
  );
}

function shortName({ operator }: GraphNode): string {
  return operator.replace("ai.onnx.ml.", "");
}
