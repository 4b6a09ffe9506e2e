import { categoricalSide, numericalSide, type FeatureSide } from "../drift/compare/feature-side";
import { isDataProfile, type DataProfile } from "../drift/profile/data-profile";
import type { LongWork } from "../store/long-work";
import type { DataSource, SourceOrigin } from "../store/scan/data-source";
import { ProfiledFeatures } from "./profiled-features";
import { openScan } from "../store/scan/open-scan";
import type { DistinctCount, ScanColumn, TableScan } from "../store/scan/table-scan";

/** How a feature is read: as numbers, or milliseconds of times; as counts of values; as the text of some rows. */
export interface ReadFeature {
  name: string;
  as: "numbers" | "categories" | "texts";
}

/** Whatever features can be read from, one after the other: a table, or what was kept of one. */
export interface FeatureSource {
  readonly rows: number;
  readonly columns: readonly ScanColumn[];
  readonly description: string;
  readonly origin: SourceOrigin;
  distinctCounts(columns: readonly string[], options?: LongWork): Promise<DistinctCount[]>;
  /** A side for each feature, in their order. */
  sides(features: readonly ReadFeature[], options?: LongWork): AsyncGenerator<FeatureSide>;
  /** Why a feature cannot be read in that way; null where it can. */
  whyUnreadable(feature: ReadFeature): string | null;
}

/** Rows whose text is looked at. */
const textRows = 5000;

class ScannedFeatures implements FeatureSource {
  readonly rows: number;
  readonly columns: readonly ScanColumn[];
  readonly description: string;
  readonly origin: SourceOrigin;

  constructor(private readonly scan: TableScan) {
    ({
      rows: this.rows,
      columns: this.columns,
      description: this.description,
      origin: this.origin,
    } = scan);
  }

  distinctCounts(columns: readonly string[], options: LongWork = {}): Promise<DistinctCount[]> {
    return this.scan.distinctCounts(columns, options);
  }

  async *sides(
    features: readonly ReadFeature[],
    options: LongWork = {},
  ): AsyncGenerator<FeatureSide> {
    for (let start = 0; start < features.length;) {
      const as = features[start]?.as ?? "numbers";
      let end = start;
      while (features[end]?.as === as) end++;
      const names = features.slice(start, end).map(({ name }) => name);
      if (as === "numbers") yield* this.numbers(names, options);
      else if (as === "categories") yield* this.categories(names, options);
      else yield* this.texts(names, options);
      start = end;
    }
  }

  whyUnreadable(): null {
    return null;
  }

  private async *numbers(names: readonly string[], options: LongWork) {
    const whole = new Set(
      this.columns.filter(({ integer }) => integer === true).map(({ name }) => name),
    );
    const wanted = names.map((name) => ({ name, as: "number" as const }));
    for await (const column of this.scan.values(wanted, { ...options, lent: true }))
      if (column.kind === "number")
        yield numericalSide(column.values, { whole: whole.has(column.name) });
  }

  private async *categories(names: readonly string[], options: LongWork) {
    for await (const { counts, missing } of this.scan.counts(names, options))
      yield categoricalSide(counts, missing);
  }

  private async *texts(names: readonly string[], options: LongWork) {
    const present = await this.scan.distinctCounts(names, options);
    for (const { name, distinct, present: values } of present) {
      const texts = await this.scan.texts(name, textRows, options);
      const { sample, summary } = categoricalSide(new Map(), this.rows - values);
      yield { sample, summary: { ...summary, rows: this.rows, distinct }, texts };
    }
  }
}

/** Runs `work` with the features of a table, or of what was kept of one. */
export function openFeatures<T>(
  source: DataSource | DataProfile,
  work: (features: FeatureSource) => Promise<T>,
  options: LongWork,
): Promise<T> {
  if (isDataProfile(source)) return work(new ProfiledFeatures(source));
  return openScan(source, (scan) => work(new ScannedFeatures(scan)), options);
}
