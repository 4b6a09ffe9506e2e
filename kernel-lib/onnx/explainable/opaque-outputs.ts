import type { ExplainableModel } from "../../explain/explainable-model";
import { elementType, type ValueInfoProto } from "../schema";
import type { ModelGraph } from "./model-graph";
import { targetNames } from "./score-rule";

/** What is explained of a model whose core is not read: its first output of numbers with fractions, by column. */
export function opaqueOutputs(graph: ModelGraph): Pick<ExplainableModel, "outputs" | "compared"> {
  const labels = classLabels(graph);
  for (const output of graph.outputs) {
    const { name = "" } = output;
    const width = widthOf(output) ?? (isZipped(name, graph) ? labels?.length : undefined);
    if (!width) continue;
    const names = labels?.length === width ? labels : targetNames(name, width);
    const columns = names.map((_, column) => column);
    // Of two classes the second one.
    const from = labels?.length === 2 && width === 2 ? 1 : 0;
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

function isZipped(output: string, graph: ModelGraph): boolean {
  return graph.maker(output)?.operator === "ai.onnx.ml.ZipMap";
}

function classLabels(graph: ModelGraph): string[] | undefined {
  for (const { attributes } of graph.nodes) {
    const texts = attributes.texts("classlabels_strings");
    if (texts) return texts;
    for (const name of ["classlabels_ints", "classlabels_int64s"])
      if (attributes.has(name)) return attributes.ints(name)?.map(String);
  }
  return undefined;
}
