import { AssayerError } from "../../errors";
import { mergeFeatures, missingFeature, type FeatureProfile } from "./feature-profile";

/**
 * What is kept of a table so that drift can be told without its rows: of each column the distribution, the
 * categories, the moments and what is missing. Profiles of parts of a table merge to the profile of the whole.
 */
export class DataProfile {
  readonly kind = "profile";
  /** Of this structure and of its bytes. */
  readonly format = 1;

  constructor(
    readonly rows: number,
    readonly features: readonly FeatureProfile[],
    /** ISO 8601, UTC. */
    readonly createdAt: string,
  ) {}

  /** Names of the columns. */
  get columns(): string[] {
    return this.features.map(({ name }) => name);
  }

  feature(name: string): FeatureProfile | undefined {
    return this.features.find((each) => each.name === name);
  }

  /** The figures of each column, without the sketches: for reading, not for keeping. */
  toJSON(): ProfileSummary {
    return {
      kind: this.kind,
      format: this.format,
      rows: this.rows,
      createdAt: this.createdAt,
      features: this.features.map((feature) => ({
        name: feature.name,
        type: feature.type,
        ...feature.summary(),
        categories:
          feature.kind === "categorical"
            ? feature.categories
                .sorted()
                .slice(0, 20)
                .map(([value, count]) => ({ value, count }))
            : null,
        rankError: feature.kind === "numerical" ? feature.quantiles.rankError : null,
      })),
    };
  }
}

/** Tells a profile from a table. */
export function isDataProfile(value: unknown): value is DataProfile {
  return value instanceof DataProfile;
}

/** A profile in figures. */
export interface ProfileSummary {
  kind: "profile";
  format: 1;
  rows: number;
  createdAt: string;
  features: FeatureFigures[];
}

export type FeatureFigures = { name: string; type: FeatureProfile["type"] } & ReturnType<
  FeatureProfile["summary"]
> & {
    /** The 20 most frequent; null for numbers. */
    categories: { value: string; count: number }[] | null;
    /** By how much a quantile's share can be off, from 0 to 1; null for categories. */
    rankError: number | null;
  };

/**
 * The profile of the rows of all: of replicas, of days. A column that one of them lacks is missing in its rows.
 * In whatever order, the answer is the same within the stated error.
 *
 * @returns a new profile, as old as the newest; those given stay as they are
 * @throws AssayerError "invalid-argument" without a profile, or when a column has two types
 */
export function mergeProfiles(...profiles: readonly DataProfile[]): DataProfile {
  const [first] = profiles;
  if (!first)
    throw new AssayerError(
      "invalid-argument",
      "mergeProfiles requires one profile or more; got none",
    );
  const names = new Set(profiles.flatMap(({ columns }) => columns));
  const features = [...names].map((name) => {
    const known = profiles.map((profile) => profile.feature(name));
    const type = known.find((feature) => feature !== undefined)?.type ?? "text";
    const all = profiles.map(({ rows }, i) => known[i] ?? missingFeature(name, type, rows));
    return mergeFeatures(all as [FeatureProfile, ...FeatureProfile[]]);
  });
  const createdAt = profiles
    .map((profile) => profile.createdAt)
    .sort()
    .at(-1) as string;
  const rows = profiles.reduce((sum, profile) => sum + profile.rows, 0);
  return new DataProfile(rows, features, createdAt);
}
