import { AssayerError } from "../../errors";
import type { FeatureSummary } from "../report";
import { chunkSize, sortChunk } from "./chunk-sorter";
import { DistinctSketch } from "./distinct-sketch";
import { hashText, type Hash } from "./hash";
import { HeavyHitters } from "./heavy-hitters";
import { mergeMoments, momentsOf, noMoments, type Moments } from "./moments";
import { QuantileSketch } from "./quantile-sketch";

/** What a column held: `number` and `time` have a distribution, the others categories. */
export type ProfiledType = "number" | "time" | "boolean" | "text" | "other";

/** What is kept of a column instead of its values. */
export type FeatureProfile = NumericalProfile | CategoricalProfile;

/** Of numbers, and of times in milliseconds since the epoch. */
export class NumericalProfile {
  readonly kind = "numerical";
  private readonly pending = new Float64Array(chunkSize);
  private filled = 0;

  constructor(
    readonly name: string,
    readonly type: "number" | "time",
    private missingRows = 0,
    private infiniteRows = 0,
    private numbers: Moments = noMoments,
    private sketch = new QuantileSketch(),
    private seen: DistinctSketch | null = null,
  ) {}

  get rows(): number {
    return this.missing + this.infinite + this.numbers.count + this.filled;
  }

  get missing(): number {
    return this.missingRows;
  }

  get infinite(): number {
    return this.infiniteRows;
  }

  get moments(): Moments {
    this.flush();
    return this.numbers;
  }

  get quantiles(): QuantileSketch {
    this.flush();
    return this.sketch;
  }

  /** Null while every distinct value is counted. */
  get distinctSketch(): DistinctSketch | null {
    this.flush();
    return this.seen;
  }

  /** @param values NaN where one is missing */
  add(values: ArrayLike<number>): void {
    const { pending } = this;
    let { filled } = this;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value - value === 0) {
        // Adding zero turns -0, which sorts apart, into 0.
        pending[filled++] = value + 0;
        if (filled === chunkSize) {
          this.filled = filled;
          this.flush();
          filled = 0;
        }
      } else if (value !== value) this.missingRows++;
      else this.infiniteRows++;
    }
    this.filled = filled;
  }

  addMissing(rows: number): void {
    this.missingRows += rows;
  }

  /** A profile of all rows of several; `this` and they stay as they are. */
  merged(others: readonly NumericalProfile[]): NumericalProfile {
    const all = [this, ...others];
    const sum = (of: (each: NumericalProfile) => number) =>
      all.reduce((total, each) => total + of(each), 0);
    const sketch = QuantileSketch.merged(all.map(({ quantiles }) => quantiles));
    return new NumericalProfile(
      this.name,
      this.type,
      sum(({ missing }) => missing),
      sum(({ infinite }) => infinite),
      all.map(({ moments }) => moments).reduce(mergeMoments),
      sketch,
      sketch.exactCounts ? null : all.map((each) => each.hashed()).reduce((a, b) => a.merged(b)),
    );
  }

  summary(): FeatureSummary {
    const { count, mean, squares, min, max } = this.moments;
    const [q25, median, q75] = count === 0 ? [null, null, null] : this.quartiles();
    return {
      rows: this.rows,
      missing: this.missing,
      infinite: this.infinite,
      distinct: this.quantiles.exactCounts?.size ?? this.hashed().estimate(),
      mean: count === 0 ? null : mean,
      standardDeviation: count < 2 ? null : Math.sqrt(squares / (count - 1)),
      min: count === 0 ? null : min,
      q25,
      median,
      q75,
      max: count === 0 ? null : max,
    };
  }

  /** The values at these shares, within the sketch's rank error. */
  quantile(shares: readonly number[]): number[] {
    const { values, weights } = this.quantiles.points();
    const { count, min, max } = this.moments;
    return shares.map((share) => {
      if (share <= 0) return min;
      if (share >= 1) return max;
      let [at, reached] = [0, weights[0] ?? 0];
      while (reached < share * count && at < values.length - 1) reached += weights[++at] as number;
      return values[at] ?? NaN;
    });
  }

  private quartiles(): [number, number, number] {
    return this.quantile([0.25, 0.5, 0.75]) as [number, number, number];
  }

  private hashed(): DistinctSketch {
    if (this.distinctSketch) return this.distinctSketch;
    const sketch = new DistinctSketch();
    for (const value of this.quantiles.exactCounts?.keys() ?? []) sketch.addNumber(value);
    return sketch;
  }

  private flush(): void {
    if (this.filled === 0) return;
    const chunk = this.pending.subarray(0, this.filled);
    this.filled = 0;
    this.numbers = mergeMoments(this.numbers, momentsOf(chunk));
    sortChunk(chunk);
    const counted = this.sketch.exactCounts;
    this.sketch.addSorted(chunk);
    if (this.sketch.exactCounts) return;
    if (!this.seen) {
      this.seen = new DistinctSketch();
      for (const value of counted?.keys() ?? []) this.seen.addNumber(value);
    }
    for (let i = 0; i < chunk.length; i++)
      if (chunk[i] !== chunk[i - 1]) this.seen.addNumber(chunk[i] as number);
  }
}

const longestLabel = 120;

/** A category as it is kept: a long text by its beginning and a hash, so that it still differs from others. */
export function labelOf(value: string): string {
  if (value.length <= longestLabel) return value;
  const hash: Hash = { high: 0, low: 0 };
  hashText(value, hash);
  const digits = [hash.high, hash.low].map((word) => word.toString(16).padStart(8, "0"));
  return `${value.slice(0, longestLabel - 20)}… #${digits.join("")}`;
}

export class CategoricalProfile {
  readonly kind = "categorical";

  constructor(
    readonly name: string,
    readonly type: "boolean" | "text" | "other",
    private missingRows = 0,
    private hitters = HeavyHitters.empty(),
    private seen: DistinctSketch | null = null,
  ) {}

  get rows(): number {
    return this.missingRows + this.hitters.total;
  }

  get missing(): number {
    return this.missingRows;
  }

  get categories(): HeavyHitters {
    return this.hitters;
  }

  add(value: string | null | undefined, count = 1): void {
    if (value === null || value === undefined) {
      this.missingRows += count;
      return;
    }
    const label = labelOf(value);
    // Who is counted was hashed when it came, or when others had to go for the first time.
    if (this.seen && !this.hitters.counts.has(label)) this.seen.addText(label);
    if (!this.seen && this.hitters.isFull && !this.hitters.counts.has(label)) {
      this.seen = this.hashed();
      this.seen.addText(label);
    }
    this.hitters.add(label, count);
  }

  /** All values of a column at once, of which there are none yet. */
  addCounts(counts: ReadonlyMap<string, number>): void {
    const labels = new Map<string, number>();
    for (const [value, count] of counts) {
      const label = labelOf(value);
      labels.set(label, (labels.get(label) ?? 0) + count);
    }
    this.hitters = HeavyHitters.ofCounts(labels);
    if (this.hitters.error === 0) return;
    this.seen = new DistinctSketch();
    for (const label of labels.keys()) this.seen.addText(label);
  }

  addMissing(rows: number): void {
    this.missingRows += rows;
  }

  merged(others: readonly CategoricalProfile[]): CategoricalProfile {
    const all = [this, ...others];
    const hitters = all.map(({ categories }) => categories).reduce((a, b) => a.merged(b));
    return new CategoricalProfile(
      this.name,
      this.type,
      all.reduce((sum, { missing }) => sum + missing, 0),
      all.length === 1 ? hitters.copy() : hitters,
      hitters.error === 0 ? null : all.map((each) => each.hashed()).reduce((a, b) => a.merged(b)),
    );
  }

  summary(): FeatureSummary {
    return {
      rows: this.rows,
      missing: this.missing,
      infinite: 0,
      distinct: this.seen?.estimate() ?? this.hitters.counts.size,
      mean: null,
      standardDeviation: null,
      min: null,
      q25: null,
      median: null,
      q75: null,
      max: null,
    };
  }

  /** The categories that occurred, hashed. */
  hashed(): DistinctSketch {
    if (this.seen) return this.seen;
    const sketch = new DistinctSketch();
    for (const label of this.hitters.counts.keys()) sketch.addText(label);
    return sketch;
  }
}

export function emptyProfile(name: string, type: ProfiledType): FeatureProfile {
  return type === "number" || type === "time"
    ? new NumericalProfile(name, type)
    : new CategoricalProfile(name, type);
}

/**
 * Profiles of one column over several sets of rows as one.
 *
 * @throws AssayerError "invalid-argument" when they hold different types
 */
export function mergeFeatures(profiles: readonly FeatureProfile[]): FeatureProfile {
  const named = profiles.find(({ rows, missing }) => rows > missing) ?? profiles[0];
  if (!named)
    throw new AssayerError("invalid-argument", "mergeFeatures requires a profile; got none");
  const alike = profiles.map((profile) => {
    if (profile.type === named.type) return profile;
    // A column without a single value has any type.
    if (profile.rows === profile.missing) {
      const empty = emptyProfile(named.name, named.type);
      empty.addMissing(profile.rows);
      return empty;
    }
    throw new AssayerError(
      "invalid-argument",
      `mergeProfiles requires one type for each column; got ${named.type} and ${profile.type} for ${named.name}`,
    );
  });
  const [first, ...rest] = alike as [FeatureProfile, ...FeatureProfile[]];
  return first.kind === "numerical"
    ? first.merged(rest as NumericalProfile[])
    : first.merged(rest as CategoricalProfile[]);
}
