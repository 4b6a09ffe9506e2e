import { opsets, operator } from "./graph";
import { changeModel, extendModel } from "./model-fields";
import { decodeModel, elementType, encodeMessage, type NodeProto } from "./schema";

/**
 * A model whose ZipMap nodes, which make a map of each row's probabilities, give out the table that they are given:
 * sessions have no maps. Names, inputs and the order of outputs stay.
 *
 * @param model bytes of an ONNX file
 * @returns the same bytes for a model without such a node
 * @throws AssayerError "invalid-model" if it is no ONNX model
 * @example openSession(withoutZipMap(bytes))
 */
export function withoutZipMap(model: Uint8Array): Uint8Array {
  const { graph = {}, opsetImport = [] } = decodeModel(model);
  const { node = [], output = [], valueInfo = [] } = graph;
  const maps = new Map(node.filter(isZipMap).map((each) => [each.output?.[0] ?? "", each]));
  if (maps.size === 0) return model;
  const changed = changeModel(model, {
    graph: (field, place, content) => {
      const own = field === "node" ? node[place] : undefined;
      if (own && isZipMap(own)) {
        const same = operator("Identity", own.input ?? [], own.output ?? [], {}, "");
        return encodeMessage("NodeProto", same);
      }
      const named = field === "output" ? output : field === "valueInfo" ? valueInfo : [];
      const name = named[place]?.name ?? "";
      const map = maps.get(name);
      return map ? tableOfClasses(name, map) : content;
    },
  });
  const hasOwn = opsetImport.some(({ domain = "" }) => domain === "" || domain === "ai.onnx");
  return extendModel(changed, {
    opsetImport: hasOwn ? [] : opsets.filter(({ domain }) => domain === ""),
  });
}

function isZipMap({ domain, opType }: NodeProto): boolean {
  return domain === "ai.onnx.ml" && opType === "ZipMap";
}

function tableOfClasses(name: string, { attribute = [] }: NodeProto): Uint8Array {
  const labels = attribute.map(({ ints, strings }) => ints?.length ?? strings?.length ?? 0);
  const dim = [{ dimParam: "rows" }, { dimValue: Math.max(0, ...labels) }];
  const type = { tensorType: { elemType: elementType.float, shape: { dim } } };
  return encodeMessage("ValueInfoProto", { name, type });
}
