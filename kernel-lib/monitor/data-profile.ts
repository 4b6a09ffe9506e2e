import { AssayerError } from "../errors";
import { DataProfile } from "../drift/profile/data-profile";
import { CategoricalBuilder } from "../drift/profile/categorical-profile";
import type { FeatureProfile } from "../drift/profile/feature-profile";
import { NumericalBuilder } from "../drift/profile/numerical-profile";
import type { LongWork } from "../store/long-work";
import type { DataSource } from "../store/scan/data-source";
import { openScan } from "../store/scan/open-scan";
import type { ScanColumn } from "../store/scan/table-scan";

export interface DataProfileOptions extends LongWork {
  /** Columns to keep a profile of; default all. */
  columns?: readonly string[];
  /** When the profile is made; default now. */
  now?: Date;
}

/**
 * The profile of a table: what to keep instead of its rows so that drift can be told later. Columns are read one
 * after the other, so that the table may be larger than memory. Those of lists, structs and the like are left out.
 *
 * @returns a profile with a feature for each column
 * @throws AssayerError "invalid-source" for data that cannot be read, "invalid-argument" for a column that is not there
 * @example const profile = await dataProfile("flights.parquet");
 */
export function dataProfile(
  source: DataSource,
  { columns, now = new Date(), ...work }: DataProfileOptions = {},
): Promise<DataProfile> {
  return openScan(
    source,
    async (scan) => {
      const known = new Map(scan.columns.map((column) => [column.name, column]));
      for (const name of columns ?? [])
        if (!known.has(name))
          throw new AssayerError(
            "invalid-argument",
            `unknown column: ${name}; expected one of ${[...known.keys()].join(", ")}`,
          );
      const wanted = [...new Set(columns ?? known.keys())]
        .map((name) => known.get(name) as ScanColumn)
        .filter(({ type }) => type !== "other");
      const isNumber = ({ type }: ScanColumn) => type === "number" || type === "time";
      const numbers = wanted.filter(isNumber);
      const others = wanted.filter((column) => !isNumber(column));
      const features = new Map<string, FeatureProfile>();
      const share = numbers.length / Math.max(1, wanted.length);
      const part = (from: number, length: number): LongWork => ({
        ...work,
        onProgress: (message, fraction) => work.onProgress?.(message, from + fraction * length),
      });
      const asked = numbers.map(({ name }) => ({ name, as: "number" as const }));
      for await (const column of scan.values(asked, { ...part(0, share), lent: true })) {
        if (column.kind !== "number") continue;
        const { type, integer = false } = known.get(column.name) as ScanColumn;
        const builder = new NumericalBuilder(column.name, type === "time" ? "time" : "number", {
          whole: integer,
        });
        builder.add(column.values);
        features.set(column.name, builder.profile());
      }
      const names = others.map(({ name }) => name);
      for await (const { name, counts, missing } of scan.counts(names, part(share, 1 - share))) {
        const type = known.get(name)?.type;
        const builder = new CategoricalBuilder(name, type === "boolean" ? "boolean" : "text");
        builder.addMissing(missing);
        builder.addCounts(counts);
        features.set(name, builder.profile());
      }
      const ordered = wanted.map(({ name }) => features.get(name) as FeatureProfile);
      return new DataProfile(scan.rows, ordered, now.toISOString());
    },
    work,
  );
}
