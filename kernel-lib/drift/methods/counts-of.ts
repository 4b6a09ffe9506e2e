import type { CategoricalSample, FeatureSample, NumericalSample } from "../feature-sample";

/** Numbers with few distinct values as categories, each named by its number. */
export function countsOf(sample: NumericalSample): CategoricalSample {
  const counts = new Map<string, number>();
  for (const [value, count] of runsOf(sample.sorted)) counts.set(String(value), count);
  return { kind: "categorical", counts, missing: sample.missing + sample.infinite };
}

/** Number of distinct values of an ascending sample; `limit` where there are as many or more. */
export function distinctUpTo(sorted: Float64Array, limit: number): number {
  let distinct = 0;
  for (const run of runsOf(sorted)) if (run[1] > 0 && ++distinct >= limit) break;
  return distinct;
}

/** How often each category occurs on both sides, in the order of the categories; one of 0 on both sides is left out. */
export interface AlignedCounts {
  reference: Float64Array;
  current: Float64Array;
}

/**
 * Counts of both sides of a feature. Numbers keep their order, texts that of their code units.
 */
export function alignedCounts(reference: FeatureSample, current: FeatureSample): AlignedCounts {
  if (reference.kind === "numerical" && current.kind === "numerical")
    return alignedRuns(reference.sorted, current.sorted);
  const left = reference.kind === "numerical" ? countsOf(reference).counts : reference.counts;
  const right = current.kind === "numerical" ? countsOf(current).counts : current.counts;
  const present = (category: string) => (left.get(category) ?? 0) + (right.get(category) ?? 0) > 0;
  const categories = [...new Set([...left.keys(), ...right.keys()])].filter(present).sort();
  return {
    reference: Float64Array.from(categories, (category) => left.get(category) ?? 0),
    current: Float64Array.from(categories, (category) => right.get(category) ?? 0),
  };
}

function alignedRuns(x: Float64Array, y: Float64Array): AlignedCounts {
  const left: number[] = [];
  const right: number[] = [];
  const leftRuns = runsOf(x);
  const rightRuns = runsOf(y);
  let a = next(leftRuns);
  let b = next(rightRuns);
  while (a !== undefined || b !== undefined) {
    const value = Math.min(a?.[0] ?? Infinity, b?.[0] ?? Infinity);
    const fromLeft = a?.[0] === value;
    const fromRight = b?.[0] === value;
    left.push(fromLeft && a !== undefined ? a[1] : 0);
    right.push(fromRight && b !== undefined ? b[1] : 0);
    if (fromLeft) a = next(leftRuns);
    if (fromRight) b = next(rightRuns);
  }
  return { reference: Float64Array.from(left), current: Float64Array.from(right) };
}

function next(runs: Generator<[number, number]>): [number, number] | undefined {
  const step = runs.next();
  return step.done === true ? undefined : step.value;
}

/** Each distinct value with its count, ascending. Steps double, so that few long runs cost little. */
function* runsOf(sorted: Float64Array): Generator<[number, number]> {
  for (let start = 0; start < sorted.length;) {
    const value = sorted[start] as number;
    let low = start;
    let step = 1;
    while (low + step < sorted.length && sorted[low + step] === value) {
      low += step;
      step *= 2;
    }
    // The run's last value lies in low … low + step - 1.
    let high = Math.min(low + step, sorted.length);
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (sorted[middle] === value) low = middle;
      else high = middle;
    }
    yield [value, high - start];
    start = high;
  }
}
