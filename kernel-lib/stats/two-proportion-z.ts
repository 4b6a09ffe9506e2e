import { AssayerError } from "../errors";
import { normalTail } from "./gamma-tail";
import type { TestResult } from "./test-result";

/**
 * z-test of two proportions with a pooled variance, two-sided.
 *
 * @param reference successes, and trials ≥ 1
 * @param current the same of the other sample
 * @returns z, above 0 where the reference's proportion is the larger; 0 and a p-value of 1 where both are 0 or both 1
 * @throws AssayerError "empty-sample" without trials
 * @throws AssayerError "invalid-argument" for successes outside 0 to trials
 * @see Fleiss, Levin and Paik 2003, "Statistical Methods for Rates and Proportions", 3
 * @example twoProportionZ({ successes: 10, trials: 20 }, { successes: 10, trials: 20 }) // { statistic: 0, pValue: 1 }
 */
export function twoProportionZ(
  reference: { successes: number; trials: number },
  current: { successes: number; trials: number },
): TestResult {
  check("reference", reference);
  check("current", current);
  const p = reference.successes / reference.trials;
  const q = current.successes / current.trials;
  const pooled = (reference.successes + current.successes) / (reference.trials + current.trials);
  if (pooled === 0 || pooled === 1) return { statistic: 0, pValue: 1 };
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / reference.trials + 1 / current.trials));
  const statistic = (p - q) / error;
  return { statistic, pValue: 2 * normalTail(Math.abs(statistic)) };
}

function check(side: string, { successes, trials }: { successes: number; trials: number }): void {
  if (!(trials > 0))
    throw new AssayerError(
      "empty-sample",
      `twoProportionZ requires trials in the ${side}; got ${trials}`,
    );
  if (!(successes >= 0 && successes <= trials))
    throw new AssayerError(
      "invalid-argument",
      `twoProportionZ requires from 0 to ${trials} successes in the ${side}; got ${successes}`,
    );
}
