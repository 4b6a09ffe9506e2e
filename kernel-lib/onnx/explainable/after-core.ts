import type { CoreReading } from "./core-reading";
import type { GraphNode, ModelGraph } from "./model-graph";
import { alongColumns } from "./read-linear";
import { secondOfTwo, type ScoreRule } from "./score-rule";
import { Unreadable } from "./unreadable";

/** A table of scores on its way from the core to an output. */
interface ScoreTable {
  rule: ScoreRule;
  /** By column, the output that it is; undefined for one that is made of others, such as the first of two classes. */
  holds: (number | undefined)[];
  sumsToOne: boolean;
}

/** Scores as they are given out. */
export interface GivenScores {
  rule: ScoreRule;
  compared: { output: string; columns: number[] } | null;
}

/** What comes of scores: a table still, what a decision was made of, or something that is not followed. */
type Kept = ScoreTable | "decision" | { why: string };

const decisions = ["ArgMax", "ArgMin", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "TopK"];
const sameTable = ["Identity", "ai.onnx.ml.ZipMap", "Dropout"];
const reshapes = ["Reshape", "Flatten", "Squeeze", "Unsqueeze"];

/**
 * Follows the scores of a core to the model's outputs.
 *
 * @throws Unreadable where the model gives out something else that is made of them
 */
export function followScores(core: CoreReading, graph: ModelGraph): GivenScores {
  const known = new Map<string, Kept>([[core.scores, tableOf(core)]]);
  const labels = graph.maker(core.scores)?.outputs.filter((name) => name !== core.scores) ?? [];
  for (const name of labels) known.set(name, "decision");
  for (const node of graph.nodes) {
    const given = node.inputs.map((name) => known.get(name));
    if (!given.some((each) => each !== undefined) || node.outputs.includes(core.scores)) continue;
    const kept = follow(node, graph, given);
    for (const output of node.outputs) known.set(output, kept);
  }
  const outputs = graph.outputs.map(({ name = "" }) => ({ name, kept: known.get(name) }));
  const tables = outputs.flatMap(({ name, kept }) => {
    if (kept === undefined || kept === "decision" || "why" in kept) return [];
    const columns = kept.rule.outputs.map((_, o) => kept.holds.indexOf(o));
    return columns.includes(-1) ? [] : [{ rule: kept.rule, compared: { output: name, columns } }];
  });
  // Of raw scores and probabilities, the probabilities.
  const best = tables.find(({ rule }) => rule.postTransform !== "none") ?? tables[0];
  if (best) return best;
  for (const { kept } of outputs)
    if (kept !== undefined && kept !== "decision" && "why" in kept) throw new Unreadable(kept.why);
  return { rule: core.rule, compared: null };
}

function tableOf({ rule, width, sumsToOne }: CoreReading): ScoreTable {
  const holds = Array.from({ length: width }, (_, column) => {
    const output = rule.columns.indexOf(column);
    return output === -1 ? undefined : output;
  });
  const isComplement =
    width === 2 && rule.outputs.length === 1 && rule.postTransform === "logistic";
  // A logistic function of a sum and of its negative; of two sums it is known by the core.
  const isOne = rule.spread.length === 2 && rule.spread[0]?.length === 0;
  return {
    rule,
    holds,
    sumsToOne: sumsToOne || rule.postTransform === "softmax" || (isComplement && !isOne),
  };
}

function follow(node: GraphNode, graph: ModelGraph, given: (Kept | undefined)[]): Kept {
  const { operator, attributes } = node;
  const name = operator.replace("ai.onnx.ml.", "");
  const lost = { why: `operator ${name} behind the core is not read` };
  const foreign = given.find((each) => each && each !== "decision" && "why" in each);
  if (foreign) return foreign;
  if (given.includes("decision") || decisions.includes(operator)) return "decision";
  const tables = given.filter((each): each is ScoreTable => typeof each === "object");
  const [table] = tables;
  if (table === undefined) return lost;
  const width = table.holds.length;
  if (operator === "Concat" && tables.length === node.inputs.length) return joined(tables) ?? lost;
  if (tables.length > 1) return lost;
  if (sameTable.includes(operator)) return table;
  if (operator === "Cast") {
    const to = attributes.int("to", 0);
    return to === 1 || to === 11 ? table : lost;
  }
  if (reshapes.includes(operator)) {
    const shape = graph.constant(node.inputs[1] ?? "")?.numbers;
    const last = shape?.[shape.length - 1];
    return width === 1 || last === width ? table : lost;
  }
  if (operator === "ai.onnx.ml.Normalizer")
    return attributes.text("norm") === "L1" && table.sumsToOne ? table : lost;
  if (operator === "Gather" && given[0] === table) {
    const places = graph.constant(node.inputs[1] ?? "");
    return [1, -1].includes(attributes.int("axis", 0)) && places
      ? { ...table, sumsToOne: false, holds: picked(table, Array.from(places.numbers)) }
      : lost;
  }
  if (operator === "ai.onnx.ml.ArrayFeatureExtractor" && given[0] === table) {
    const places = graph.constant(node.inputs[1] ?? "");
    return places
      ? { ...table, sumsToOne: false, holds: picked(table, Array.from(places.numbers)) }
      : lost;
  }
  if (operator === "Sub" && given[1] === table) {
    const from = alongColumns(graph.constant(node.inputs[0] ?? ""), width);
    if (from) return { ...table, sumsToOne: false, holds: table.holds.map(() => undefined) };
  }
  if (table.rule.postTransform !== "none") return lost;
  return transformed(node, graph, given, table) ?? lost;
}

function picked({ holds }: ScoreTable, places: readonly number[]): (number | undefined)[] {
  return places.map((place) => holds[place < 0 ? place + holds.length : place]);
}

function joined(tables: readonly ScoreTable[]): ScoreTable | undefined {
  const [first] = tables;
  if (!first || tables.some(({ rule }) => rule !== first.rule)) return undefined;
  return { ...first, sumsToOne: false, holds: tables.flatMap(({ holds }) => holds) };
}

/** Raw scores that are scaled, shifted or put through a function. */
function transformed(
  { operator, inputs, attributes }: GraphNode,
  graph: ModelGraph,
  given: (Kept | undefined)[],
  table: ScoreTable,
): ScoreTable | undefined {
  const { rule, holds } = table;
  const width = holds.length;
  if (operator === "Sigmoid") return { ...table, rule: { ...rule, postTransform: "logistic" } };
  if (operator === "Softmax") {
    // Before opset 13 the axis is 1 unless said otherwise, since then the last: the same of a table.
    const isWhole = holds.every((output, column) => output === column);
    if (![1, -1].includes(attributes.int("axis", -1)) || !isWhole) return undefined;
    if (width === 1) return undefined;
    if (width > 2)
      return { ...table, sumsToOne: true, rule: { ...rule, postTransform: "softmax" } };
    const second = secondOfTwo(rule.outputs, "softmax");
    const [first, last] = rule.shift;
    const spread = rule.spread.map((targets) =>
      targets.map(([output, factor]) => [0, output === 0 ? -factor : factor] as const),
    );
    const shift = [Number(last) - Number(first)];
    return { sumsToOne: true, holds: [undefined, 0], rule: { ...second, spread, shift } };
  }
  const isLeft = given[0] === table;
  const values = alongColumns(graph.constant(inputs[isLeft ? 1 : 0] ?? ""), width);
  if (values === undefined || !values.every(Number.isFinite)) return undefined;
  const of = (output: number): number => Number(values[holds.indexOf(output)] ?? 0);
  const scaled = (factorOf: (output: number) => number): ScoreTable => ({
    ...table,
    sumsToOne: false,
    rule: {
      ...rule,
      spread: rule.spread.map((targets) =>
        targets.map(([output, factor]) => [output, factor * factorOf(output)] as const),
      ),
      shift: rule.shift.map((shift, output) => shift * factorOf(output)),
    },
  });
  const shifted = (by: (output: number) => number): ScoreTable => ({
    ...table,
    sumsToOne: false,
    rule: { ...rule, shift: rule.shift.map((shift, output) => shift + by(output)) },
  });
  if (operator === "Add") return shifted(of);
  if (operator === "Mul") return scaled(of);
  if (operator === "Sub" && isLeft) return shifted((output) => -of(output));
  if (operator === "Div" && isLeft && !values.includes(0))
    return scaled((output) => 1 / of(output));
  return undefined;
}
