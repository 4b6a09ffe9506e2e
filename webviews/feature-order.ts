import type { FeatureDrift } from "assayer";

export interface FeatureChoice {
  /** Words that are all in the name. */
  search: string;
  /** Empty for all. */
  verdict: string;
  sort: "rank" | "verdict" | "feature" | "effect" | "impact";
}

const verdictOrder = ["alarm", "watch", "undecided", "stable"];
const byName = new Intl.Collator(undefined, { numeric: true });

function size({ effect }: FeatureDrift): number {
  return effect === null ? -1 : Math.abs(effect.value);
}

/** Positions of the features that are asked for, in the order that is asked for; else the report's own. */
export function sortFeatures(
  features: readonly FeatureDrift[],
  { search, verdict, sort }: FeatureChoice,
): number[] {
  const words = search.toLowerCase().split(/\s+/u).filter(Boolean);
  const rows = features.flatMap(({ feature, verdict: own }, i) => {
    const name = feature.toLowerCase();
    const matches =
      (verdict === "" || verdict === own) && words.every((word) => name.includes(word));
    return matches ? [i] : [];
  });
  const key: Record<FeatureChoice["sort"], (a: FeatureDrift, b: FeatureDrift) => number> = {
    rank: () => 0,
    verdict: (a, b) => verdictOrder.indexOf(a.verdict) - verdictOrder.indexOf(b.verdict),
    feature: (a, b) => byName.compare(a.feature, b.feature),
    effect: (a, b) => size(b) - size(a),
    impact: (a, b) => (b.impact ?? -1) - (a.impact ?? -1),
  };
  return rows.sort((i, j) => {
    const [a, b] = [features[i], features[j]];
    return a && b ? key[sort](a, b) || i - j : 0;
  });
}
