import { AssayerError } from "../errors";
import type { DecisionRule } from "../fairness/decision-rule";
import { table } from "./graph";
import { namesOf, type GraphBuilder } from "./graph-builder";
import { elementType, type GraphProto, type ValueInfoProto } from "./schema";

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

/** Smaller than any distance of two different float32, and than that of two doubles that anyone writes. */
const noDistance = 1e-300;

/** The first opset whose operators can tell a missing value. */
const opsetOfMissing = 9;

/** Position of each row's group, one past the last for others: the group all of whose values are the row's. */
export function codeOfColumns(
  build: GraphBuilder,
  graph: GraphProto,
  rule: DecisionRule,
  { columns, values, input }: GroupColumns,
  versions: ReadonlyMap<string, number>,
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
    refuse("a table of numbers as the input of the groups", tensor.name ?? "");
  const width = shape?.dim?.[1]?.dimValue;
  const outside = columns.find((column) => !isPosition(column, width));
  if (outside !== undefined || columns.length === 0)
    refuse(`columns of input ${tensor.name ?? ""}`, `${outside ?? "none"}`);
  const wanted = valuesOfGroups(rule, columns.length, values).map((row) =>
    elemType === elementType.float ? row.map(Math.fround) : row,
  );
  if (new Set(wanted.map((row) => row.join(" "))).size < wanted.length)
    refuse("values that differ from group to group in the input's datatype", "the same of two");
  const [count, k] = [wanted.length, columns.length];

  // Each group has the columns for itself, side by side.
  const tiled = wanted.flatMap(() => columns);
  const gathered = build.node("Gather", [tensor.name ?? "", build.ints(tiled)], {
    axis: { int: 1 },
  });
  let own = build.cast(gathered, "double");
  if (wanted.flat().some(Number.isNaN)) {
    const version = versions.get("") ?? opsetOfMissing;
    if (version < opsetOfMissing)
      refuse(
        `a model of opset ${opsetOfMissing} or later for a group of missing values`,
        `opset ${version}`,
      );
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
  return names.map((name) => {
    const own = given && Object.hasOwn(given, name) ? given[name] : undefined;
    const values = given === undefined ? name.split(", ").map(numberOf) : own;
    const isRead = values?.every(
      (value) => typeof value === "number" && Math.abs(value) !== Infinity,
    );
    if (!isRead || values?.length !== columns)
      return refuse(`groups.values with ${columns} numbers for group ${name}`, "none");
    return values as readonly number[];
  });
}

function numberOf(text: string): number | undefined {
  if (text === "(missing)") return NaN;
  const value = text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** The same, of a text that names the group. */
export function codeOfInput(
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

export function isPosition(value: number, count: number | undefined): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value < (count || Infinity);
}

export function pick(
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

export function refuse(wanted: string, got: string): never {
  throw new AssayerError("invalid-argument", `decisionRuleToOnnx requires ${wanted}; got ${got}`);
}
