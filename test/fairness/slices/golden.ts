import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface GoldenSlice {
  rows: number;
  loss: number;
  otherLoss: number;
  effectSize: number;
  welch: number;
  fisher: number | null;
  wilson: [number, number] | null;
}

export interface GoldenNode {
  parent: number;
  rows: number;
  loss: number;
  feature: string | null;
  threshold: number | null;
}

type Loss = "wrong" | "error";

/** What test/parity/fairness-slices.py computed. */
export const golden = JSON.parse(
  readFileSync(join(__dirname, "../../parity/golden/fairness-slices.json"), "utf8"),
) as {
  versions: Record<"scipy" | "scikit-learn", string>;
  slices: Record<Loss, Record<string, GoldenSlice>>;
  trees: Record<Loss, { maxDepth: number; minLeaf: number; nodes: GoldenNode[] }[]>;
};
