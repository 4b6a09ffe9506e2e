import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A number of the golden files; JSON has no infinities and no NaN. */
export type GoldenNumber = number | "NaN" | "Infinity" | "-Infinity";
/** Statistic and p-value, or why the peer has none. */
export type GoldenTest = [GoldenNumber, GoldenNumber] | string;
type Side = (number | null)[] | { counts: [number, number][] };

/** What test/parity/two-sample.py computed. */
export const golden = JSON.parse(
  readFileSync(join(__dirname, "../parity/golden/two-sample.json"), "utf8"),
) as {
  versions: Record<"scipy" | "numpy", string>;
  samples: Record<string, Record<"reference" | "current", Side>>;
  categories: Record<string, Record<"reference" | "current", (string | null)[]>>;
  numerical: Record<
    string,
    Record<NumericalTest, GoldenTest> & {
      wasserstein: number;
      energyDistance: number;
      quantiles: number[];
      bins: Partial<Record<string, [number, number, number[]]>>;
    }
  >;
  categorical: Record<
    string,
    Record<"chiSquare" | "gTest" | "chiSquareContingency", GoldenTest> &
      Record<CategoricalDistance, number> & {
        counts: [number[], number[]];
        fisherExact: GoldenTest | null;
        klDivergence: number | null;
      }
  >;
  tails: {
    kolmogorov: [number, number, number][];
    gamma: [number, number, number][];
    student: [number, number, number][];
    normal: [number, number][];
    fisher: [[[number, number], [number, number]], number][];
    kolmogorovTwoSample: [number, number, number, number, number][];
  };
  pValues: number[];
  benjaminiHochberg: number[];
};

export type NumericalTest =
  | "kolmogorovSmirnov"
  | "tTest"
  | "welch"
  | "mannWhitney"
  | "mannWhitneyLess"
  | "andersonDarling"
  | "cramerVonMises"
  | "eppsSingleton";
export type CategoricalDistance =
  "jensenShannon" | "jensenShannonBase2" | "hellinger" | "totalVariation" | "lInfinity";

/** The values of a side, missing ones as NaN. */
export function valuesOf(side: Side): number[] {
  if (Array.isArray(side)) return side.map((value) => value ?? NaN);
  return side.counts.flatMap(([value, count]) => new Array<number>(count).fill(value));
}

/** Within a relative tolerance; or below `floor`, where the peer's own rounding begins. */
export function assertNear(
  actual: number,
  expected: GoldenNumber,
  relative: number,
  floor = 1e-300,
): void {
  const wanted = Number(expected);
  const isNear =
    Object.is(actual, wanted) ||
    actual === wanted ||
    Math.abs(actual - wanted) <= Math.max(floor, relative * Math.abs(wanted));
  assert.ok(isNear, `${actual} is not ${wanted} within ${relative}`);
}
