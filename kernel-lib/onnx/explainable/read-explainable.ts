import type { ExplainableModel } from "../../explain/explainable-model";
import { AssayerError, messageOf } from "../../errors";
import { checkModel } from "../check";
import { elementType, type ModelProto } from "../schema";
import { ruleTensors } from "../decision-rule";
import { featureNamesKey } from "../write-ensemble";
import { followScores } from "./follow-scores";
import { findCore } from "./find-core";
import { cutEncoder } from "./cut-encoder";
import { inputColumns, namedColumns, type InputColumns } from "./model-columns";
import { ModelGraph } from "./model-graph";
import { opaqueOutputs } from "./opaque-outputs";
import { isTraced } from "./trace";
import { traceTensor } from "./trace-core";
import { Unreadable, wayRound } from "./unreadable";

/**
 * Reads what an ONNX model is made of: trees or a linear core, behind stages that each look at one column. The core is
 * that of ONNX Runtime: rows of features that are rounded as the model's input is (float32 mostly; what the encoder
 * gives out is) take the branches that they take there, and its raw outputs are the double-precision sums of which
 * ONNX Runtime's are the float32 ones.
 *
 * Bytes may be hostile: sizes are held against what is there before anything is allocated, so that time and memory are
 * bounded: at worst some 400 bytes and a microsecond for each byte of the file, and 20 million traced values.
 *
 * @param model bytes of an ONNX file; `compared` is an output of `withoutZipMap(model)`
 * @returns a model whose `core` is null, with `why`, where the graph holds more than that
 * @throws AssayerError "invalid-model" for bytes that are no ONNX model, and for one that is damaged or contradicts itself
 * @example readExplainable(bytes).core?.kind // "trees"
 */
export function readExplainable(model: Uint8Array): ExplainableModel {
  try {
    return readModel(model, checkModel(model));
  } catch (error) {
    if (error instanceof AssayerError) throw error;
    throw new AssayerError(
      "invalid-model",
      `readExplainable requires an ONNX model that can be read; got one that cannot: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function readModel(bytes: Uint8Array, model: ModelProto): ExplainableModel {
  const graph = new ModelGraph(model);
  const inputs = inputColumns(
    graph.inputs.filter(({ name }) => name !== ruleTensors.requestNumber),
    bytes.byteLength,
  );
  try {
    return readWithCore(bytes, model, graph, inputs);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return {
      columns: namedColumns(inputs, featureNamesOf(model)),
      core: null,
      why: `${error.message}; ${wayRound}`,
      origin: new Int32Array(),
      encoder: null,
      postTransform: "none",
      ...opaqueOutputs(graph),
    };
  }
}

function readWithCore(
  bytes: Uint8Array,
  model: ModelProto,
  graph: ModelGraph,
  given: readonly InputColumns[],
): ExplainableModel {
  const core = findCore(graph);
  const { rule, compared } = followScores(core, graph);
  const inputs = withWidth(given, core.leastFeatures);
  const { trace, nodes } = traceTensor(core.input, graph, inputs);
  if (!isTraced(trace)) throw new Unreadable(trace.why);
  const { shape, origins } = trace;
  if (shape.length !== 1) throw new Unreadable("the core's input is no table");
  const isWhole = inputs.length === 1 && inputs[0]?.name === core.input;
  const type = inputs[0]?.type;
  const isPlain = isWhole && (type === elementType.float || type === elementType.double);
  return {
    columns: namedColumns(inputs, featureNamesOf(model)),
    core: core.read(origins.length, rule),
    why: null,
    // What is the same in all rows adds nothing, whichever column it counts as.
    origin: origins.map((column) => Math.max(0, column)),
    encoder: isPlain ? null : cutEncoder(bytes, model, graph, core.input, nodes, origins.length),
    outputs: rule.outputs,
    postTransform: rule.postTransform,
    compared,
  };
}

/** A single table whose width the file leaves open is as wide as the core needs. */
function withWidth(inputs: readonly InputColumns[], least: number): readonly InputColumns[] {
  const [input] = inputs;
  const isOpen =
    input !== undefined && inputs.length === 1 && input.rank === 2 && input.width === 0;
  if (isOpen) return [{ ...input, width: Math.max(1, least) }];
  if (inputs.some(({ width }) => width === 0))
    throw new Unreadable("the model does not tell how many columns its inputs have");
  return inputs;
}

function featureNamesOf({ metadataProps }: ModelProto): string | undefined {
  return metadataProps?.findLast(({ key }) => key === featureNamesKey)?.value;
}
