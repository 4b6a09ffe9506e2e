import { AssayerError } from "../../errors";

export function requireFinite(caller: string, value: number): void {
  if (!Number.isFinite(value))
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a finite number; got ${String(value)}`,
    );
}

/** Of what a classifier did: 1 for an error, 0 for a right prediction. */
export function requireError(caller: string, value: number | boolean): void {
  if (value !== 0 && value !== 1 && typeof value !== "boolean")
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires 0, or 1 for an error; got ${String(value)}`,
    );
}

/** An option that complies; NaN never does. */
export function requireOption(
  caller: string,
  complies: boolean,
  rule: string,
  value: unknown,
): void {
  if (!complies)
    throw new AssayerError("invalid-argument", `${caller} requires ${rule}; got ${String(value)}`);
}

interface Kinds {
  number: number;
  "number or null": number | null;
  boolean: boolean;
  numbers: number[];
}

const kinds: { [Kind in keyof Kinds]: (value: unknown) => boolean } = {
  number: Number.isFinite,
  "number or null": (value) => value === null || Number.isFinite(value),
  boolean: (value) => typeof value === "boolean",
  numbers: (value) => Array.isArray(value) && value.every(Number.isFinite),
};

/** What `toJSON` gave, as an object or as text, with a state of the given shape. */
export function readSaved<Shape extends Record<string, keyof Kinds>>(
  caller: string,
  detector: string,
  saved: unknown,
  shape: Shape,
): { options: object; state: { [Key in keyof Shape]: Kinds[Shape[Key]] } } {
  const found = (typeof saved === "string" ? parsed(caller, saved) : saved) as Record<
    string,
    unknown
  > | null;
  const state = found?.state as Record<string, unknown> | null | undefined;
  const fault =
    found?.detector !== detector || found.format !== 1
      ? "another detector or format"
      : typeof found.options !== "object" || found.options === null
        ? "no options"
        : Object.entries(shape).find(([key, kind]) => !kinds[kind](state?.[key]))?.[0];
  if (fault !== undefined)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires what toJSON of a ${detector} detector gave; got a fault in ${fault}`,
    );
  // Nothing but what the shape names: the rest may come from anyone.
  const picked = Object.fromEntries(Object.keys(shape).map((key) => [key, state?.[key]]));
  return { options: found?.options as object, state: picked as never };
}

function parsed(caller: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AssayerError("invalid-argument", `${caller} requires JSON; got other text`, {
      cause,
    });
  }
}
