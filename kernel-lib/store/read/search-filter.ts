import { attributes, readField, type Field } from "./search-fields";
import { TokenReader, type Token } from "./search-tokens";

export type Comparator = "=" | "!=" | ">" | ">=" | "<" | "<=" | "like" | "ilike";
export type FilterValue = string | number | boolean;

/** What a filter says. */
export type Filter =
  | { kind: "and" | "or"; parts: Filter[] }
  | { kind: "not"; part: Filter }
  | { kind: "compare"; field: Field; comparator: Comparator; value: FilterValue }
  | { kind: "in"; field: Field; negated: boolean; values: FilterValue[] }
  | { kind: "present"; field: Field };

const comparators = ["=", "!=", ">", ">=", "<", "<=", "like", "ilike"] as const;
const isoTime = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/u;
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu;
const namedNumbers: Readonly<Record<string, number>> = {
  nan: NaN,
  inf: Infinity,
  "+inf": Infinity,
  "-inf": -Infinity,
  infinity: Infinity,
  "-infinity": -Infinity,
};

/** The number that a text is, also in words such as `nan` and `-inf`. */
export function numberOf(text: string): number | undefined {
  const name = text.toLowerCase();
  if (Object.hasOwn(namedNumbers, name)) return namedNumbers[name];
  return number.test(text) ? Number(text) : undefined;
}

/** Milliseconds since the epoch; a time without a zone is UTC. */
function timeOf(text: string): number | undefined {
  if (!isoTime.test(text)) return undefined;
  const zoned = /[Z]$|[+-]\d\d:\d\d$/u.test(text) || text.length === 10 ? text : `${text}Z`;
  const time = Date.parse(zoned.replace(" ", "T"));
  return Number.isNaN(time) ? undefined : time;
}

type ValueType = (typeof attributes)[string]["type"] | "any";

function valueType({ group, key }: Field): ValueType {
  switch (group) {
    case "metrics":
      return "number";
    case "attributes":
      return attributes[key]?.type ?? "text";
    case "datasets":
      return "text";
    default:
      return "any";
  }
}

const expectedValues: Readonly<Record<ValueType, string>> = {
  number: "a number",
  text: "a quoted text",
  status: "a quoted status, one of running, finished, failed, killed",
  time: "milliseconds since the epoch or a quoted time such as '2026-01-31 12:00'",
  boolean: "true or false",
  any: "a number or a quoted text",
};

function valueOf(token: Token, type: ValueType): FilterValue | undefined {
  const isText = token.kind === "quoted";
  const asNumber = token.kind === "word" ? numberOf(token.text) : undefined;
  switch (type) {
    case "number":
      return asNumber;
    case "text":
    case "status":
      return isText ? token.text : undefined;
    case "time":
      return isText ? timeOf(token.text) : asNumber;
    case "boolean": {
      const name = token.text.toLowerCase();
      return name === "true" || (name === "false" ? false : undefined);
    }
    case "any":
      return isText ? token.text : asNumber;
  }
}

function readValue(reader: TokenReader, type: ValueType): FilterValue {
  const value = valueOf(reader.peek(), type);
  if (value === undefined) throw reader.unexpected(expectedValues[type]);
  reader.next();
  return value;
}

function readList(reader: TokenReader, type: ValueType): FilterValue[] {
  reader.require("(", "( and a list of values");
  const values = [readValue(reader, type)];
  while (reader.take(",")) {
    if (reader.peek().text === ")" && reader.peek().kind === "operator") break;
    values.push(readValue(reader, type));
  }
  reader.require(")", ", or )");
  return values;
}

/** Text of runs and datasets has no order; a param or a tag may be a number. */
function allowed(type: ValueType): readonly Comparator[] {
  if (type === "boolean") return ["=", "!="];
  if (type === "text" || type === "status") return ["=", "!=", "like", "ilike"];
  return type === "any" ? comparators : comparators.slice(0, 6);
}

function readComparison(reader: TokenReader): Filter {
  const field = readField(reader);
  const type = valueType(field);
  if (reader.take("is")) {
    const negated = reader.take("not");
    reader.require("null", negated ? "null" : "null or not null");
    return negated ? { kind: "present", field } : { kind: "not", part: { kind: "present", field } };
  }
  const negated = reader.take("not");
  if (negated) reader.require("in", "in");
  if (negated || reader.take("in"))
    return { kind: "in", field, negated, values: readList(reader, type) };
  const usable = allowed(type);
  const comparator = usable.find((each) => reader.take(each));
  if (comparator === undefined)
    throw reader.unexpected(
      `one of ${[...usable, "in", "not in", "is null", "is not null"].join(", ")}`,
    );
  const isPattern = comparator === "like" || comparator === "ilike";
  const value = readValue(reader, isPattern ? "text" : type);
  return { kind: "compare", field, comparator, value };
}

/** Deeper than anyone writes, and what DuckDB's own parser bears. */
const deepest = 100;

function readFactor(reader: TokenReader, depth: number): Filter {
  if (depth > deepest) throw reader.unexpected(`at most ${deepest} levels of not and (`);
  if (reader.take("not")) return { kind: "not", part: readFactor(reader, depth + 1) };
  if (!reader.take("(")) return readComparison(reader);
  const filter = readAny(reader, depth + 1);
  reader.require(")", "and, or or )");
  return filter;
}

function readChain(reader: TokenReader, kind: "and" | "or", readPart: () => Filter): Filter {
  const first = readPart();
  const parts = [first];
  while (reader.take(kind)) parts.push(readPart());
  return parts.length === 1 ? first : { kind, parts };
}

function readAny(reader: TokenReader, depth: number): Filter {
  return readChain(reader, "or", () => readChain(reader, "and", () => readFactor(reader, depth)));
}

/**
 * Reads a filter: the language of MLflow's `search_runs`, and with it `or`, `not`, parentheses, numbers for params
 * and tags, and times as text. `not` binds closest, then `and`, then `or`.
 *
 * @throws AssayerError "invalid-filter" with the position, what was expected there and what came
 * @see https://mlflow.org/docs/latest/ml/search/search-runs/ for the language it holds
 * @example parseFilter("metrics.auc > 0.8 and params.depth = '6'")
 */
export function parseFilter(text: string): Filter {
  const reader = new TokenReader(text);
  const filter = readAny(reader, 0);
  if (reader.peek().kind !== "end") throw reader.unexpected("and, or or the end");
  return filter;
}
