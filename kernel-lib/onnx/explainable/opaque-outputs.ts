import type { ExplainableModel } from "../../explain/explainable-model";
import { elementType, type ValueInfoProto } from "../schema";
import type { GraphNode, ModelGraph } from "./model-graph";
import { targetNames } from "./score-rule";

/** What is explained of a model whose core is not read: its first output of numbers with fractions, by column. */
export function opaqueOutputs(graph: ModelGraph): Pick<ExplainableModel, "outputs" | "compared"> {
  const told = toldLabels(graph);
  for (const output of graph.outputs) {
    const { name = "" } = output;
    const zipped = graph.maker(name)?.operator === "ai.onnx.ml.ZipMap" ? told.at(-1) : undefined;
    const width = widthOf(output) ?? zipped?.length;
    if (!width) continue;
    const labels = told.find((each) => each.length === width);
    const names = labels ? [...labels] : targetNames(name, width);
    const columns = names.map((_, column) => column);
    // Of two classes the second one.
    const from = labels?.length === 2 ? 1 : 0;
    return {
      outputs: names.slice(from),
      compared: { output: name, columns: columns.slice(from) },
    };
  }
  return { outputs: [], compared: null };
}

/** More columns than any output has; a width is a claim of a few bytes. */
const mostColumns = 10_000;

function widthOf({ type }: ValueInfoProto): number | undefined {
  const { elemType, shape } = type?.tensorType ?? {};
  if (elemType !== elementType.float && elemType !== elementType.double) return undefined;
  const dims = shape?.dim ?? [];
  const width = dims.length === 1 ? 1 : dims.length === 2 ? dims[1]?.dimValue : undefined;
  return width !== undefined && width <= mostColumns ? width : undefined;
}

/** Labels of classes: those that the highest score picks one of, then those in nodes. */
function toldLabels(graph: ModelGraph): (readonly string[])[] {
  const picked = graph.nodes.flatMap((node) => {
    const isHighest = graph.maker(node.inputs[1] ?? "")?.operator === "ArgMax";
    const labels = isHighest ? pickedLabels(node, graph) : undefined;
    return labels ? [labels] : [];
  });
  const ofNodes = graph.nodes.flatMap(({ attributes }) => {
    const texts = attributes.texts("classlabels_strings");
    const ints = ["classlabels_ints", "classlabels_int64s"].filter((name) => attributes.has(name));
    const labels = texts ?? attributes.ints(ints[0] ?? "")?.map(String);
    return labels ? [labels] : [];
  });
  return [...picked, ...ofNodes];
}

/** The labels that a node picks one of for each row. */
export function pickedLabels(node: GraphNode, graph: ModelGraph): readonly string[] | undefined {
  const isPick = ["Gather", "ai.onnx.ml.ArrayFeatureExtractor"].includes(node.operator);
  const labels = isPick ? graph.constant(node.inputs[0] ?? "") : undefined;
  return labels?.texts ?? (labels && Array.from(labels.numbers, String));
}
