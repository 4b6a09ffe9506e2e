import { plural } from "./format";
import type { ExpectationResult } from "./quality-report";

/** A report in one sentence: how much was expected, what fails, and the worst of it. */
export function qualitySummary(rows: number, results: readonly ExpectationResult[]): string {
  const table = plural(rows, "row");
  if (results.length === 0) return `${table}; nothing was expected of them.`;
  const failed = results.filter(({ passed }) => !passed);
  if (failed.length === 0)
    return results.length === 1
      ? `The expectation holds over ${table}.`
      : `All ${results.length} expectations hold over ${table}.`;
  const errors = failed.filter(({ severity }) => severity === "error");
  const worst = errors[0] ?? failed.find(({ severity }) => severity === "warning") ?? failed[0];
  const verb = failed.length === 1 ? "fails" : "fail";
  const grave =
    errors.length === failed.length
      ? errors.length === 1
        ? ", an error"
        : ", all of them errors"
      : errors.length === 0
        ? ", none of them an error"
        : `, ${errors.length} of them ${errors.length === 1 ? "an error" : "errors"}`;
  return `${failed.length} of ${plural(results.length, "expectation")} ${verb} over ${table}${grave}: expected that ${worst?.required ?? ""}; ${worst?.observed ?? ""}.`;
}
