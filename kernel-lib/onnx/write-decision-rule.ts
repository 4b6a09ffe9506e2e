import { AssayerError } from "../errors";
import type { DecisionRule } from "../fairness/decision-rule";
import { isRandomised, requireRule } from "../fairness/require-rule";
import { readDecisionRule, ruleKey, ruleTensors } from "./decision-rule";
import { opsets, operator, table, type AttributeValue } from "./graph";
import { extendModel } from "./model-fields";
import {
  decodeModel,
  elementType,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
} from "./schema";

export interface DecisionRuleOptions {
  /** The output that holds the score for 1: one number a row, or the column of a table. */
  score: { output: string; column?: number };
  /** How a row tells its group; not needed when the rule has no groups. */
  groups?: GroupColumns | GroupInput;
}

/** Groups by the numbers in feature columns. */
export interface GroupColumns {
  /** Positions in the input's rows. */
  columns: readonly number[];
  /**
   * What these columns hold in each group, NaN for a missing value; default the group's name read as numbers, one for
   * each column: `"1, 0"` is 1 in the first and 0 in the second.
   */
  values?: Readonly<Record<string, readonly number[]>>;
  /** The input with the features; default the only one. */
  input?: string;
}

/** Groups by name: a BYTES input, one text a row, that the model has or is given. */
export interface GroupInput {
  input: string;
}

/**
 * Writes a decision rule into a model: its inputs and outputs stay, and an output `decision` (INT64, rows) comes to
 * them. Scores are compared in double precision, so that the answers are those of `applyRule` to the last bit. A rule
 * with randomness adds an input `request_number` (FP64, rows × 1), which sessions and servers of Assayer fill with
 * `requestNumber` of the request's id. The rule itself, with its key, is in the file's metadata.
 *
 * @param model bytes of an ONNX file, opset 7 (2018) or later
 * @returns bytes of an ONNX file
 * @throws AssayerError "invalid-model" for what is no ONNX model, has a rule already, or has the names that it needs;
 *   "invalid-argument" when the rule or the options do not fit it
 * @example decisionRuleToOnnx(model, rule, { score: { output: "probabilities", column: 1 }, groups: { columns: [6] } })
 */
export function decisionRuleToOnnx(
  model: Uint8Array,
  rule: DecisionRule,
  options: DecisionRuleOptions,
): Uint8Array {
  const { groups, otherwise } = requireRule(caller, rule);
  const decoded = decodeModel(model);
  const graph = decoded.graph ?? {};
  requireFree(model, graph);
  const versions = opsetVersions(decoded);
  const build = new GraphBuilder();
  const inputs: ValueInfoProto[] = [];

  // One row of the tables for each group, and a last one for all others.
  const rows = [...groups, otherwise];
  const width = Math.max(1, ...rows.map(({ thresholds }) => thresholds.length));
  const thresholds = rows.flatMap((each) => padded(each.thresholds, width, Infinity));
  const levels = rows.flatMap((each) => padded(each.levels, width + 1, 0));

  const score = scoreNode(build, graph, options.score);
  const code =
    groups.length === 0
      ? undefined
      : options.groups === undefined
        ? refuse("groups for a rule that has some", "none")
        : "columns" in options.groups
          ? codeOfColumns(build, graph, rule, options.groups)
          : codeOfInput(build, graph, rule, options.groups, versions, inputs);

  let table2 = build.doubles(thresholds, [rows.length, width]);
  if (code !== undefined) table2 = build.node("Gather", [table2, code], { axis: { int: 0 } });
  const above = build.cast(build.node("Greater", [score, table2]), "double");
  let place = build.sum(above, Array<number>(width).fill(1));
  if (code !== undefined) {
    const start = build.node("Mul", [code, build.ints([width + 1])]);
    place = build.node("Add", [start, place]);
  }
  const level = build.node("Gather", [build.doubles(levels, [levels.length]), place], {
    axis: { int: 0 },
  });
  let number = build.doubles([0.5], [1]);
  if (isRandomised(rule)) {
    inputs.push(table(ruleTensors.requestNumber, "double", 1));
    number = build.node("Reshape", [ruleTensors.requestNumber, build.ints([-1])]);
  }
  const positive = build.node("Less", [number, level]);
  build.cast(positive, "int64", ruleTensors.decision);

  return extendModel(model, {
    graph: { node: build.nodes, input: inputs, output: [table(ruleTensors.decision, "int64")] },
    opsetImport: opsets.filter(
      ({ domain }) =>
        !versions.has(domain) && build.nodes.some((node) => (node.domain ?? "") === domain),
    ),
    metadataProps: [{ key: ruleKey, value: JSON.stringify(rule) }],
  });
}

const caller = "decisionRuleToOnnx";
const prefix = "decision_rule/";

/**
 * Nodes with names of their own. Only operators that mean the same since opset 7, with constants as nodes, which
 * need no IR version.
 */
class GraphBuilder {
  readonly nodes: NodeProto[] = [];

  node(
    opType: string,
    inputs: string[],
    attributes: Record<string, AttributeValue> = {},
    domain: "ai.onnx.ml" | "" = "",
    output = `${prefix}${this.nodes.length}_${opType}`,
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

/** Scores as rows × 1 doubles. */
function scoreNode(
  build: GraphBuilder,
  graph: GraphProto,
  { output, column }: DecisionRuleOptions["score"],
): string {
  const tensor = pick("output", graph.output, output);
  const type = tensor.type?.tensorType;
  if (type === undefined || type.elemType === elementType.string)
    refuse(`an output of scores that is a tensor of numbers`, `${output}, which is another kind`);
  const dims = type?.shape?.dim;
  const columns = dims?.[1]?.dimValue;
  if (column === undefined) {
    if (dims?.length === 2 && columns !== 1)
      refuse(`score.column for output ${output}, which is a table`, "none");
    return build.cast(build.node("Reshape", [output, build.ints([-1, 1])]), "double");
  }
  if (!isPosition(column, columns) || (dims && dims.length !== 2))
    refuse(`a column of output ${output}`, `${column}`);
  return build.cast(
    build.node("Gather", [output, build.ints([column])], { axis: { int: 1 } }),
    "double",
  );
}

/** Smaller than any distance of two different float32, and than that of two doubles that anyone writes. */
const noDistance = 1e-300;

/** Position of each row's group, one past the last for others: the group all of whose values are the row's. */
function codeOfColumns(
  build: GraphBuilder,
  graph: GraphProto,
  rule: DecisionRule,
  { columns, values, input }: GroupColumns,
): string {
  const features = graph.input?.filter(
    ({ name }) => !graph.initializer?.some((each) => each.name === name),
  );
  if (input === undefined && features?.length !== 1)
    refuse("groups.input for a model of several inputs", "none");
  const tensor = pick("input", features, input ?? features?.[0]?.name ?? "");
  const { elemType, shape } = tensor.type?.tensorType ?? {};
  const numeric: (number | undefined)[] = [
    elementType.float,
    elementType.double,
    elementType.int32,
    elementType.int64,
  ];
  if (!numeric.includes(elemType) || (shape?.dim && shape.dim.length !== 2))
    refuse("a table of numbers as the input of the groups", `${tensor.name ?? ""}`);
  const width = shape?.dim?.[1]?.dimValue;
  const outside = columns.find((column) => !isPosition(column, width));
  if (outside !== undefined || columns.length === 0)
    refuse(`columns of input ${tensor.name ?? ""}`, `${outside ?? "none"}`);
  const wanted = valuesOfGroups(rule, columns.length, values).map((row) =>
    elemType === elementType.float ? row.map(Math.fround) : row,
  );
  const [count, k] = [wanted.length, columns.length];

  // Each group has the columns for itself, side by side.
  const tiled = wanted.flatMap(() => columns);
  const gathered = build.node("Gather", [tensor.name ?? "", build.ints(tiled)], {
    axis: { int: 1 },
  });
  let own = build.cast(gathered, "double");
  if (wanted.flat().some(Number.isNaN)) {
    const missing = build.node("IsNaN", [own]);
    own = build.node("Where", [missing, build.doubles([Number.MAX_VALUE], [1]), own]);
  }
  const theirs = wanted.flat().map((value) => (Number.isNaN(value) ? Number.MAX_VALUE : value));
  const apart = build.node("Abs", [
    build.node("Sub", [own, build.doubles(theirs, [tiled.length])]),
  ]);
  const sums = tiled.flatMap((_, i) => wanted.map((_, g) => (Math.floor(i / k) === g ? 1 : 0)));
  const distance = build.node("MatMul", [apart, build.doubles(sums, [tiled.length, count])]);
  const same = build.node("Less", [distance, build.doubles([noDistance], [1])]);
  // At most one group is the row's own: what is subtracted from the last position leads to it.
  const back = wanted.map((_, i) => i - count);
  const position = build.sum(build.cast(same, "double"), back);
  return build.node("Add", [position, build.ints([count])]);
}

function valuesOfGroups(
  rule: DecisionRule,
  columns: number,
  given: GroupColumns["values"],
): readonly (readonly number[])[] {
  const names = rule.groups.map(({ group }) => group);
  const unknown = Object.keys(given ?? {}).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new AssayerError(
      "invalid-argument",
      `unknown group: ${unknown}; expected one of ${names.join("; ")}`,
    );
  const all = names.map((name) => {
    const values = given === undefined ? name.split(", ").map(numberOf) : given[name];
    const isRead = given !== undefined || values?.every((value) => value !== undefined);
    if (!isRead || values?.length !== columns)
      return refuse(`groups.values with ${columns} numbers for group ${name}`, "none");
    return values as readonly number[];
  });
  const different = new Set(all.map((values) => values.join(" ")));
  if (different.size < all.length)
    refuse("values that differ from group to group", "the same of two");
  return all;
}

function numberOf(text: string): number | undefined {
  if (text === "(missing)") return NaN;
  const value = text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** The same, of a text that names the group. */
function codeOfInput(
  build: GraphBuilder,
  graph: GraphProto,
  rule: DecisionRule,
  { input }: GroupInput,
  versions: ReadonlyMap<string, number>,
  inputs: ValueInfoProto[],
): string {
  const own = graph.input?.find(({ name }) => name === input);
  if (own && own.type?.tensorType?.elemType !== elementType.string)
    refuse("an input of texts for the groups", `${input}, which holds others`);
  let names = input;
  if (own) names = build.node("Reshape", [input, build.ints([-1])]);
  else if (namesOf(graph).has(input)) refuse("a new name for the input of the groups", input);
  else inputs.push(table(input, "string"));
  const groups = { strings: rule.groups.map(({ group }) => group) };
  const last = { default_int64: { int: rule.groups.length } };
  const positions = { ints: rule.groups.map((_, i) => i) };
  return build.node(
    "LabelEncoder",
    [names],
    versions.get("ai.onnx.ml") === 1
      ? { classes_strings: groups, ...last }
      : { keys_strings: groups, values_int64s: positions, ...last },
    "ai.onnx.ml",
  );
}

function padded(values: readonly number[], length: number, filler: number): number[] {
  return [...values, ...Array<number>(length - values.length).fill(filler)];
}

function isPosition(value: number, count: number | undefined): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value < (count || Infinity);
}

function pick(
  what: "input" | "output",
  tensors: readonly ValueInfoProto[] | undefined,
  name: string,
): ValueInfoProto {
  const found = tensors?.find((each) => each.name === name);
  if (found) return found;
  const names = tensors?.map((each) => each.name).join(", ");
  throw new AssayerError(
    "invalid-argument",
    `unknown ${what}: ${name}; expected one of ${names ?? "none"}`,
  );
}

/** Versions of the operator sets by domain. */
function opsetVersions({ opsetImport = [] }: ModelProto): Map<string, number> {
  const versions = new Map(
    opsetImport.map(({ domain = "", version = 0 }) => [
      domain === "ai.onnx" ? "" : domain,
      version,
    ]),
  );
  const version = versions.get("");
  if (version === undefined || version >= 7) return versions;
  throw new AssayerError(
    "invalid-model",
    `${caller} requires a model of opset 7 or later; got opset ${version}`,
  );
}

/** Names of all tensors of a graph. */
function namesOf(graph: GraphProto): Set<string> {
  const { input = [], output = [], initializer = [], node = [] } = graph;
  return new Set([
    ...[...input, ...output, ...initializer].map(({ name }) => name ?? ""),
    ...node.flatMap((each) => each.output ?? []),
  ]);
}

function requireFree(model: Uint8Array, graph: GraphProto): void {
  if (readDecisionRule(model) !== null)
    throw new AssayerError(
      "invalid-model",
      `${caller} requires a model without a decision rule; got one that has one`,
    );
  const reserved = Object.values<string>(ruleTensors);
  const taken = [...namesOf(graph)].find(
    (name) => reserved.includes(name) || name.startsWith(prefix),
  );
  if (taken !== undefined)
    throw new AssayerError(
      "invalid-model",
      `${caller} requires a model without tensors of its own names; got ${taken}`,
    );
}

function refuse(wanted: string, got: string): never {
  throw new AssayerError("invalid-argument", `${caller} requires ${wanted}; got ${got}`);
}
