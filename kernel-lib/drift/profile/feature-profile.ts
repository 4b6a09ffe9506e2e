import { AssayerError } from "../../errors";
import { CategoricalBuilder, type CategoricalProfile } from "./categorical-profile";
import { NumericalBuilder, type NumericalProfile } from "./numerical-profile";

/** What a column held: `number` and `time` have a distribution, the others categories. */
export type ProfiledType = "number" | "time" | "boolean" | "text";

/** What is kept of a column instead of its values. */
export type FeatureProfile = NumericalProfile | CategoricalProfile;

/** The profile of a column of missing values. */
export function missingFeature(name: string, type: ProfiledType, rows: number): FeatureProfile {
  const builder =
    type === "number" || type === "time"
      ? new NumericalBuilder(name, type)
      : new CategoricalBuilder(name, type);
  builder.addMissing(rows);
  return builder.profile();
}

/**
 * Profiles of one column over several sets of rows as one.
 *
 * @param profiles one or more
 * @throws AssayerError "invalid-argument" when they hold different types
 */
export function mergeFeatures(
  profiles: readonly [FeatureProfile, ...FeatureProfile[]],
): FeatureProfile {
  const named = profiles.find(({ rows, missing }) => rows > missing) ?? profiles[0];
  const [first, ...rest] = profiles.map((profile) => {
    if (profile.type === named.type) return profile;
    // A column without a single value has any type.
    if (profile.rows === profile.missing)
      return missingFeature(named.name, named.type, profile.rows);
    throw new AssayerError(
      "invalid-argument",
      `mergeProfiles requires one type for each column; got ${named.type} and ${profile.type} for ${named.name}`,
    );
  }) as [FeatureProfile, ...FeatureProfile[]];
  return first.kind === "numerical"
    ? first.merged(rest as NumericalProfile[])
    : first.merged(rest as CategoricalProfile[]);
}
