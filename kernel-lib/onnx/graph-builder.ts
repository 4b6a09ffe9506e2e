import { operator, type AttributeValue } from "./graph";
import { elementType, type GraphProto, type NodeProto } from "./schema";

/**
 * Nodes with names of their own. Only operators that mean the same since opset 7, with constants as nodes, which
 * need no IR version.
 */
export class GraphBuilder {
  readonly nodes: NodeProto[] = [];

  /** @param prefix what the names of all tensors begin with that are not named otherwise */
  constructor(private readonly prefix: string) {}

  node(
    opType: string,
    inputs: string[],
    attributes: Record<string, AttributeValue> = {},
    domain: "ai.onnx.ml" | "" = "",
    output = `${this.prefix}${this.nodes.length}_${opType}`,
  ): string {
    this.nodes.push(operator(opType, inputs, [output], attributes, domain));
    return output;
  }

  cast(input: string, to: "double" | "int64", output?: string): string {
    return this.node("Cast", [input], { to: { int: elementType[to] } }, "", output);
  }

  /** Weighted sums of rows of doubles, as whole numbers. */
  sum(rows: string, weights: number[]): string {
    const sums = this.node("MatMul", [rows, this.doubles(weights, [weights.length, 1])]);
    return this.cast(this.node("Reshape", [sums, this.ints([-1])]), "int64");
  }

  doubles(values: number[], dims: number[]): string {
    const tensor = { dims, dataType: elementType.double, doubleData: values };
    return this.node("Constant", [], { value: { tensor } });
  }

  ints(values: number[]): string {
    const tensor = { dims: [values.length], dataType: elementType.int64, int64Data: values };
    return this.node("Constant", [], { value: { tensor } });
  }
}

/** Names of the tensors of a graph. */
export function namesOf(graph: GraphProto): Set<string> {
  const { input = [], output = [], initializer = [], node = [] } = graph;
  return new Set([
    ...[...input, ...output, ...initializer].map(({ name }) => name ?? ""),
    ...node.flatMap((each) => each.output ?? []),
  ]);
}
