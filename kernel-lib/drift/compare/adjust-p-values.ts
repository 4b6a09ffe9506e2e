import { benjaminiHochberg } from "../../stats/benjamini-hochberg";
import { bonferroni } from "../../stats/bonferroni";
import type { DriftReport } from "../report";

/** P-values of several tests, corrected so that all together keep their level. */
export function adjustPValues(
  pValues: readonly number[],
  correction: DriftReport["correction"],
): ArrayLike<number> {
  if (correction === "none") return pValues;
  return correction === "bonferroni" ? bonferroni(pValues) : benjaminiHochberg(pValues);
}
