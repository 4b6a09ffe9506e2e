import { normalQuantile } from "../../stats/normal-quantile";
import type { Contrasts } from "./contrasts";

export interface Highest {
  /** NaN where no contrast can be told. */
  value: number;
  /** Position of the highest contrast; −1 where there is none. */
  at: number;
  low: number | null;
  high: number | null;
}

/**
 * The highest of several true values, with an honest interval. The highest *observed* value lies above the highest
 * true one the more values there are, so that its plain bootstrap interval misses a true difference near 0 for certain.
 *
 * - Upper end: the highest of all upper ends. That of the truly highest contrast is among them, so one by one will do.
 * - Lower end: the highest of all lower ends, each widened for as many contrasts (Bonferroni) as may be the highest:
 *   those whose upper end reaches the highest lower end, both far out. One that stands clear is not widened.
 *
 * So it covers as often as it says where one contrast stands clear, and more often where several are tied.
 *
 * @param confidence null for no interval
 * @see Chernozhukov, Lee and Rosen 2013, "Intersection bounds: estimation and inference", for the choice of contrasts
 */
export function highest({ values, limits }: Contrasts, confidence: number | null): Highest {
  let at = -1;
  values.forEach((value, i) => {
    if (!Number.isNaN(value) && (at < 0 || value > (values[at] as number))) at = i;
  });
  const value = at < 0 ? NaN : (values[at] as number);
  if (at < 0 || limits === null || confidence === null) return { value, at, low: null, high: null };
  const tail = (1 - confidence) / 2;
  const rivals = contenders(limits, tail).length;
  const low = greatest(limits(normalQuantile(1 - tail / rivals)).low);
  const high = greatest(limits(normalQuantile(1 - tail)).high);
  return { value, at, low, high };
}

/** Positions of the contrasts that may be the highest; one that is not is wrongly named in a tenth of `tail` at most. */
export function contenders(limits: NonNullable<Contrasts["limits"]>, tail: number): number[] {
  const { low, high } = limits(normalQuantile(1 - tail / 10));
  const least = greatest(low);
  const found: number[] = [];
  for (let i = 0; i < high.length; i++) if ((high[i] as number) >= least) found.push(i);
  return found;
}

function greatest(values: Float64Array): number {
  let most = -Infinity;
  for (let i = 0; i < values.length; i++)
    if ((values[i] as number) > most) most = values[i] as number;
  return most;
}
