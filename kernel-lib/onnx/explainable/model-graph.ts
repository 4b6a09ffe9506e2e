import {
  attributeType,
  elementType,
  type AttributeProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "../schema";
import { decodeText, readConstant, type Constant } from "./constant";
import { invalidModel } from "./invalid-model";

/** A node with what it is made of, by name. */
export interface GraphNode {
  /** Its place in the file. */
  index: number;
  /** `Add`, `ai.onnx.ml.Scaler`: operators of ONNX itself without a domain. */
  operator: string;
  inputs: string[];
  outputs: string[];
  attributes: Attributes;
}

/** Attributes of a node, each read as the kind that is asked for; absent ones as undefined. */
export class Attributes {
  private readonly byName: ReadonlyMap<string, AttributeProto>;

  constructor(
    private readonly node: string,
    attributes: readonly AttributeProto[],
  ) {
    this.byName = new Map(attributes.map((each) => [each.name ?? "", each]));
    if (this.byName.size !== attributes.length)
      throw invalidModel("attributes with names of their own", `one twice in ${node}`);
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  int(name: string, fallback: number): number {
    const found = this.get(name, attributeType.int);
    return found === undefined ? fallback : this.whole(name, found.i ?? 0);
  }

  float(name: string): number | undefined {
    const found = this.get(name, attributeType.float);
    return found && (found.f ?? 0);
  }

  text(name: string): string | undefined {
    const found = this.get(name, attributeType.string);
    return found && decodeText(found.s ?? new Uint8Array());
  }

  floats(name: string): number[] | undefined {
    return this.get(name, attributeType.floats)?.floats;
  }

  ints(name: string): number[] | undefined {
    const values = this.get(name, attributeType.ints)?.ints;
    values?.forEach((value) => this.whole(name, value));
    return values;
  }

  texts(name: string): string[] | undefined {
    return this.get(name, attributeType.strings)?.strings?.map(decodeText);
  }

  tensor(name: string): Constant | undefined {
    const tensor = this.get(name, attributeType.tensor)?.t;
    return tensor && readConstant(tensor);
  }

  private get(name: string, type: number): AttributeProto | undefined {
    const found = this.byName.get(name);
    // Files of IR version 1 need not tell the type.
    if (found?.type !== undefined && found.type !== 0 && found.type !== type)
      throw invalidModel(`attribute ${name} of ${this.node} of kind ${type}`, `kind ${found.type}`);
    return found;
  }

  private whole(name: string, value: number): number {
    if (!Number.isSafeInteger(value))
      throw invalidModel(`whole numbers in attribute ${name} of ${this.node}`, `${value}`);
    return value;
  }
}

/** The graph of a model: what makes each tensor, and what takes it. */
export class ModelGraph {
  readonly nodes: GraphNode[];
  /** What a caller gives: inputs that no initializer fills. */
  readonly inputs: ValueInfoProto[];
  readonly outputs: ValueInfoProto[];
  private readonly initializers: ReadonlyMap<string, TensorProto>;
  private readonly constants = new Map<string, Constant | undefined>();
  private readonly makers = new Map<string, GraphNode>();
  private readonly takers = new Map<string, GraphNode[]>();

  /** @throws AssayerError "invalid-model" for a graph that is none */
  constructor(model: ModelProto) {
    const { node = [], initializer = [], input = [], output = [] } = model.graph ?? {};
    const sparse = model.graph?.sparseInitializer?.flatMap(({ values }) => values ?? []) ?? [];
    this.initializers = new Map(initializer.map((tensor) => [tensor.name ?? "", tensor]));
    this.inputs = input.filter(({ name = "" }) => !this.initializers.has(name));
    const known = new Set<string>();
    const define = (name: string): void => {
      if (known.has(name)) throw invalidModel("tensors with names of their own", `"${name}" twice`);
      known.add(name);
    };
    for (const { name = "" } of [...initializer, ...sparse, ...this.inputs]) define(name);
    // A function of the file may take the name of an operator that is known.
    const functions = new Set(model.functions?.map((each) => fullName(each.domain, each.name)));
    this.nodes = node.map((each, index) => {
      const read = readNode(each, index, functions);
      const missing = read.inputs.find((name) => name !== "" && !known.has(name));
      if (missing !== undefined)
        throw invalidModel("nodes that take what is there before them", `"${missing}"`);
      for (const name of read.outputs.filter(Boolean)) {
        define(name);
        this.makers.set(name, read);
      }
      for (const name of new Set(read.inputs)) {
        const others = this.takers.get(name);
        if (others) others.push(read);
        else this.takers.set(name, [read]);
      }
      return read;
    });
    this.outputs = output;
    const lost = output.find(({ name = "" }) => !known.has(name));
    if (lost !== undefined) throw invalidModel("outputs that are made", `"${lost.name ?? ""}"`);
  }

  maker(tensor: string): GraphNode | undefined {
    return this.makers.get(tensor);
  }

  takersOf(tensor: string): readonly GraphNode[] {
    return this.takers.get(tensor) ?? [];
  }

  /** The value of a tensor that is the same for all rows: an initializer, or what a Constant node holds. */
  constant(tensor: string): Constant | undefined {
    if (!this.constants.has(tensor)) this.constants.set(tensor, this.readConstant(tensor));
    return this.constants.get(tensor);
  }

  private readConstant(tensor: string): Constant | undefined {
    const initializer = this.initializers.get(tensor);
    if (initializer) return readConstant(initializer);
    const maker = this.makers.get(tensor);
    if (maker?.operator === "Identity") return this.constant(maker.inputs[0] ?? "");
    if (maker?.operator !== "Constant") return undefined;
    const { attributes } = maker;
    const whole = attributes.has("value_int") ? [attributes.int("value_int", 0)] : undefined;
    const number = attributes.has("value_float") ? [attributes.float("value_float") ?? 0] : whole;
    if (number) return { dims: [], numbers: number, texts: null, type: elementType.double };
    const numbers = attributes.ints("value_ints") ?? attributes.floats("value_floats");
    if (numbers) return { dims: [numbers.length], numbers, texts: null, type: elementType.double };
    return attributes.has("value") ? attributes.tensor("value") : undefined;
  }
}

function readNode(node: NodeProto, index: number, functions: ReadonlySet<string>): GraphNode {
  const operator = fullName(node.domain, node.opType);
  return {
    index,
    operator: functions.has(operator) ? `function ${operator}` : operator,
    inputs: node.input ?? [],
    outputs: node.output ?? [],
    attributes: new Attributes(operator, node.attribute ?? []),
  };
}

function fullName(domain = "", name = ""): string {
  return domain === "" || domain === "ai.onnx" ? name : `${domain}.${name}`;
}

/** Whether a tensor is a constant of this one number. */
export function isAll(graph: ModelGraph, tensor: string, number: number): boolean {
  const constant = graph.constant(tensor);
  if (!constant || constant.texts || constant.numbers.length === 0) return false;
  return Array.from(constant.numbers).every((value) => value === number);
}
