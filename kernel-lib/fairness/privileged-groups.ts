import { AssayerError } from "../errors";
import { binaryCodes } from "../evaluate/binary-codes";
import { requirePairs, weightsOf } from "../evaluate/check";
import type { CountMetric } from "../evaluate/metric";
import { metric } from "../evaluate/named-metric";
import type { GroupedLabels } from "./demographic-parity";
import type { Figure } from "./figure";
import { countCells, countsOf } from "./frame/cells";
import { groupCodes } from "./frame/group-codes";
import { pairDifferences, pairRatios, type Contrasts } from "./intervals/contrasts";
import { countEstimate, denominatorOf, type CountEvidence } from "./intervals/count-estimate";
import { noFigure, standardErrors, type Estimate } from "./intervals/estimate";

/** Labels and groups, one part of which is set against the other. */
export interface PrivilegedInput extends Pick<
  GroupedLabels,
  "yTrue" | "yPred" | "posLabel" | "sensitiveFeatures" | "sampleWeight" | "confidence"
> {
  /** The value, or values, of each feature that the privileged rows have: `{ sex: "male" }`. All other rows are not. */
  privileged: Readonly<Record<string, unknown>>;
}

/** Of each metric what is known of the unprivileged and of the privileged rows. */
export interface TwoSides {
  confidence: number | null;
  estimates: (name: string) => [unprivileged: Estimate, privileged: Estimate];
}

/** @throws AssayerError "invalid-argument" where a privileged value is of no row, or all rows are on one side */
export function twoSides(caller: string, input: PrivilegedInput): TwoSides {
  const { yTrue, yPred, posLabel = 1, sensitiveFeatures, privileged, confidence = 0.95 } = input;
  requirePairs(caller, yTrue, yPred);
  const rows = yTrue.length;
  const weights = weightsOf(caller, input.sampleWeight, rows);
  const [actual, predicted] = binaryCodes(caller, posLabel, yTrue, yPred) as [
    Uint8Array,
    Uint8Array,
  ];
  const { codes, groups } = groupCodes(caller, "sensitiveFeatures", sensitiveFeatures, rows);
  const wanted = Object.entries(privileged).map(([feature, value]) => {
    const texts = (Array.isArray(value) ? (value as unknown[]) : [value]).map((each) =>
      String(each),
    );
    const known = new Set(groups.map(({ values }) => values[feature]));
    const unknown = texts.find((text) => !known.has(text));
    if (unknown !== undefined)
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires privileged values that rows have; got an unknown one of ${feature}`,
      );
    return { feature, texts };
  });
  const side = Uint32Array.from(groups, ({ values }) =>
    Number(wanted.every(({ feature, texts }) => texts.includes(values[feature] ?? ""))),
  );
  const cells = countCells(
    codes.map((code) => side[code] as number),
    2,
    actual,
    predicted,
    weights,
  );
  const evidence = [0, 1].map((each): CountEvidence => ({
    counts: countsOf(cells.weights, [each]),
    rowCounts: countsOf(cells.rows, [each]),
    weightSquares: weights === undefined ? null : countsOf(cells.squares, [each]),
  }));
  const sizes = evidence.map(({ counts, rowCounts }) => denominatorOf(rowCounts ?? counts, "rows"));
  if (sizes.includes(0))
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires rows that are privileged and rows that are not; got ${sizes[1]} and ${sizes[0]}`,
    );
  return {
    confidence,
    estimates: (name) =>
      evidence.map((each) => countEstimate(metric(name) as CountMetric, each)) as [
        Estimate,
        Estimate,
      ],
  };
}

/** Unprivileged minus privileged, or by it, with the hybrid of the two sides' intervals. */
export function compareSides(
  kind: "difference" | "ratio",
  name: string,
  { confidence, estimates }: TwoSides,
): Figure {
  const sides = estimates(name);
  const contrasts = kind === "difference" ? pairDifferences(sides) : pairRatios(sides);
  return figureAt(contrasts, 0, confidence, sides);
}

export function figureAt(
  { values, limits }: Contrasts,
  place: number,
  confidence: number | null,
  estimates: readonly Estimate[],
): Figure {
  const denominator = Math.min(...estimates.map((each) => each.denominator));
  const value = values[place] ?? NaN;
  if (!Number.isFinite(value)) return noFigure(denominator);
  const nothing = { value, low: null, high: null, denominator, interval: null };
  if (confidence === null || limits === null) return nothing;
  const ends = limits(standardErrors(confidence));
  const [low, high] = [ends.low[place] ?? NaN, ends.high[place] ?? NaN];
  if (!Number.isFinite(low) || !Number.isFinite(high)) return nothing;
  return { value, low, high, denominator, interval: "wilson" };
}
