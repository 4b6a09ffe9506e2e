import type { BinaryCounts, CountMetric } from "../../evaluate/metric";
import { pairDifferences, pairRatios, type Contrasts } from "./contrasts";
import { countEstimate, denominatorOf, type CountEvidence } from "./count-estimate";

/**
 * Each group against all rows, of which it is a part: of a rate, what it differs from the other rows, of which it is
 * independent, times the share of those. Both signs of each difference, and each ratio both ways up.
 *
 * @param groups two or more, each with a value
 */
export function overallContrasts(
  metric: CountMetric,
  groups: readonly CountEvidence[],
): { differences: Contrasts; ratios: Contrasts } {
  const overall = sum(groups.map(({ counts }) => counts));
  const value = metric.compute(overall);
  const items = groups.map((group) => {
    const others = groups.filter((other) => other !== group);
    const weighted = others.every(({ weightSquares }) => weightSquares);
    const pair = [
      countEstimate(metric, group),
      countEstimate(metric, {
        counts: sum(others.map(({ counts }) => counts)),
        rowCounts: sum(others.map(({ counts, rowCounts }) => rowCounts ?? counts)),
        weightSquares: weighted
          ? sum(others.map(({ counts, weightSquares }) => weightSquares ?? counts))
          : null,
      }),
    ];
    const part = denominatorOf(group.counts, metric.denominator);
    return {
      own: metric.compute(group.counts),
      share: part / denominatorOf(overall, metric.denominator),
      differences: pairDifferences(pair),
      ratios: pairRatios(pair),
    };
  });
  return {
    differences: {
      values: Float64Array.from(items.flatMap(({ own }) => [own - value, value - own])),
      limits: limitsOf(items, "differences", (limit, share) => (1 - share) * limit),
    },
    ratios: {
      values: Float64Array.from(items.flatMap(({ own }) => [own / value, value / own])),
      // Group by rest is q: group by all is q / (share·q + 1 − share); rest by group is r: all by group is share + (1 − share)·r.
      limits: limitsOf(items, "ratios", (limit, share, place) =>
        place === 1
          ? share + (1 - share) * limit
          : limit === Infinity
            ? 1 / share
            : limit / (share * limit + 1 - share),
      ),
    },
  };
}

/** @param map from the limit of a group against the rest, at place 0, or of the rest against the group, at place 1 */
function limitsOf(
  items: readonly { share: number; differences: Contrasts; ratios: Contrasts }[],
  kind: "differences" | "ratios",
  map: (limit: number, share: number, place: number) => number,
): Contrasts["limits"] {
  if (items.some((item) => item[kind].limits === null)) return null;
  return (z) => {
    const ends = items.map((item) => ({ share: item.share, ...item[kind].limits?.(z) }));
    const of = (end: "low" | "high") =>
      Float64Array.from(
        ends.flatMap((each) =>
          [0, 1].map((place) => map(each[end]?.[place] ?? NaN, each.share, place)),
        ),
      );
    return { low: of("low"), high: of("high") };
  };
}

function sum(all: readonly BinaryCounts[]): BinaryCounts {
  return all.reduce((a, b) => ({
    truePositives: a.truePositives + b.truePositives,
    falsePositives: a.falsePositives + b.falsePositives,
    falseNegatives: a.falseNegatives + b.falseNegatives,
    trueNegatives: a.trueNegatives + b.trueNegatives,
  }));
}
