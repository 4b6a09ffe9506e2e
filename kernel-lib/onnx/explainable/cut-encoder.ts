import { opsets, operator, table } from "../graph";
import { changeModel, extendModel } from "../model-fields";
import { elementType, type ModelProto } from "../schema";
import type { ModelGraph } from "./model-graph";

/**
 * The part of a model in front of its core, as a model of the same inputs with one output `features` (FP64, rows ×
 * features; `features_` where that name is taken).
 *
 * @param tensor what the core takes
 * @param nodes places of the nodes that make it
 */
export function cutEncoder(
  bytes: Uint8Array,
  model: ModelProto,
  graph: ModelGraph,
  tensor: string,
  nodes: readonly number[],
  features: number,
): Uint8Array {
  const kept = new Set(nodes);
  const made = nodes.flatMap((index) => graph.nodes[index]?.outputs ?? []);
  const needed = new Set([tensor, ...nodes.flatMap((index) => graph.nodes[index]?.inputs ?? [])]);
  const { initializer = [] } = model.graph ?? {};
  const part = changeModel(bytes, {
    // A decision rule in the metadata would ask for what it needs.
    model: (name, _, content) => (name === "metadataProps" ? null : content),
    graph: (name, place, content) => {
      const isKept =
        name === "node"
          ? kept.has(place)
          : name === "initializer"
            ? needed.has(initializer[place]?.name ?? "")
            : name !== "output" && name !== "valueInfo";
      return isKept ? content : null;
    },
  });
  const taken = new Set([...needed, ...made, ...graph.inputs.map(({ name = "" }) => name)]);
  const free = (name: string): string => (taken.has(name) ? free(`${name}_`) : name);
  const output = free("features");
  const rounded = free("rounded");
  // Trees compare whole numbers as float32.
  const type = graph.inputs.find(({ name }) => name === tensor)?.type?.tensorType?.elemType ?? 0;
  const isRounded = ([elementType.int32, elementType.int64] as number[]).includes(type);
  const cast = (from: string, to: string, as: number) =>
    operator("Cast", [from], [to], { to: { int: as } }, "");
  return extendModel(part, {
    graph: {
      node: [
        ...(isRounded ? [cast(tensor, rounded, elementType.float)] : []),
        cast(isRounded ? rounded : tensor, output, elementType.double),
      ],
      output: [table(output, "double", features)],
    },
    opsetImport: opsets.filter(
      ({ domain }) =>
        domain === "" &&
        !model.opsetImport?.some((each) => ["", "ai.onnx"].includes(each.domain ?? "")),
    ),
  });
}
