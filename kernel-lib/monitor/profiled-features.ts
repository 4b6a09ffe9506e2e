import type { FeatureSide } from "../drift/compare/feature-side";
import type { DataProfile } from "../drift/profile/data-profile";
import type { FeatureProfile } from "../drift/profile/feature-profile";
import { sideOfProfile, whyUnreadable } from "../drift/profile/profile-side";
import type { DistinctCount, ScanColumn } from "../store/scan/table-scan";
import type { FeatureSource, ReadFeature } from "./feature-source";

/** Features of a table of which only the profile was kept. */
export class ProfiledFeatures implements FeatureSource {
  readonly rows: number;
  readonly columns: readonly ScanColumn[];
  readonly description: string;
  readonly origin = { kind: "memory" } as const;

  constructor(private readonly profile: DataProfile) {
    const { rows, features, createdAt } = profile;
    this.rows = rows;
    this.columns = features.map((feature) => ({
      name: feature.name,
      type: feature.type,
      ...(feature.kind === "numerical" && feature.parts.whole && { integer: true }),
    }));
    const error = Math.max(
      0,
      ...features.map((each) => (each.kind === "numerical" ? each.quantiles.rankError : 0)),
    );
    const within = error === 0 ? "" : `, shares within ${error.toPrecision(2)}`;
    this.description = `profile of ${rows.toLocaleString("en")} rows from ${createdAt.slice(0, 10)}${within}`;
  }

  distinctCounts(columns: readonly string[]): Promise<DistinctCount[]> {
    return Promise.resolve(
      columns.map((name) => {
        const { distinct, rows, missing } = this.feature(name);
        return { name, distinct, present: rows - missing };
      }),
    );
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as the features of a table are read
  async *sides(features: readonly ReadFeature[]): AsyncGenerator<FeatureSide> {
    for (const { name, as } of features)
      yield sideOfProfile(this.feature(name), as === "numbers" ? "numbers" : "categories");
  }

  whyUnreadable({ name, as }: ReadFeature): string | null {
    return whyUnreadable(this.feature(name), as);
  }

  private feature(name: string): FeatureProfile {
    return this.profile.feature(name) as FeatureProfile;
  }
}
