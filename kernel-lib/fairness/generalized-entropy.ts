import { binaryCounts } from "../evaluate/binary-counts";
import type { BinaryCounts, CountMetric } from "../evaluate/metric";
import type { GroupedLabels } from "./demographic-parity";
import type { Figure } from "./figure";
import { countEstimate } from "./intervals/count-estimate";
import { figureOf } from "./intervals/estimate";

export interface EntropyInput extends Pick<
  GroupedLabels,
  "yTrue" | "yPred" | "posLabel" | "confidence"
> {
  /** How much weight large benefits have: 0 the mean log deviation, 1 the Theil index, 2 half the squared variation. Default 2. */
  alpha?: number;
}

/**
 * How unequally a model treats persons, whatever their group. Who gets more than deserved (a false positive) has a
 * benefit of 2, who gets less (a false negative) 0, all others 1; the index says how unequal benefits are. 0 is equal.
 *
 * Weights are not known here, as AIF360 0.6.1 does not know them. With `alpha` 0 it is divided by the mean benefit once
 * more, as there, and null when there is a false negative.
 *
 * @throws AssayerError "invalid-argument" for labels of a third class, or arrays of different length
 * @see Speicher et al. 2018, "A unified approach to quantifying algorithmic unfairness"
 */
export function generalizedEntropyIndex(input: EntropyInput): Figure {
  const { yTrue, yPred, posLabel = 1, confidence = 0.95, alpha = 2 } = input;
  const counts = binaryCounts(yTrue, yPred, { posLabel });
  const index: CountMetric = {
    name: "generalizedEntropyIndex",
    label: "generalized entropy index",
    input: "counts",
    isRate: false,
    better: "lower",
    denominator: "rows",
    compute: (each) => entropyOf(each, alpha),
  };
  const figure = figureOf(countEstimate(index, { counts }), confidence);
  return figure.low === null ? figure : { ...figure, low: Math.max(0, figure.low) };
}

/** The generalized entropy index with alpha 1. */
export function theilIndex(input: Omit<EntropyInput, "alpha">): Figure {
  return generalizedEntropyIndex({ ...input, alpha: 1 });
}

function entropyOf(counts: BinaryCounts, alpha: number): number {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = counts;
  const benefits = [
    [0, falseNegatives],
    [1, truePositives + trueNegatives],
    [2, falsePositives],
  ] as const;
  const rows = benefits.reduce((sum, [, count]) => sum + count, 0);
  const mean = benefits.reduce((sum, [benefit, count]) => sum + benefit * count, 0) / rows;
  const term = (benefit: number) => {
    const share = benefit / mean;
    if (alpha === 1) return benefit === 0 ? 0 : (benefit * Math.log(share)) / mean;
    if (alpha === 0) return -Math.log(share) / mean;
    return (share ** alpha - 1) / (alpha * (alpha - 1));
  };
  let sum = 0;
  for (const [benefit, count] of benefits) if (count > 0) sum += count * term(benefit);
  return sum / rows;
}
