import { countTimes, mergeClocks, noClock, type Clock } from "../compare/clock";
import type { FeatureSummary } from "../report";
import { chunkSize, sortChunk } from "./chunk-sorter";
import { DistinctSketch } from "./distinct-sketch";
import { mergeMoments, momentsOf, noMoments, type Moments } from "./moments";
import { QuantileSketch } from "./quantile-sketch";

/** What a profile of numbers is made of. */
export interface NumericalParts {
  missing: number;
  infinite: number;
  /** Of the finite values, as all that follows. */
  moments: Moments;
  quantiles: QuantileSketch;
  /** Null while every distinct value is counted. */
  distinct: DistinctSketch | null;
  /** Whether the column's type is that of whole numbers. */
  whole: boolean;
  /** Of times: the hours of the day and the weekdays. */
  clock: Clock | null;
}

/** What is kept of a column of numbers, or of times in milliseconds since the epoch. It never changes. */
export class NumericalProfile {
  readonly kind = "numerical";

  constructor(
    readonly name: string,
    readonly type: "number" | "time",
    readonly parts: Readonly<NumericalParts>,
  ) {}

  get rows(): number {
    return this.missing + this.parts.infinite + this.parts.moments.count;
  }

  get missing(): number {
    return this.parts.missing;
  }

  /** The distribution of the finite values. */
  get quantiles(): QuantileSketch {
    return this.parts.quantiles;
  }

  /** Distinct finite values: exact up to 512, beyond with a standard error of 1.6 %, never more than values. */
  get distinct(): number {
    const { exactCounts, count } = this.quantiles;
    return exactCounts?.size ?? Math.min(count, this.hashed().estimate());
  }

  /** A profile of all rows of several. */
  merged(others: readonly NumericalProfile[]): NumericalProfile {
    const all = [this, ...others];
    const quantiles = QuantileSketch.merged(all.map((each) => each.quantiles));
    const union = () =>
      all.reduce((sketch, each) => sketch.merged(each.hashed()), new DistinctSketch());
    return new NumericalProfile(this.name, this.type, {
      missing: all.reduce((sum, { missing }) => sum + missing, 0),
      infinite: all.reduce((sum, { parts }) => sum + parts.infinite, 0),
      moments: all.map(({ parts }) => parts.moments).reduce(mergeMoments),
      quantiles,
      distinct: quantiles.exactCounts ? null : union(),
      whole: all.every(({ parts }) => parts.whole),
      clock:
        this.parts.clock && all.map(({ parts }) => parts.clock ?? noClock()).reduce(mergeClocks),
    });
  }

  summary(): FeatureSummary {
    const { count, mean, squares, min, max } = this.parts.moments;
    const none = count === 0;
    const [q25, median, q75] = none ? [null, null, null] : this.quartiles();
    return {
      rows: this.rows,
      missing: this.missing,
      infinite: this.parts.infinite,
      distinct: this.distinct,
      mean: none ? null : mean,
      standardDeviation: count < 2 ? null : Math.sqrt(squares / (count - 1)),
      min: none ? null : min,
      q25: q25 ?? null,
      median: median ?? null,
      q75: q75 ?? null,
      max: none ? null : max,
    };
  }

  /** The least values that at least a quarter, a half, three quarters of all are up to; within the rank error. */
  private quartiles(): number[] {
    const { values, weights } = this.quantiles.points();
    const { count } = this.parts.moments;
    return [0.25, 0.5, 0.75].map((share) => {
      let [at, reached] = [0, weights[0] ?? 0];
      while (reached < share * count && at < values.length - 1) reached += weights[++at] as number;
      return values[at] as number;
    });
  }

  private hashed(): DistinctSketch {
    if (this.parts.distinct) return this.parts.distinct;
    const sketch = new DistinctSketch();
    sketch.addNumbers(Float64Array.from(this.quantiles.exactCounts?.keys() ?? []));
    return sketch;
  }
}

/** Takes the numbers of a column as they come. */
export class NumericalBuilder {
  private readonly pending = new Float64Array(chunkSize);
  private filled = 0;
  private readonly parts: NumericalParts;

  /** @param options.whole whether the column's type is that of whole numbers, default false */
  constructor(
    readonly name: string,
    readonly type: "number" | "time",
    { whole = false }: { whole?: boolean } = {},
  ) {
    this.parts = {
      missing: 0,
      infinite: 0,
      moments: noMoments,
      quantiles: new QuantileSketch(),
      distinct: null,
      whole,
      clock: type === "time" ? noClock() : null,
    };
  }

  /** @param values NaN where one is missing */
  add(values: ArrayLike<number>): void {
    const { pending } = this;
    const size = pending.length;
    let { filled } = this;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value - value === 0) {
        // Adding zero turns -0, which sorts apart, into 0.
        pending[filled++] = value + 0;
        if (filled < size) continue;
        addChunk(this.parts, pending);
        filled = 0;
      } else if (Number.isNaN(value)) this.parts.missing++;
      else this.parts.infinite++;
    }
    this.filled = filled;
  }

  addMissing(rows: number): void {
    this.parts.missing += rows;
  }

  /** Says that a value came that is no whole number. */
  notWhole(): void {
    this.parts.whole = false;
  }

  /** What came so far; more can come. */
  profile(): NumericalProfile {
    const { quantiles, distinct, clock } = this.parts;
    const parts = {
      ...this.parts,
      quantiles: quantiles.copy(),
      distinct: distinct && distinct.merged(new DistinctSketch()),
      clock: clock && mergeClocks(clock, noClock()),
    };
    if (this.filled > 0) addChunk(parts, this.pending.slice(0, this.filled));
    return new NumericalProfile(this.name, this.type, parts);
  }
}

/** @param chunk finite values, which are sorted in place */
function addChunk(parts: NumericalParts, chunk: Float64Array): void {
  parts.moments = mergeMoments(parts.moments, momentsOf(chunk));
  sortChunk(chunk);
  if (parts.clock) countTimes(chunk, parts.clock);
  const counted = parts.quantiles.exactCounts;
  parts.quantiles.addSorted(chunk);
  if (parts.quantiles.exactCounts) return;
  if (!parts.distinct) {
    parts.distinct = new DistinctSketch();
    parts.distinct.addNumbers(Float64Array.from(counted?.keys() ?? []));
  }
  parts.distinct.addNumbers(chunk);
}
