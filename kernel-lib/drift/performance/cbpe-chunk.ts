import { averagePrecision } from "../../evaluate/average-precision";
import { rocAuc } from "../../evaluate/roc-auc";
import { argsort } from "../../stats/argsort";
import { scoredClasses, type CalibratedRows } from "./classifier-rows";
import { rowsWhere, takeLabels, takeRows } from "./take-rows";
import { expectedConfusion, realisedConfusion, type Confusion } from "./confusion";

/** Rows of a chunk, and what several metrics need of them, computed once and when asked for. */
export class CbpeChunk {
  #expected: Confusion | undefined;
  #realised: Confusion | null | undefined;
  #scored: Uint32Array | undefined;

  constructor(
    private readonly rows: CalibratedRows,
    private readonly start: number,
    private readonly end: number,
  ) {}

  get expected(): Confusion {
    return (this.#expected ??= expectedConfusion(this.rows, this.start, this.end));
  }

  /** Null without labels. */
  get realised(): Confusion | null {
    if (this.#realised === undefined)
      this.#realised = realisedConfusion(this.rows, this.start, this.end);
    return this.#realised;
  }

  /** Rows that have all scores. */
  get scored(): Uint32Array {
    const [first] = this.rows.probability;
    return (this.#scored ??= rowsWhere(this.start, this.end, (row) => !Number.isNaN(first?.[row])));
  }

  /** Mean over the scored classes of what a ranking metric is expected to be. */
  expectedRanking(metric: "roc_auc" | "average_precision"): number {
    if (this.scored.length === 0) return NaN;
    return meanOf(this.rows.yScore, (scores, i) => {
      const order = argsort(takeRows(scores, this.scored)).reverse();
      const values = this.rows.probability[i] ?? new Float64Array(0);
      const probability = takeRows(takeRows(values, this.scored), order);
      return metric === "roc_auc"
        ? expectedRocAuc(probability)
        : expectedAveragePrecision(probability);
    });
  }

  /** The same as it turned out; NaN without a row of every class that it needs. */
  realisedRanking(metric: "roc_auc" | "average_precision"): number {
    const { yTrue } = this.rows;
    if (yTrue === null) return NaN;
    const labelled = this.scored.filter((row) => Number(yTrue[row]) >= 0);
    const codes = scoredClasses(this.rows);
    const seen = new Set<number>();
    for (const row of labelled) seen.add(Number(yTrue[row]));
    const needed = codes.length === 1 && metric === "roc_auc" ? [0, 1] : codes;
    if (!needed.every((code) => seen.has(code))) return NaN;
    return meanOf(codes, (code, i) => {
      const labels = takeLabels(yTrue, labelled, code);
      const scores = takeRows(this.rows.yScore[i] ?? new Float64Array(0), labelled);
      return metric === "roc_auc" ? rocAuc(labels, scores) : averagePrecision(labels, scores);
    });
  }
}

function meanOf<T>(items: readonly T[], value: (item: T, i: number) => number): number {
  return items.reduce((sum, item, i) => sum + value(item, i), 0) / items.length;
}

/** NannyML rounds running counts to five decimals, halves to even. */
function rounded(count: number): number {
  const scaled = count * 1e5;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  return (rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor) / 1e5;
}

function runningSums(values: Float64Array): Float64Array {
  let sum = 0;
  return values.map((value) => (sum += value));
}

/**
 * Area under the ROC curve when each row is positive with its own probability, by the trapezoidal rule.
 *
 * @param probability of the rows by falling score
 */
export function expectedRocAuc(probability: Float64Array): number {
  const sums = runningSums(probability);
  const last = sums.length - 1;
  const positives = rounded(Number(sums[last]));
  const negatives = rounded(sums.length - Number(sums[last]));
  let area = 0;
  let [tpBefore, fpBefore] = [0, 0];
  for (let i = 0; i < sums.length; i++) {
    const tp = rounded(Number(sums[i]));
    const fp = rounded(i + 1 - Number(sums[i]));
    area += ((fp - fpBefore) / negatives) * ((tp + tpBefore) / positives / 2);
    [tpBefore, fpBefore] = [tp, fp];
  }
  return area;
}

/** Average precision when each row is positive with its own probability; rows by falling score. */
export function expectedAveragePrecision(probability: Float64Array): number {
  const sums = runningSums(probability);
  const positives = rounded(Number(sums[sums.length - 1]));
  let area = 0;
  let before = 0;
  for (let i = 0; i < sums.length; i++) {
    const tp = rounded(Number(sums[i]));
    area += ((tp - before) / positives) * (tp / (i + 1));
    before = tp;
  }
  return area;
}
