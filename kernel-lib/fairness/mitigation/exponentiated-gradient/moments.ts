import { AssayerError } from "../../../errors";
import { groupRows } from "../group-rows";

/** What `exponentiatedGradient` and `gridSearch` keep within a bound. */
export type ReductionConstraint =
  | "demographicParity"
  | "equalizedOdds"
  | "truePositiveRateParity"
  | "falsePositiveRateParity"
  | "errorRateParity"
  | "boundedGroupLoss";

export interface ReductionBounds {
  /** Largest distance of a group's rate from that of all, default 0.01. Of `boundedGroupLoss` the largest loss: needed. */
  differenceBound?: number;
  /** In place of a difference: the smallest ratio of a group's rate to that of all, or of that to it; 0 to 1. */
  ratioBound?: number;
  /** What the ratio's bound is eased by; default 0. */
  ratioBoundSlack?: number;
  /** Of `boundedGroupLoss`: squared or absolute differences of values clipped to `lossRange`; default `square`. */
  loss?: "square" | "absolute";
  /** Default 0 to 1. */
  lossRange?: readonly [number, number];
  /** What an error costs, when it is a yes that should be a no and the other way; default 1 and 1. */
  costs?: { falsePositive: number; falseNegative: number };
}

/**
 * A constraint as numbers: one violation for each part of it, linear in the answers, which has to stay at or below the
 * bound; and the costs of a yes under multipliers of the violations.
 */
export interface Moments {
  /** Whether labels are 0 and 1 and a learner is given labels by the sign of the costs. */
  classification: boolean;
  /** Names of the parts: `+ label=1 female`. */
  names: string[];
  bound: number;
  /** Positions of the parts that say all: a group's rate above and below that of all, without each event's last group. */
  basis: { above: number; below: number }[];
  /** Of answers for all rows. */
  violations: (answers: ArrayLike<number>) => Float64Array;
  error: (answers: ArrayLike<number>) => number;
  /** What the objective and the multipliers make of a yes in each row: the learner's signed weights. */
  signedWeights: (multipliers: Float64Array) => Float64Array;
  /** Multipliers that weigh no less and cost no more. */
  project: (multipliers: Float64Array) => Float64Array;
}

/** Rows that an event is about: all of them, or those of a label. */
const events: Partial<Record<ReductionConstraint, (label: number) => string | null>> = {
  demographicParity: () => "all",
  errorRateParity: () => "all",
  equalizedOdds: (label) => `label=${label}`,
  truePositiveRateParity: (label) => (label === 1 ? "label=1" : null),
  falsePositiveRateParity: (label) => (label === 0 ? "label=0" : null),
};

/** @see Agarwal et al. 2018, examples 1 to 4; Agarwal, Dudík and Wu 2019 for bounded group loss */
export function momentsOf(
  caller: string,
  constraint: ReductionConstraint,
  yTrue: Float64Array,
  sensitiveFeatures: Readonly<Record<string, ArrayLike<unknown>>>,
  bounds: ReductionBounds,
): Moments {
  if (constraint === "boundedGroupLoss")
    return lossMoments(caller, yTrue, sensitiveFeatures, bounds);
  const eventOf = events[constraint];
  if (eventOf === undefined)
    throw new AssayerError(
      "invalid-argument",
      `unknown constraint: ${constraint}; expected one of ${[...Object.keys(events), "boundedGroupLoss"].join(", ")}`,
    );
  for (const [i, label] of yTrue.entries())
    if (label !== 0 && label !== 1)
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires labels 0 and 1 for ${constraint}; got ${label} at position ${i}`,
      );
  const { differenceBound, ratioBound, ratioBoundSlack = 0, costs } = bounds;
  if (differenceBound !== undefined && ratioBound !== undefined)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a differenceBound or a ratioBound; got both`,
    );
  if (ratioBound !== undefined && !(ratioBound > 0 && ratioBound <= 1))
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a ratioBound above 0, at most 1; got ${ratioBound}`,
    );
  const ratio = ratioBound ?? 1;
  const bound = ratioBound === undefined ? (differenceBound ?? 0.01) : ratioBoundSlack;
  const { falsePositive, falseNegative } = costs ?? { falsePositive: 1, falseNegative: 1 };
  if (!(falsePositive >= 0 && falseNegative >= 0 && falsePositive + falseNegative > 0))
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires costs of 0 or more, not both 0; got ${falsePositive} and ${falseNegative}`,
    );

  const n = yTrue.length;
  const { names: groups, members } = groupRows(caller, sensitiveFeatures, n);
  // What a no and a yes count as: of errors, a yes counts against label 0.
  const isError = constraint === "errorRateParity";
  const slope = isError ? yTrue.map((label) => 1 - 2 * label) : new Float64Array(n).fill(1);
  const base = isError ? yTrue : new Float64Array(n);
  const eventNames = [...new Set(Array.from(yTrue, eventOf))]
    .filter((name) => name !== null)
    .sort();
  const eventRows = eventNames.map((name) => {
    const isIn = (row: number) => eventOf(yTrue[row] as number) === name;
    return { name, rows: members.map((rows) => rows.filter(isIn)) };
  });
  /** Pairs of an event and a group that have rows, with what they are a share of. */
  const pairs = eventRows.flatMap(({ name, rows }) => {
    const total = rows.reduce((sum, own) => sum + own.length, 0);
    return rows.flatMap((own, g) =>
      own.length === 0
        ? []
        : [{ event: name, group: groups[g] as string, rows: own, all: rows, total }],
    );
  });
  const k = pairs.length;
  return {
    classification: true,
    names: ["+", "-"].flatMap((sign) =>
      pairs.map(({ event, group }) => `${sign} ${event} ${group}`),
    ),
    bound,
    basis: pairs.flatMap(({ group }, p) =>
      group === groups[groups.length - 1] ? [] : [{ above: p, below: k + p }],
    ),
    error: (answers) => {
      let cost = 0;
      for (let i = 0; i < n; i++) {
        const miss = (yTrue[i] as number) - (answers[i] as number);
        cost += miss > 0 ? miss * falseNegative : -miss * falsePositive;
      }
      return cost / n;
    },
    violations: (answers) => {
      const meanOf = (rows: Uint32Array) => {
        let sum = 0;
        for (const row of rows)
          sum += (slope[row] as number) * (answers[row] as number) + (base[row] as number);
        return sum;
      };
      const result = new Float64Array(2 * k);
      for (const [p, { rows, all, total }] of pairs.entries()) {
        const overall = all.reduce((sum, own) => sum + meanOf(own), 0) / total;
        const own = meanOf(rows) / rows.length;
        result[p] = ratio * own - overall;
        result[k + p] = ratio * overall - own;
      }
      return result;
    },
    signedWeights: (multipliers) => {
      const result = yTrue.map((label) => label * (falsePositive + falseNegative) - falsePositive);
      for (const [p, { rows, all, total }] of pairs.entries()) {
        const up = multipliers[p] as number;
        const down = multipliers[k + p] as number;
        const ofAll = ((up - ratio * down) * n) / total;
        const ofOwn = ((down - ratio * up) * n) / rows.length;
        for (const part of all)
          for (const row of part)
            result[row] = (result[row] as number) + (slope[row] as number) * ofAll;
        for (const row of rows)
          result[row] = (result[row] as number) + (slope[row] as number) * ofOwn;
      }
      return result;
    },
    project: (multipliers) => {
      if (ratio !== 1) return multipliers;
      const signed = pairs.map(
        (_, p) => (multipliers[p] as number) - (multipliers[k + p] as number),
      );
      // Within an event, Σ share of group × violation is 0: a shift by shares changes nothing but the size.
      for (const name of eventNames) {
        const own = [...pairs.entries()].filter(([, { event }]) => event === name);
        const shift = weightedMedian(
          own.map(([p, { rows, total }]) => ({
            value: ((signed[p] as number) * total) / rows.length,
            weight: rows.length,
          })),
        );
        for (const [p, { rows, total }] of own)
          signed[p] = (signed[p] as number) - (rows.length / total) * shift;
      }
      return Float64Array.from({ length: 2 * k }, (_, i) =>
        Math.max(0, i < k ? (signed[i] as number) : -(signed[i - k] as number)),
      );
    },
  };
}

function weightedMedian(parts: readonly { value: number; weight: number }[]): number {
  const sorted = [...parts].sort((a, b) => a.value - b.value);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let sum = 0;
  for (const { value, weight } of sorted) {
    sum += weight;
    if (sum >= half) return value;
  }
  return 0;
}

function lossMoments(
  caller: string,
  yTrue: Float64Array,
  sensitiveFeatures: Readonly<Record<string, ArrayLike<unknown>>>,
  { differenceBound, loss = "square", lossRange: [low, high] = [0, 1] }: ReductionBounds,
): Moments {
  if (differenceBound === undefined)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a differenceBound, the largest loss of a group, for boundedGroupLoss; got none`,
    );
  const n = yTrue.length;
  const { names, members } = groupRows(caller, sensitiveFeatures, n);
  const clip = (value: number) => Math.min(Math.max(value, low), high);
  const lossOf = (row: number, answer: number) => {
    const distance = Math.abs(clip(yTrue[row] as number) - clip(answer));
    return loss === "square" ? distance ** 2 : distance;
  };
  return {
    classification: false,
    names,
    bound: differenceBound,
    basis: [],
    error: (answers) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += lossOf(i, answers[i] as number);
      return sum / n;
    },
    violations: (answers) =>
      Float64Array.from(
        members,
        (rows) =>
          rows.reduce((sum, row) => sum + lossOf(row, answers[row] as number), 0) / rows.length,
      ),
    signedWeights: (multipliers) => {
      const result = new Float64Array(n);
      for (const [g, rows] of members.entries())
        for (const row of rows) result[row] = 1 + ((multipliers[g] as number) * n) / rows.length;
      return result;
    },
    project: (multipliers) => multipliers,
  };
}
