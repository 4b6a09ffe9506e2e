import { AssayerError } from "../../errors";
import { noClock } from "../compare/clock";
import { ByteReader, ByteWriter, crc32 } from "./bytes";
import { DataProfile } from "./data-profile";
import { DistinctSketch, highestRank } from "./distinct-sketch";
import { CategoricalProfile } from "./categorical-profile";
import type { FeatureProfile, ProfiledType } from "./feature-profile";
import { HeavyHitters } from "./heavy-hitters";
import type { Moments } from "./moments";
import { NumericalProfile } from "./numerical-profile";
import { QuantileSketch } from "./quantile-sketch";
import type { WeightedRun } from "./weighted-points";

const magic = new TextEncoder().encode("assayer-profile\n");
const format = 1;
/** Of a column's distribution: with 800, shares are off by 1/1,600 beside what the sketch was off before. */
const mostPoints = 800;
/** For the names and counts of a column's categories. */
const mostBytes = 6500;
const types: readonly ProfiledType[] = ["number", "time", "boolean", "text"];

/** 4,096 registers of 6 bits each. */
function writeDistinct(writer: ByteWriter, sketch: DistinctSketch | null): void {
  writer.u8(sketch ? 1 : 0);
  if (!sketch) return;
  const { registers } = sketch;
  for (let i = 0; i < registers.length; i += 4) {
    const [a, b, c, d] = registers.subarray(i, i + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const word = a | (b << 6) | (c << 12) | (d << 18);
    writer.u8(word & 255);
    writer.u8((word >>> 8) & 255);
    writer.u8(word >>> 16);
  }
}

function readDistinct(reader: ByteReader): DistinctSketch | null {
  if (reader.u8() === 0) return null;
  const sketch = new DistinctSketch();
  const { registers } = sketch;
  for (let i = 0; i < registers.length; i += 4) {
    const word = reader.u8() | (reader.u8() << 8) | (reader.u8() << 16);
    for (let part = 0; part < 4; part++) registers[i + part] = (word >>> (6 * part)) & 63;
  }
  if (registers.some((rank) => rank > highestRank)) throw reader.damaged();
  return sketch;
}

function writeNumerical(writer: ByteWriter, feature: NumericalProfile): void {
  const { missing, infinite, moments, distinct } = feature.parts;
  writer.count(missing);
  writer.count(infinite);
  writer.count(moments.count);
  for (const value of [moments.mean, moments.squares, moments.min, moments.max]) writer.f64(value);
  const { counts, runs, above, below } = feature.quantiles.thinned(mostPoints).parts();
  writer.f64(above);
  writer.f64(below);
  writer.u8(counts ? 0 : 1);
  if (counts) {
    writer.f64s(Float64Array.from(counts.keys()));
    for (const count of counts.values()) writer.count(count);
  } else {
    writer.count(runs.length);
    for (const { values, weight } of runs) {
      writer.f64(weight);
      writer.f64s(values);
    }
  }
  writeDistinct(writer, distinct);
  writer.u8(feature.parts.whole ? 1 : 0);
  const { clock } = feature.parts;
  if (clock) for (const count of [...clock.hours, ...clock.weekdays]) writer.count(count);
}

/**
 * A checksum tells what was damaged, not what was made up: drift methods rely on finite values in ascending order, and
 * on weights that add up to the count.
 */
function requireDistribution(
  reader: ByteReader,
  { count, min, max }: Moments,
  stretches: readonly { values: Float64Array; weight: number }[],
): void {
  let mass = 0;
  for (const { values, weight } of stretches) {
    if (!(weight > 0)) throw reader.damaged();
    mass += weight * values.length;
    values.forEach((value, i) => {
      const before = i === 0 ? min : (values[i - 1] as number);
      if (!(value >= before && value <= max)) throw reader.damaged();
    });
  }
  const isRange = count === 0 || (Number.isFinite(min) && Number.isFinite(max));
  if (!isRange || !(Math.abs(mass - count) <= 1e-6 * count)) throw reader.damaged();
}

function readNumerical(reader: ByteReader, name: string, type: "number" | "time"): FeatureProfile {
  const missing = reader.count();
  const infinite = reader.count();
  const count = reader.count();
  const [mean, squares, min, max] = [reader.f64(), reader.f64(), reader.f64(), reader.f64()];
  const [above, below] = [reader.f64(), reader.f64()];
  let counts: Map<number, number> | null = null;
  const runs: WeightedRun[] = [];
  if (reader.u8() === 0) {
    const values = reader.f64s();
    counts = new Map(Array.from(values, (value) => [value, reader.count()]));
  } else {
    for (let left = reader.count(); left > 0; left--) {
      const weight = reader.f64();
      runs.push({ weight, values: reader.f64s() });
    }
  }
  const exact = [...(counts ?? [])].sort(([a], [b]) => a - b);
  requireDistribution(reader, { count, mean, squares, min, max }, [
    ...exact.map(([value, weight]) => ({ values: Float64Array.of(value), weight })),
    ...runs,
  ]);
  if (!(above >= 0 && below >= 0)) throw reader.damaged();
  const distinct = readDistinct(reader);
  const whole = reader.u8() === 1;
  const clock = type === "time" ? noClock() : null;
  for (const counts of clock ? [clock.hours, clock.weekdays] : [])
    for (let i = 0; i < counts.length; i++) counts[i] = reader.count();
  return new NumericalProfile(name, type, {
    missing,
    infinite,
    moments: { count, mean, squares, min, max },
    quantiles: QuantileSketch.of({ counts, runs, above, below, count }),
    distinct,
    whole,
    clock,
  });
}

/** The frequent categories, as many as there is room for. */
function categoriesWithRoom(hitters: HeavyHitters): { kept: [string, number][]; error: number } {
  const encoder = new TextEncoder();
  const kept: [string, number][] = [];
  let size = 0;
  for (const each of hitters.sorted()) {
    size += encoder.encode(each[0]).length + 4;
    if (size > mostBytes) return { kept, error: hitters.error + each[1] };
    kept.push(each);
  }
  return { kept, error: hitters.error };
}

function writeCategorical(writer: ByteWriter, feature: CategoricalProfile): void {
  const { kept, error } = categoriesWithRoom(feature.categories);
  writer.count(feature.missing);
  writer.count(feature.categories.total);
  writer.count(error);
  writer.count(kept.length);
  for (const [label, count] of kept) {
    writer.text(label);
    writer.count(count);
  }
  writeDistinct(writer, error === 0 ? null : feature.hashed());
}

function readCategorical(
  reader: ByteReader,
  name: string,
  type: "boolean" | "text",
): FeatureProfile {
  const missing = reader.count();
  const total = reader.count();
  const error = reader.count();
  const counts = new Map<string, number>();
  for (let left = reader.count(); left > 0; left--) {
    const label = reader.text();
    counts.set(label, reader.count());
  }
  const hitters = HeavyHitters.of(counts, total, error);
  if (hitters.others < 0) throw reader.damaged();
  return new CategoricalProfile(name, type, missing, hitters, readDistinct(reader));
}

/**
 * A profile as bytes, to be kept or sent: under 10 kB for a column, however many rows it was made of. Of each column
 * 800 quantile points stay, and as many of the frequent categories as fit.
 *
 * @see decodeProfile
 */
export function encodeProfile(profile: DataProfile): Uint8Array {
  const body = new ByteWriter();
  body.text(profile.createdAt);
  body.count(profile.rows);
  body.count(profile.features.length);
  for (const feature of profile.features) {
    body.text(feature.name);
    body.u8(types.indexOf(feature.type));
    if (feature.kind === "numerical") writeNumerical(body, feature);
    else writeCategorical(body, feature);
  }
  const content = body.done();
  const file = new ByteWriter();
  file.raw(magic);
  file.u8(format);
  file.u32(crc32(content));
  file.raw(content);
  return file.done();
}

/** Whether bytes begin as those of a profile do. */
export function isEncodedProfile(bytes: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/**
 * The profile that `encodeProfile` made bytes of.
 *
 * @throws AssayerError "invalid-profile" for other or damaged bytes, and for those of a later format
 */
export function decodeProfile(bytes: Uint8Array): DataProfile {
  const invalid = (got: string) =>
    new AssayerError(
      "invalid-profile",
      `decodeProfile requires the bytes of a profile; got ${got}`,
    );
  if (!isEncodedProfile(bytes)) throw invalid(`${bytes.length} bytes of something else`);
  const found = bytes[magic.length] ?? 0;
  if (found > format) throw invalid(`format ${found}, above ${format}: update assayer to read it`);
  const header = new ByteReader(bytes.subarray(magic.length), "decodeProfile");
  header.u8();
  const checksum = header.u32();
  const content = bytes.subarray(magic.length + 5);
  if (found !== format || crc32(content) !== checksum) throw header.damaged();
  const reader = new ByteReader(content, "decodeProfile");
  const createdAt = reader.text();
  const rows = reader.count();
  const features: FeatureProfile[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const name = reader.text();
    const type = types[reader.u8()];
    if (type === undefined) throw reader.damaged();
    features.push(
      type === "number" || type === "time"
        ? readNumerical(reader, name, type)
        : readCategorical(reader, name, type),
    );
  }
  if (!reader.isDone || features.some((each) => each.rows !== rows)) throw reader.damaged();
  return new DataProfile(rows, features, createdAt);
}
