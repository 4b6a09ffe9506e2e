import { AssayerError } from "../errors";

const longestName = 250;
const longestText = 100_000;

/** A name of an experiment, param, metric, model …: not empty, one line, at most 250 characters. */
export function requireName(value: unknown, what: string): string {
  if (
    typeof value !== "string" ||
    value.trim() === "" ||
    value === "__proto__" ||
    /[\p{Cc}\p{Cs}]/u.test(value)
  )
    throw new AssayerError(
      "invalid-argument",
      `${what} requires a name of one line; got ${typeof value === "string" ? JSON.stringify(value) : typeof value}`,
    );
  if (value.length > longestName)
    throw new AssayerError(
      "invalid-argument",
      `${what} requires at most ${longestName} characters; got ${value.length}`,
    );
  return value;
}

export function requireText(value: unknown, what: string): string {
  if (typeof value !== "string" || value.length > longestText)
    throw new AssayerError(
      "invalid-argument",
      `${what} requires text of at most ${longestText} characters; got ${typeof value === "string" ? value.length : typeof value}`,
    );
  return value;
}

/** A whole number that is exact in a double. */
export function requireStep(value: unknown): number {
  if (!Number.isSafeInteger(value))
    throw new AssayerError(
      "invalid-argument",
      `logMetric requires a whole number as step; got ${String(value)}`,
    );
  return value as number;
}

/** NaN and ±Infinity are values a metric can have; anything but a number is a mistake. */
export function requireMetricValue(value: unknown, key: string): number {
  if (typeof value !== "number")
    throw new AssayerError(
      "invalid-argument",
      `logMetric requires a number; got ${value === null ? "null" : typeof value} for ${key}`,
    );
  return value;
}

/** Milliseconds since the epoch that a Date can have. */
export function requireTimestamp(value: unknown): number {
  if (typeof value !== "number" || !(Math.abs(value) <= 8.64e15))
    throw new AssayerError(
      "invalid-argument",
      `logMetric requires milliseconds since the epoch as timestamp; got ${String(value)}`,
    );
  return value;
}

/** A whole number of 0 or more, for `what`: the function and its option. */
export function requireCount(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new AssayerError(
    "invalid-argument",
    `${what} requires a whole number of 0 or more; got ${String(value)}`,
  );
}
