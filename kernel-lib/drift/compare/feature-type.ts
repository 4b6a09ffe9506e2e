import type { FeatureType } from "../report";

/** What a column of a table holds, before it is looked at as a feature. */
export interface FeatureColumn {
  type: "number" | "boolean" | "text" | "time";
  integer: boolean;
  /** Distinct values of the side that has more of them. */
  distinct: number;
  /** Present values of that side. */
  present: number;
}

/** Whole numbers of so many values or fewer are categories. */
export const mostWholeCategories = 10;

/**
 * How a column is looked at: whole numbers of 10 distinct values or fewer are categories, text is free text when more
 * than half of its values are distinct.
 *
 * @see infer_column_type of Evidently 0.7.21
 */
export function featureType({
  type,
  integer,
  distinct,
  present,
}: FeatureColumn): Exclude<FeatureType, "constant"> {
  switch (type) {
    case "number":
      return integer && distinct <= mostWholeCategories ? "categorical" : "numerical";
    case "boolean":
      return "categorical";
    case "text":
      return distinct > present / 2 ? "text" : "categorical";
    case "time":
      return "timestamp";
  }
}
