import type { FeatureSummary } from "../report";
import { DistinctSketch, hashText } from "./distinct-sketch";
import { HeavyHitters } from "./heavy-hitters";

const longestLabel = 120;

/** A category as it is kept: a long text by its beginning and a hash, so that it still differs from others. */
export function labelOf(value: string): string {
  if (value.length <= longestLabel) return value;
  const digits = hashText(value).map((word) => (word >>> 0).toString(16).padStart(8, "0"));
  return `${value.slice(0, longestLabel - 20)}… #${digits.join("")}`;
}

/** What is kept of a column of categories. It never changes. */
export class CategoricalProfile {
  readonly kind = "categorical";

  constructor(
    readonly name: string,
    readonly type: "boolean" | "text",
    readonly missing: number,
    /** How often each category occurs. */
    readonly categories: HeavyHitters,
    /** Null while every category is counted. */
    private readonly seen: DistinctSketch | null,
  ) {}

  get rows(): number {
    return this.missing + this.categories.total;
  }

  /** Categories: exact while each is counted, beyond with a standard error of 1.6 %, never more than values. */
  get distinct(): number {
    const { counts, total } = this.categories;
    return this.seen ? Math.min(total, this.seen.estimate()) : counts.size;
  }

  merged(others: readonly CategoricalProfile[]): CategoricalProfile {
    const all = [this, ...others];
    const categories = all
      .map((each) => each.categories)
      .reduce((sum, each) => sum.merged(each), HeavyHitters.empty());
    const union = () =>
      all.reduce((sketch, each) => sketch.merged(each.hashed()), new DistinctSketch());
    return new CategoricalProfile(
      this.name,
      this.type,
      all.reduce((sum, { missing }) => sum + missing, 0),
      categories,
      categories.error === 0 ? null : union(),
    );
  }

  summary(): FeatureSummary {
    return {
      rows: this.rows,
      missing: this.missing,
      infinite: 0,
      distinct: this.distinct,
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
    for (const label of this.categories.counts.keys()) sketch.addText(label);
    return sketch;
  }
}

/** Takes the values of a column as they come. */
export class CategoricalBuilder {
  private missing = 0;
  private categories = HeavyHitters.empty();
  private seen: DistinctSketch | null = null;

  constructor(
    readonly name: string,
    readonly type: "boolean" | "text",
  ) {}

  add(value: string | null | undefined): void {
    if (value === null || value === undefined) {
      this.missing++;
      return;
    }
    const label = labelOf(value);
    if (!this.categories.counts.has(label)) {
      // Who is counted was hashed when it came, or before others had to go for the first time.
      if (!this.seen && this.categories.isFull) this.seen = this.hashed();
      this.seen?.addText(label);
    }
    this.categories.add(label);
  }

  addMissing(rows: number): void {
    this.missing += rows;
  }

  /** All values of a column at once; none may have come before. */
  addCounts(counts: ReadonlyMap<string, number>): void {
    const labels = new Map<string, number>();
    for (const [value, count] of counts) {
      const label = labelOf(value);
      labels.set(label, (labels.get(label) ?? 0) + count);
    }
    this.categories = HeavyHitters.ofCounts(labels);
    if (this.categories.error === 0) return;
    this.seen = new DistinctSketch();
    for (const label of labels.keys()) this.seen.addText(label);
  }

  /** What came so far; more can come. */
  profile(): CategoricalProfile {
    const seen = this.seen && this.seen.merged(new DistinctSketch());
    return new CategoricalProfile(this.name, this.type, this.missing, this.categories.copy(), seen);
  }

  private hashed(): DistinctSketch {
    const sketch = new DistinctSketch();
    for (const label of this.categories.counts.keys()) sketch.addText(label);
    return sketch;
  }
}
