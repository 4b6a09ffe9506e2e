import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Values = Record<string, number | null>;
export type Row = Record<string, number | null | string[]> & { group: string[] };

/** Of one frame; with control features one row for each of their groups. */
export interface GoldenFrame {
  inputs: "counts" | "scores" | "values";
  weighted: boolean;
  control: boolean;
  overall: Values | Row[];
  byGroup: Row[];
  groupMin: Values | Row[];
  groupMax: Values | Row[];
  "difference.betweenGroups": Values | Row[];
  "difference.toOverall": Values | Row[];
  "ratio.betweenGroups": Values | Row[];
  "ratio.toOverall": Values | Row[];
}

export interface GoldenData {
  columns: {
    yTrue: number[];
    yScore: number[];
    yPred: number[];
    sampleWeight: number[];
    sensitiveFeatures: Record<string, (string | number)[]>;
    controlFeatures: Record<string, (string | number)[]>;
  };
  frames: GoldenFrame[];
  /** Without weights, and with. */
  named: Values[];
  privileged: (Record<string, number | null> & { privileged: string })[];
}

type Pair<T> = [T, T];

/** What test/parity/fairness.py computed. */
export const golden = JSON.parse(
  readFileSync(join(__dirname, "../parity/golden/fairness.json"), "utf8"),
) as {
  versions: Record<"fairlearn" | "aif360" | "scikit-learn" | "scipy", string>;
  normal: Pair<number>[];
  binomial: [n: number, p: number, shares: number[], counts: number[]][];
  shares: { successes: number; trials: number; wilson: Pair<number>; exact: Pair<number> }[];
  consistency: {
    features: Record<string, number[]>;
    yPred: number[];
    values: Record<string, number>;
  };
  data: Record<"wages" | "synthetic", GoldenData>;
  bootstrap: { resamples: number; byGroup: Pair<Row[]> } & Record<
    | "overall"
    | "groupMin"
    | "groupMax"
    | "difference.betweenGroups"
    | "difference.toOverall"
    | "ratio.betweenGroups"
    | "ratio.toOverall",
    Pair<Values>
  >;
  bca: { resamples: number } & Record<"accuracy" | "f1" | "mae" | "rocAuc", Pair<number>>;
};
