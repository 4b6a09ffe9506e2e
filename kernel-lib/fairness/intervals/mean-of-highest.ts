import { normalQuantile } from "../../stats/normal-quantile";
import type { Contrasts } from "./contrasts";
import { contenders, highest } from "./highest";

const mostPairs = 1e7;

/**
 * The mean of two highest values that are independent of each other, such as the largest difference of true positive
 * rates and that of false positive rates, which are of different rows. As `highest`, over all pairs of contrasts; the
 * limits of a pair join those of the two by the root of the sum of their squares.
 */
export function meanOfHighest(
  first: Contrasts,
  second: Contrasts,
  confidence: number | null,
): { value: number; low: number | null; high: number | null } {
  const [a, b] = [highest(first, confidence), highest(second, confidence)];
  const value = (a.value + b.value) / 2;
  const nothing = { value, low: null, high: null };
  if (confidence === null || first.limits === null || second.limits === null) return nothing;
  const tail = (1 - confidence) / 2;
  const [rivals, others] = [contenders(first.limits, tail), contenders(second.limits, tail)];
  const pairs = rivals.length * others.length;
  if (pairs === 0 || a.low === null || b.low === null || a.high === null || b.high === null)
    return nothing;
  // Wider, but there are so many groups that are alike that little can be told anyway.
  if (pairs > mostPairs) return { value, low: (a.low + b.low) / 2, high: (a.high + b.high) / 2 };
  const far = normalQuantile(1 - tail / pairs);
  const near = normalQuantile(1 - tail);
  const [lowA, lowB] = [first.limits(far).low, second.limits(far).low];
  const [highA, highB] = [first.limits(near).high, second.limits(near).high];
  let [low, high] = [-Infinity, -Infinity];
  for (const i of rivals)
    for (const j of others) {
      const [x, y] = [first.values[i] as number, second.values[j] as number];
      low = Math.max(low, x + y - Math.hypot(x - (lowA[i] as number), y - (lowB[j] as number)));
      high = Math.max(high, x + y + Math.hypot((highA[i] as number) - x, (highB[j] as number) - y));
    }
  return { value, low: low / 2, high: high / 2 };
}
