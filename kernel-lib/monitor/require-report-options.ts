import { AssayerError } from "../errors";
import type { DriftReportOptions } from "./drift-report";

const corrections = ["benjamini-hochberg", "bonferroni", "none"];

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value);
}

/** Of numbers by name. */
function areNumbers(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(isNumber);
}

function isShare(value: unknown): boolean {
  return typeof value === "number" && value > 0 && value <= 1;
}

type Checked = Exclude<keyof DriftReportOptions, "method" | "methods" | "types" | "performance">;

const constraints: Record<Checked, [what: string, fits: (value: unknown) => boolean]> = {
  name: ["as text", (value) => typeof value === "string" && value !== ""],
  features: [
    "as a list of names",
    (value) => Array.isArray(value) && value.every((name) => typeof name === "string"),
  ],
  featureMethods: ["as names of methods by feature", isRecord],
  threshold: ["as a number", isNumber],
  featureThresholds: ["as numbers by feature", areNumbers],
  driftShare: ["above 0, up to 1", isShare],
  alpha: ["above 0, up to 1", isShare],
  correction: [
    `as one of ${corrections.join(", ")}`,
    (value) => typeof value === "string" && corrections.includes(value),
  ],
  importance: ["as numbers by feature", areNumbers],
  overTime: ["as an object", isRecord],
  multivariate: ["as true or false", (value) => typeof value === "boolean"],
  now: ["as a date", (value) => value instanceof Date && !Number.isNaN(value.getTime())],
  onProgress: ["as a function", (value) => typeof value === "function"],
  signal: [
    "as an AbortSignal",
    (value) => typeof (value as Partial<AbortSignal> | null)?.addEventListener === "function",
  ],
};

/**
 * Callers may write JavaScript, or hand on what they read from a file.
 *
 * @throws AssayerError "invalid-argument"
 */
export function requireReportOptions(options: DriftReportOptions): void {
  for (const [name, [what, fits]] of Object.entries(constraints)) {
    const value: unknown = options[name as Checked];
    if (value === undefined || fits(value)) continue;
    const got =
      typeof value === "string" || typeof value === "number" || typeof value === "boolean"
        ? String(value)
        : "another value";
    throw new AssayerError("invalid-argument", `driftReport requires ${name} ${what}; got ${got}`);
  }
}
