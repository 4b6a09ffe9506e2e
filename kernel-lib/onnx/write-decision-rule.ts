import { AssayerError } from "../errors";
import type { DecisionRule } from "../fairness/decision-rule";
import { isRandomised, requireRule } from "../fairness/require-rule";
import { readDecisionRule, ruleKey, ruleTensors } from "./decision-rule";
import { opsets, table } from "./graph";
import { GraphBuilder, namesOf } from "./graph-builder";
import { extendModel } from "./model-fields";
import {
  codeOfColumns,
  codeOfInput,
  isPosition,
  pick,
  refuse,
  type GroupColumns,
  type GroupInput,
} from "./rule-groups";
import {
  decodeModel,
  elementType,
  type GraphProto,
  type ModelProto,
  type ValueInfoProto,
} from "./schema";

const caller = "decisionRuleToOnnx";
const prefix = "decision_rule/";

export interface DecisionRuleOptions {
  /** The output that holds the score for 1: one number a row, or the column of a table. */
  score: { output: string; column?: number };
  /** How a row tells its group; not needed when the rule has no groups. */
  groups?: GroupColumns | GroupInput;
}

/**
 * Writes a decision rule into a model: its inputs and outputs stay, and an output `decision` (INT64, rows) comes to
 * them. Scores are compared in double precision, so that the answers are those of `applyRule` to the last bit; a score
 * that is NaN, which `applyRule` refuses, is answered as one below all thresholds. A rule
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
  const build = new GraphBuilder(prefix);
  const inputs: ValueInfoProto[] = [];
  const score = scoreNode(build, graph, options.score);
  const code =
    groups.length === 0
      ? undefined
      : options.groups === undefined
        ? refuse("groups for a rule that has some", "none")
        : "columns" in options.groups
          ? codeOfColumns(build, graph, rule, options.groups, versions)
          : codeOfInput(build, graph, rule, options.groups, versions, inputs);

  // One row of the tables for each group, and a last one for all others.
  const rows = [...groups, otherwise];
  const width = Math.max(1, ...rows.map(({ thresholds }) => thresholds.length));
  const thresholds = build.doubles(
    rows.flatMap((each) => padded(each.thresholds, width, Infinity)),
    [rows.length, width],
  );
  const levels = rows.flatMap((each) => padded(each.levels, width + 1, 0));
  const atRows = { axis: { int: 0 } };
  const isDrawn = isRandomised(rule);
  if (isDrawn) inputs.push(table(ruleTensors.requestNumber, "double", 1));
  const own = code === undefined ? undefined : build.node("Gather", [thresholds, code], atRows);
  const [scores, ownThresholds = thresholds, numbers] = sideBySide(build, [
    [score, 1],
    [own, width],
    [isDrawn ? ruleTensors.requestNumber : undefined, 1],
  ]);
  const above = build.cast(build.node("Greater", [scores ?? score, ownThresholds]), "double");
  let place = build.sum(above, Array<number>(width).fill(1));
  if (code !== undefined) {
    const start = build.node("Mul", [code, build.ints([width + 1])]);
    place = build.node("Add", [start, place]);
  }
  const allLevels = build.doubles(levels, [levels.length]);
  const level = build.node("Gather", [allLevels, place], atRows);
  const number =
    numbers === undefined
      ? build.doubles([0.5], [1])
      : build.node("Reshape", [numbers, build.ints([-1])]);
  build.cast(build.node("Less", [number, level]), "int64", ruleTensors.decision);

  return extendModel(model, {
    graph: { node: build.nodes, input: inputs, output: [table(ruleTensors.decision, "int64")] },
    opsetImport: opsets.filter(
      ({ domain }) =>
        !versions.has(domain) && build.nodes.some((node) => (node.domain ?? "") === domain),
    ),
    metadataProps: [{ key: ruleKey, value: JSON.stringify(rule) }],
  });
}

/**
 * Tables of doubles that were put beside each other and taken apart again, which fails unless all have as many rows:
 * else one group or one number would be broadcast to all rows.
 */
function sideBySide(
  build: GraphBuilder,
  tables: readonly (readonly [name: string | undefined, width: number])[],
): (string | undefined)[] {
  const given = tables.flatMap(([name]) => name ?? []);
  if (given.length < 2) return tables.map(([name]) => name);
  const joined = build.node("Concat", given, { axis: { int: 1 } });
  let start = 0;
  return tables.map(([name, width]) => {
    if (name === undefined) return undefined;
    const columns = Array.from({ length: width }, (_, i) => start + i);
    start += width;
    return build.node("Gather", [joined, build.ints(columns)], { axis: { int: 1 } });
  });
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
    return refuse(
      "an output of scores that is a tensor of numbers",
      `${output}, which is another kind`,
    );
  const dims = type.shape?.dim;
  const columns = dims?.[1]?.dimValue;
  if (column === undefined) {
    if (dims?.slice(1).some(({ dimValue }) => dimValue !== 1))
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

function padded(values: readonly number[], length: number, filler: number): number[] {
  return [...values, ...Array<number>(length - values.length).fill(filler)];
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
