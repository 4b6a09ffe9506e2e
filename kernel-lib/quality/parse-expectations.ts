import { z } from "zod";
import { AssayerError } from "../errors";
import type { Expectation } from "./expectation";

const name = z.string().min(1);
const mostly = z.number().gt(0).lte(1).optional();
const limit = z.number().optional();
const limits = { min: limit, max: limit };
const rows = z.int().min(0).optional();
const common = {
  severity: z.enum(["error", "warning", "info"]).optional(),
  note: z.string().optional(),
};

/** What each kind of expectation takes beside severity and note. */
const kinds = {
  "not-null": { column: name, mostly },
  "in-set": {
    column: name,
    values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
    mostly,
  },
  between: {
    column: name,
    min: z.union([z.number(), z.string()]).optional(),
    max: z.union([z.number(), z.string()]).optional(),
    strict: z.boolean().optional(),
    mostly,
  },
  matches: { column: name, regex: z.string().min(1), mostly },
  unique: { columns: z.array(name).min(1) },
  monotonic: {
    column: name,
    direction: z.enum(["increasing", "decreasing"]),
    strict: z.boolean().optional(),
  },
  "row-count": { min: rows, max: rows },
  schema: {
    columns: z.record(name, z.enum(["number", "boolean", "text", "time", "other"])),
    exact: z.boolean().optional(),
  },
  fresh: { column: name, maxAgeSeconds: z.number().gt(0) },
  sql: { condition: z.string().min(1), name: name.optional(), mostly },
  "mean-between": { column: name, ...limits },
  "distinct-between": { column: name, ...limits },
} satisfies Record<Expectation["expect"], z.core.$ZodLooseShape>;

const schemas = Object.fromEntries(
  Object.entries(kinds).map(([expect, shape]) => [
    expect,
    z.strictObject({ expect: z.literal(expect), ...shape, ...common }),
  ]),
);

/** A value in few words; of text no more than its beginning. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  return String(value);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
}

function refused(where: string, constraint: string, value: unknown): AssayerError {
  return new AssayerError(
    "invalid-argument",
    `${where} requires ${constraint}; got ${shown(value)}`,
  );
}

/** What an issue of zod's asks for, in the words of our errors. */
function constraintOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.expected === "int" ? "a whole number" : `a value of type ${issue.expected}`;
    case "invalid_value":
      return `one of ${issue.values.map(String).join(", ")}`;
    case "invalid_union":
      return "a number, a text or a boolean";
    case "too_small":
      return issue.origin === "number" || issue.origin === "int"
        ? `a number ${issue.inclusive === true ? "of at least" : "above"} ${issue.minimum}`
        : issue.origin === "string"
          ? "a text that is not empty"
          : "one entry or more";
    case "too_big":
      return `a number of at most ${issue.maximum}`;
    case "invalid_key":
      return "names that are not empty";
    default:
      return issue.message;
  }
}

function requireLimits(where: string, { min, max }: { min?: unknown; max?: unknown }): void {
  if (min === undefined && max === undefined)
    throw new AssayerError("invalid-argument", `${where} requires min or max; got neither`);
  if (min === undefined || max === undefined) return;
  if (typeof min !== typeof max) throw refused(`${where}.max`, `the type of min`, max);
  if ((min as number) > (max as number))
    throw refused(`${where}.max`, `a value of min or more`, max);
}

function parseExpectation(value: unknown, index: number): Expectation {
  const at = `expectation ${index + 1}`;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw refused(at, 'an object such as { expect: "not-null", column: "age" }', value);
  const { expect } = value as { expect?: unknown };
  const known = typeof expect === "string" && Object.hasOwn(schemas, expect);
  if (!known)
    throw new AssayerError(
      "invalid-argument",
      `unknown expectation: ${shown(expect)} as ${at}; expected one of ${Object.keys(kinds).join(", ")}`,
    );
  const where = `${at} (${expect})`;
  const result = schemas[expect]?.safeParse(value);
  const issue = result?.error?.issues[0];
  if (issue?.code === "unrecognized_keys")
    throw new AssayerError(
      "invalid-argument",
      `unknown key: ${issue.keys.join(", ")} in ${where}; expected one of ${Object.keys({ ...kinds[expect as Expectation["expect"]], ...common }).join(", ")}`,
    );
  if (issue)
    throw refused(
      [where, ...issue.path].join("."),
      constraintOf(issue),
      valueAt(value, issue.path),
    );
  const expectation = value as Expectation;
  if ("min" in expectation || "max" in expectation || /between|row-count/u.test(expect))
    requireLimits(where, expectation as { min?: unknown; max?: unknown });
  if (expectation.expect === "in-set") {
    const [first, ...others] = expectation.values;
    const other = others.find((each) => typeof each !== typeof first);
    if (other !== undefined) throw refused(`${where}.values`, "values of one type", other);
  }
  return expectation;
}

/**
 * Expectations out of JSON: a list, as `suggestExpectations` gives and a file may hold.
 *
 * @throws AssayerError "invalid-argument" that names the first expectation that is not one, by its position from 1,
 *   and what was required
 */
export function parseExpectations(value: unknown): Expectation[] {
  if (!Array.isArray(value)) throw refused("expectations", "a list", value);
  return value.map(parseExpectation);
}
