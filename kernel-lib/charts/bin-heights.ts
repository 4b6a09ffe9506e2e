import type { FeatureDistribution } from "../drift/report";

type Bins = Extract<FeatureDistribution, { kind: "bins" }>;

/** How high bins are drawn: their shares where all are of one width, else shares by width, so that areas compare. */
export interface BinHeights {
  reference: number[];
  current: number[];
  areShares: boolean;
}

export function binHeights({ edges, reference, current }: Bins): BinHeights {
  const widths = reference.map((_, i) => (edges[i + 1] ?? NaN) - (edges[i] ?? NaN));
  const widest = Math.max(0, ...widths);
  const areShares = widths.every((width) => Math.abs(width - widest) <= 0.01 * widest);
  if (areShares) return { reference, current, areShares };
  // A bin of no width would be infinitely high.
  const least = Math.min(...widths.filter((width) => width > 0));
  const byWidth = (shares: readonly number[]) =>
    shares.map((share, i) => share / Math.max(widths[i] ?? 0, least));
  return { reference: byWidth(reference), current: byWidth(current), areShares };
}
