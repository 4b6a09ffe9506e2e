/** Categories that are counted one by one; of more than twice as many, the rarest give way. */
const mostCategories = 1000;

function byCount([a, countA]: [string, number], [b, countB]: [string, number]): number {
  return countB - countA || (a < b ? -1 : 1);
}

/** The count of the first category that has no room. */
function firstWithoutRoom(counts: ReadonlyMap<string, number>): number {
  const ascending = Float64Array.from(counts.values()).sort();
  return ascending[ascending.length - 1 - mostCategories] ?? 0;
}

/**
 * How often each category occurs: exact up to 1,000 categories. Of more, the frequent ones stay: a category occurs as
 * often as it is counted, or up to `error` times more, and one that is not listed at most `error` times. While it is
 * in memory `error` is at most 2/1,001 of all values, however they came and were merged.
 *
 * @see Misra, Gries 1982, "Finding repeated elements"; merged as in Agarwal et al. 2012, "Mergeable summaries"
 */
export class HeavyHitters {
  private constructor(
    private readonly counted: Map<string, number>,
    /** All values, those of categories that are not listed too. */
    public total: number,
    /** By how many a count can be too low; 0 where all counts are exact and all categories are listed. */
    public error: number,
  ) {}

  static empty(): HeavyHitters {
    return new HeavyHitters(new Map(), 0, 0);
  }

  /** Of all values at once: of more than 1,000 categories the frequent ones, whose counts stay exact. */
  static ofCounts(counts: ReadonlyMap<string, number>): HeavyHitters {
    let total = 0;
    for (const count of counts.values()) total += count;
    const error = firstWithoutRoom(counts);
    return new HeavyHitters(
      new Map([...counts].filter(([, count]) => count > error)),
      total,
      error,
    );
  }

  /** As it was kept; the counts are taken over, not copied. */
  static of(counts: Map<string, number>, total: number, error: number): HeavyHitters {
    return new HeavyHitters(counts, total, error);
  }

  get counts(): ReadonlyMap<string, number> {
    return this.counted;
  }

  /** Values of categories that are not listed, and what listed ones may be counted too low. */
  get others(): number {
    let listed = 0;
    for (const count of this.counted.values()) listed += count;
    return this.total - listed;
  }

  /** Whether a new category is about to push others out. */
  get isFull(): boolean {
    return this.counted.size >= 2 * mostCategories;
  }

  add(category: string, count = 1): void {
    this.total += count;
    this.counted.set(category, (this.counted.get(category) ?? 0) + count);
    if (this.counted.size > 2 * mostCategories) this.prune();
  }

  copy(): HeavyHitters {
    return new HeavyHitters(new Map(this.counted), this.total, this.error);
  }

  merged(other: HeavyHitters): HeavyHitters {
    const merged = this.copy();
    for (const [category, count] of other.counted)
      merged.counted.set(category, (merged.counted.get(category) ?? 0) + count);
    merged.total += other.total;
    merged.error += other.error;
    if (merged.counted.size > 2 * mostCategories) merged.prune();
    return merged;
  }

  /** The frequent ones first. */
  sorted(): [string, number][] {
    return [...this.counted].sort(byCount);
  }

  /** Takes from every count that of the first category that has no room; who has nothing left goes. */
  private prune(): void {
    const taken = firstWithoutRoom(this.counted);
    for (const [category, count] of this.counted)
      if (count > taken) this.counted.set(category, count - taken);
      else this.counted.delete(category);
    this.error += taken;
  }
}
