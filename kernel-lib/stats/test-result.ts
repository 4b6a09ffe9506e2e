/** What a statistical test says. */
export interface TestResult {
  statistic: number;
  /** The chance of a statistic this far out or farther if both samples came from one distribution; NaN for no answer. */
  pValue: number;
}
