import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openScan } from "../../kernel-lib/store/scan/open-scan";
import { flightsPath } from "./flights";

interface DriftCase {
  name: string;
  reference: [number, number];
  current: [number, number];
  keys: string[];
  referenceChunks: number;
  features: Record<
    string,
    Record<string, { values: (number | null)[]; upper: number | null; alerts: boolean[] }>
  >;
}

interface CbpeCase {
  name: string;
  calibrated: boolean[];
  referenceChunks: number;
  keys: string[];
  share?: "all" | "true" | "predicted";
  metrics: Record<
    string,
    {
      value: (number | null)[];
      realized: (number | null)[];
      lower_confidence_boundary: (number | null)[];
      upper_confidence_boundary: (number | null)[];
      lower: number | null;
      upper: number | null;
      alerts: boolean[];
    }
  >;
}

/** What test/parity/nannyml.py computed of the same data. */
export const golden = JSON.parse(
  readFileSync(join(__dirname, "../parity/golden/nannyml.json"), "utf8"),
) as {
  versions: Record<"nannyml" | "scikit-learn" | "scipy" | "numpy" | "statsmodels", string>;
  half: number;
  drift: DriftCase[];
  titanicDrift: DriftCase;
  chunks: {
    by: "size" | "count";
    rows: number;
    chunks: number;
    incomplete: "keep";
    cut: number[][];
  }[];
  periods: Record<string, { chunks: number; shown: [string, number, number, number][] }>;
  flightsModel: { weights: number[]; intercept: number; cut: number; worth: number[][] };
  flightsCbpe: CbpeCase[];
  titanic: {
    age: (number | null)[];
    fare: (number | null)[];
    class: number[];
    sex: string;
    embarked: string;
    survived: string;
    score: number[];
  };
  titanicCbpe: CbpeCase;
  digits: {
    classes: string[];
    worth: number[][];
    yTrue: string;
    yPred: string;
    yScore: number[][];
  };
  digitsCbpe: CbpeCase;
  calibrations: { name: string; errors: [number, number]; needed: boolean }[];
  stratifiedTests: [number[], number][];
  isotonic: { x: number[]; y: number[]; points: [number[], number[]] };
  kendall: { name: string; values: number[]; pValue: number; autocorrelations: number[] }[];
};

export const nannyml = `nannyml ${golden.versions.nannyml}`;

/** The demo's flights. */
export interface Flights {
  date: Float64Array;
  delay: Float64Array;
  distance: Float64Array;
  origin: { codes: Int32Array; categories: string[] };
  destination: { codes: Int32Array; categories: string[] };
}

export async function readFlights(): Promise<Flights> {
  return openScan(flightsPath, async (scan) => {
    const found: Record<string, unknown> = {};
    const numbers = ["date", "delay", "distance"].map((name) => ({ name, as: "number" as const }));
    const texts = ["origin", "destination"].map((name) => ({ name, as: "category" as const }));
    for await (const column of scan.values([...numbers, ...texts]))
      found[column.name] = column.kind === "number" ? column.values : column;
    return found as unknown as Flights;
  });
}

/** Within 1e-9, relative where the number is above 1; null is NaN. */
export function assertSame(
  actual: number | null | undefined,
  expected: number | null | undefined,
  what: string,
  tolerance = 1e-9,
): void {
  const near =
    typeof actual === "number" && typeof expected === "number"
      ? Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected))
      : actual === expected;
  assert.ok(near, `${what}: ${String(actual)} is not ${String(expected)}`);
}
