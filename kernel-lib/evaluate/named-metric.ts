import { AssayerError } from "../errors";
import { countMetrics, type CountMetricName } from "./count-metrics";
import type { Metric } from "./metric";
import { scoreMetrics, type ScoreMetricName } from "./score-metrics";
import { valueMetrics, type ValueMetricName } from "./value-metrics";

export type MetricName = CountMetricName | ScoreMetricName | ValueMetricName;

const byName: ReadonlyMap<string, Metric> = new Map(
  [...countMetrics, ...scoreMetrics, ...valueMetrics].map((each) => [each.name, each]),
);

/** Names that `metric` knows: of counts, then of scores, then of numbers. */
export const metricNames: readonly MetricName[] = [...byName.keys()] as MetricName[];

/**
 * A metric by its name, with what it is called, which end of it is better, and what it divides by.
 *
 * @throws AssayerError "invalid-argument" for an unknown name
 * @example metric("truePositiveRate").denominator // "positives"
 */
export function metric(name: string): Metric {
  const found = byName.get(name);
  if (found === undefined)
    throw new AssayerError(
      "invalid-argument",
      `unknown metric: ${name}; expected one of ${metricNames.join(", ")}`,
    );
  return found;
}
