import { AssayerError } from "../errors";
import { CategoricalBuilder } from "../drift/profile/categorical-profile";
import { DataProfile } from "../drift/profile/data-profile";
import { NumericalBuilder } from "../drift/profile/numerical-profile";
import type { Columns } from "../store/tables/table-data";

type Cell = Columns[string][number];
type Builder = NumericalBuilder | CategoricalBuilder;

function typeOf(value: unknown): "number" | "time" | "boolean" | "text" {
  if (typeof value === "number" || typeof value === "bigint") return "number";
  if (value instanceof Date) return "time";
  return typeof value === "boolean" ? "boolean" : "text";
}

function isMissing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/**
 * A profile that grows with the rows, for who sees them one by one, as a server does. It takes a few hundred
 * kilobytes for each column, however many rows come.
 *
 * @example
 * const builder = new ProfileBuilder();
 * server.on("request", ({ features }) => builder.add(features));
 * setInterval(() => save(encodeProfile(builder.profile())), 60_000);
 */
export class ProfileBuilder {
  private readonly builders = new Map<string, Builder>();
  private count = 0;

  /** Rows so far. */
  get rows(): number {
    return this.count;
  }

  /**
   * Adds rows: one as an object, or many as columns. A column has the type of its first value; one that a row lacks
   * is missing in it.
   *
   * @throws AssayerError "invalid-argument" for columns of different length, or a value of another type than its
   *   column's; nothing is added then
   */
  add(rows: Readonly<Record<string, Cell>> | Columns): void {
    const entries = Object.entries(rows as Record<string, unknown>).map(
      ([name, value]) => [name, columnOf(value)] as const,
    );
    const length = entries[0]?.[1].length ?? 1;
    for (const [name, values] of entries) {
      if (values.length !== length)
        throw new AssayerError(
          "invalid-argument",
          `ProfileBuilder.add requires columns of one length; got ${length} and, for ${name}, ${values.length}`,
        );
      this.requireType(name, values);
    }
    for (const [name, values] of entries) this.addColumn(name, values);
    const given = new Set(entries.map(([name]) => name));
    for (const [name, builder] of this.builders) if (!given.has(name)) builder.addMissing(length);
    this.count += length;
  }

  /** The profile of the rows so far; more can come. */
  profile({ now = new Date() }: { now?: Date } = {}): DataProfile {
    const features = [...this.builders.values()].map((builder) => builder.profile());
    return new DataProfile(this.count, features, now.toISOString());
  }

  private requireType(name: string, values: ArrayLike<unknown>): void {
    let known = this.builders.get(name)?.type;
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (isMissing(value)) continue;
      const type = typeOf(value);
      known ??= type;
      if (type !== known)
        throw new AssayerError(
          "invalid-argument",
          `ProfileBuilder.add requires one type for each column; got ${known} and ${type} for ${name}`,
        );
    }
  }

  private addColumn(name: string, values: ArrayLike<unknown>): void {
    let builder = this.builders.get(name);
    if (!builder) {
      const first = Array.prototype.find.call(values, (value) => !isMissing(value)) as unknown;
      // A column without a value yet is not there yet: when it comes, the rows before are missing in it.
      if (isMissing(first)) return;
      const type = typeOf(first);
      builder =
        type === "number" || type === "time"
          ? new NumericalBuilder(name, type, { whole: type === "number" })
          : new CategoricalBuilder(name, type);
      builder.addMissing(this.count);
      this.builders.set(name, builder);
    }
    if (builder instanceof NumericalBuilder) {
      const numbers = values instanceof Float64Array ? values : Float64Array.from(values, numberOf);
      if (isFloat(values, numbers)) builder.notWhole();
      builder.add(numbers);
      return;
    }
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      builder.add(isMissing(value) ? null : `${value as string | boolean}`);
    }
  }
}

function columnOf(value: unknown): ArrayLike<unknown> {
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value))
    return value as ArrayLike<unknown>;
  return [value];
}

/** Whether a column is one of fractions: by the type of its array, or by a value. */
function isFloat(values: ArrayLike<unknown>, numbers: Float64Array): boolean {
  if (ArrayBuffer.isView(values))
    return values instanceof Float64Array || values instanceof Float32Array;
  return !numbers.every((value) => Number.isNaN(value) || Number.isInteger(value));
}

function numberOf(value: unknown): number {
  if (isMissing(value)) return NaN;
  return value instanceof Date ? value.getTime() : Number(value);
}
