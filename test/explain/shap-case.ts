import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Values of one explanation: outputs; rows × outputs × columns, row-major. */
export interface GoldenValues {
  baseValue: number[];
  shapValues: number[];
}

export interface TreeCase {
  name: string;
  data: string;
  file: string;
  /** Whether the file holds the rows that came to each node, or they are counted from the data. */
  covers: "file" | "data";
  pathDependent: GoldenValues;
  interventional: GoldenValues;
  probability?: GoldenValues;
  log_loss?: GoldenValues;
  labels?: number[];
  /** First three rows × outputs × columns × columns. */
  interactions?: number[];
}

export interface LinearCase {
  name: string;
  data: string;
  columns: number;
  file: string;
  independent: GoldenValues;
  /** By output. */
  correlated: { baseValue: number; shapValues: number[] }[];
}

/** Root mean square error of an estimate by so many predictions for a row, over eight seeds. */
export interface SamplingError {
  evaluations: number;
  error: number;
}

interface Golden {
  data: Record<string, { columns: string[]; rows: (number | null)[][] }>;
  explained: [number, number];
  background: [number, number];
  trees: TreeCase[];
  linear: LinearCase[];
  ties: {
    data: string;
    file: string;
    exact: GoldenValues;
    /** As a share of the largest value. */
    errorOfShap: number;
  };
  any: {
    data: string;
    file: string;
    rows: number;
    background: [number, number];
    exact: GoldenValues;
    kernelOfAll: number[];
    kernel: SamplingError;
    permutation: SamplingError;
    sampling: SamplingError;
  };
  wages: { columns: string[]; levels: Record<string, string[]> };
  pipelines: (GoldenValues & { name: string; file: string })[];
  deep: {
    file: string;
    depth: number;
    rows: number[][];
    train: [number, number][][];
    shapValues: number[];
    largestValue: number;
    largestErrorOfShap: number;
  };
}

const folder = join(__dirname, "../parity/golden");

/** Values by Python's shap 0.51.0: test/parity/shap-values.py. */
export const golden = JSON.parse(readFileSync(join(folder, "shap.json"), "utf8")) as Golden;

export function modelFile(name: string): Uint8Array {
  return readFileSync(join(folder, "shap", name));
}

/** Rows of a table, row-major; nine digits tell a float32. */
export function tableRows(
  name: string,
  [start, end]: readonly [number, number],
  columns?: number,
): { rows: Float64Array; count: number } {
  const table = golden.data[name];
  assert.ok(table, name);
  const rows = table.rows.slice(start, end).map((row) => row.slice(0, columns));
  return {
    rows: Float64Array.from(rows.flat(), (value) => Math.fround(value ?? NaN)),
    count: rows.length,
  };
}

/** Fails where base values or SHAP values differ by more than the tolerance, as a share of the largest of them. */
export function assertExplained(
  actual: { baseValue: Float64Array; shapValues: Float64Array },
  expected: GoldenValues,
  tolerance: number,
  what: string,
): void {
  const together = (each: typeof actual | GoldenValues) => [...each.baseValue, ...each.shapValues];
  assert.equal(actual.baseValue.length, expected.baseValue.length, what);
  assertClose(together(actual), together(expected), tolerance, what);
}

/** Fails where a value differs by more than the tolerance, as a share of the largest value. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  assert.equal(actual.length, expected.length, what);
  const scale = Math.max(...Array.from(expected, Math.abs));
  assert.ok(scale > 0, what);
  Array.from(expected, (value, index) => {
    const difference = Math.abs(Number(actual[index]) - value);
    assert.ok(
      difference <= tolerance * scale,
      `${what}: value ${index} is ${Number(actual[index])}, not ${value}; off by ${difference / scale} of the largest`,
    );
  });
}
