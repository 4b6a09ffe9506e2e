import { metric } from "../../kernel-lib/evaluate/named-metric";
import type { BinaryCounts, CountMetric } from "../../kernel-lib/evaluate/metric";
import type { Figure } from "../../kernel-lib/fairness/figure";
import { countEstimate } from "../../kernel-lib/fairness/intervals/count-estimate";
import { countDisparity } from "../../kernel-lib/fairness/intervals/disparity";
import { figureOf, type Estimate } from "../../kernel-lib/fairness/intervals/estimate";
import { contenders } from "../../kernel-lib/fairness/intervals/highest";
import {
  joined,
  negated,
  pairDifferences,
  pairRatios,
} from "../../kernel-lib/fairness/intervals/contrasts";
import { metricFrame } from "../../kernel-lib/fairness/metric-frame";
import { binomialDraw } from "../../kernel-lib/stats/binomial-draw";
import { normalQuantile } from "../../kernel-lib/stats/normal-quantile";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";

/** How often 95% intervals hold the truth when groups with known rates are drawn again and again. */
export interface Scenario {
  name: string;
  /** `distinct`: one pair of groups stands clear. `tied`: groups are alike, or nearly so. `tiny`: a handful of rows. */
  kind: "distinct" | "tied" | "tiny";
  groups: readonly GroupTruth[];
}

/** Rows, share of positives, true and false positive rate. */
type GroupTruth = readonly [rows: number, base: number, tpr: number, fpr: number];

export interface Coverage {
  scenario: string;
  kind: Scenario["kind"];
  figure: string;
  /** Of one group, or of two that stand clear of all others in the expected counts. */
  clear: boolean;
  repetitions: number;
  covered: number;
  /** Share of the truths above, and below, the interval. */
  above: number;
  below: number;
}

export const scenarios: readonly Scenario[] = [
  {
    name: "2 groups of 1000, apart",
    kind: "distinct",
    groups: [
      [1000, 0.5, 0.8, 0.2],
      [1000, 0.4, 0.6, 0.1],
    ],
  },
  {
    name: "2 groups of 200, apart",
    kind: "distinct",
    groups: [
      [200, 0.5, 0.85, 0.35],
      [200, 0.4, 0.5, 0.1],
    ],
  },
  {
    name: "2 groups of 5000, rare",
    kind: "distinct",
    groups: [
      [5000, 0.05, 0.7, 0.03],
      [5000, 0.02, 0.4, 0.01],
    ],
  },
  {
    name: "3 groups of 60 to 600, apart",
    kind: "distinct",
    groups: [
      [600, 0.6, 0.9, 0.4],
      [200, 0.5, 0.65, 0.2],
      [60, 0.5, 0.25, 0.05],
    ],
  },
  {
    name: "5 groups of 2000, apart",
    kind: "distinct",
    groups: [
      [2000, 0.3, 0.9, 0.3],
      [2000, 0.4, 0.8, 0.22],
      [2000, 0.4, 0.7, 0.16],
      [2000, 0.3, 0.6, 0.1],
      [2000, 0.2, 0.45, 0.03],
    ],
  },
  {
    name: "2 groups of 500, alike",
    kind: "tied",
    groups: [
      [500, 0.4, 0.7, 0.2],
      [500, 0.4, 0.7, 0.2],
    ],
  },
  {
    name: "8 groups of 300, alike",
    kind: "tied",
    groups: Array.from({ length: 8 }, () => [300, 0.4, 0.7, 0.2] as const),
  },
  {
    name: "2 groups of 300, nearly alike",
    kind: "tied",
    groups: [
      [300, 0.4, 0.72, 0.2],
      [300, 0.4, 0.68, 0.18],
    ],
  },
  {
    name: "2 groups of 20 and 30",
    kind: "tiny",
    groups: [
      [20, 0.5, 0.8, 0.3],
      [30, 0.5, 0.4, 0.1],
    ],
  },
];

export const rates = [
  "selectionRate",
  "truePositiveRate",
  "falsePositiveRate",
  "precision",
  "accuracy",
] as const;
const all = [...rates, "f1"] as const;

/** Rates of groups, differences, ratios and equalized odds, from drawn counts. */
export function countCoverage(scenario: Scenario, repetitions: number, seed: number): Coverage[] {
  const random = seededRandom(seed);
  const truths = scenario.groups.map(([rows, base, tpr, fpr]): BinaryCounts => ({
    truePositives: rows * base * tpr,
    falseNegatives: rows * base * (1 - tpr),
    falsePositives: rows * (1 - base) * fpr,
    trueNegatives: rows * (1 - base) * (1 - fpr),
  }));
  const tally = tallyOf(scenario, repetitions);
  const expected = truths.map((counts, g) => ({ name: String(g), counts }));
  const of = (name: string) => metric(name) as CountMetric;
  const odds = [of("truePositiveRate"), of("falsePositiveRate")];
  const isClear = new Map(all.map((name) => [name, standsClear(of(name), expected)]));
  const oddsAreClear = standsClear(odds, expected);
  for (let r = 0; r < repetitions; r++) {
    const groups = scenario.groups.map(([rows, base, tpr, fpr], g) => {
      const positives = binomialDraw(rows, base, random);
      const truePositives = binomialDraw(positives, tpr, random);
      const falsePositives = binomialDraw(rows - positives, fpr, random);
      const falseNegatives = positives - truePositives;
      const trueNegatives = rows - positives - falsePositives;
      return {
        name: String(g),
        counts: { truePositives, falsePositives, falseNegatives, trueNegatives },
      };
    });
    for (const name of all) {
      const values = truths.map((truth) => of(name).compute(truth));
      groups.forEach((group, g) => {
        tally(
          `${name} of a group`,
          figureOf(countEstimate(of(name), group), 0.95),
          values[g] ?? NaN,
        );
      });
      const { difference, ratio } = countDisparity(groups, of(name), { confidence: 0.95 });
      const clear = isClear.get(name) ?? false;
      tally(`difference of ${name}`, difference, spread(values), clear);
      tally(`ratio of ${name}`, ratio, Math.min(...values) / Math.max(...values), clear);
    }
    const values = odds.map((each) => truths.map((truth) => each.compute(truth)));
    const { difference, ratio } = countDisparity(groups, odds, { confidence: 0.95 });
    const clear = oddsAreClear;
    tally("equalized odds difference", difference, Math.max(...values.map(spread)), clear);
    const ratios = values.map((each) => Math.min(...each) / Math.max(...each));
    tally("equalized odds ratio", ratio, Math.min(...ratios), clear);
  }
  return tally.results();
}

/** ROC AUC and mean absolute error of drawn rows: normal scores, and errors that are exponential. */
export function rowCoverage(
  sizes: readonly number[],
  repetitions: number,
  seed: number,
  options: { resamples?: number } = {},
): Coverage[] {
  const random = seededRandom(seed);
  const tally = tallyOf(
    { name: `${sizes.length} groups of ${sizes.join(", ")}`, kind: "distinct" },
    repetitions,
  );
  const areas = sizes.map((_, g) => 0.9 - (0.25 * g) / Math.max(1, sizes.length - 1));
  const errors = sizes.map((_, g) => 1 + g);
  const group = sizes.flatMap((size, g) => Array.from({ length: size }, () => g));
  for (let r = 0; r < repetitions; r++) {
    const yTrue = group.map((_, i) => i % 2);
    const yScore = group.map(
      (g, i) =>
        normalQuantile(random() || 0.5) + (i % 2) * Math.SQRT2 * normalQuantile(areas[g] ?? 0.5),
    );
    const yPred = group.map((g, i) => (i % 2) + (errors[g] ?? 1) * -Math.log(1 - random()));
    const common = { yTrue, sensitiveFeatures: { group }, ...options };
    const auc = metricFrame({ ...common, metrics: ["rocAuc"], yScore });
    const mae = metricFrame({ ...common, metrics: ["mae"], yPred });
    for (const [name, frame, truths] of [
      ["rocAuc", auc, areas],
      ["mae", mae, errors],
    ] as const) {
      frame.byGroup.forEach((each, g) => {
        tally(`${name} of ${each.rows} rows`, each.figures[name] as Figure, truths[g] ?? NaN);
      });
      tally(`difference of ${name}`, frame.difference()[name] as Figure, spread(truths));
      tally(
        `ratio of ${name}`,
        frame.ratio()[name] as Figure,
        Math.min(...truths) / Math.max(...truths),
      );
    }
  }
  return tally.results();
}

/** Whether in the expected counts no other contrast comes near the largest difference, or the smallest ratio. */
function standsClear(
  metrics: CountMetric | CountMetric[],
  groups: { name: string; counts: BinaryCounts }[],
): boolean {
  const estimates = [metrics]
    .flat()
    .map((each) => groups.map((group) => countEstimate(each, group)));
  return [pairDifferences, (each: Estimate[]) => negated(pairRatios(each))].every((contrast) => {
    const { limits } = joined(estimates.map(contrast));
    return limits !== null && contenders(limits, 0.025).length === 1;
  });
}

function spread(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}

function tallyOf({ name, kind }: Pick<Scenario, "name" | "kind">, repetitions: number) {
  const found = new Map<string, { n: number; above: number; below: number; clear: boolean }>();
  const tally = (figure: string, { low, high }: Figure, truth: number, clear = true) => {
    const sums = found.get(figure) ?? { n: 0, above: 0, below: 0, clear };
    found.set(figure, sums);
    // What cannot be told says nothing wrong, and nothing right.
    if (low === null || high === null) return;
    const rounding = 1e-12;
    sums.n++;
    sums.above += Number(truth > high + rounding);
    sums.below += Number(truth < low - rounding);
  };
  tally.results = (): Coverage[] =>
    [...found].map(([figure, { n, above, below, clear }]) => ({
      clear,
      scenario: name,
      kind,
      figure,
      repetitions,
      covered: 1 - (above + below) / n,
      above: above / n,
      below: below / n,
    }));
  return tally;
}
