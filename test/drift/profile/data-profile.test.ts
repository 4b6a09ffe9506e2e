import assert from "node:assert/strict";
import { test } from "node:test";
import type { AssayerError } from "../../../kernel-lib/errors";
import { crc32 } from "../../../kernel-lib/drift/profile/bytes";
import { DataProfile, mergeProfiles } from "../../../kernel-lib/drift/profile/data-profile";
import {
  decodeProfile,
  encodeProfile,
  isEncodedProfile,
} from "../../../kernel-lib/drift/profile/encode-profile";
import { ProfileBuilder } from "../../../kernel-lib/monitor/profile-builder";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";

const now = new Date("2026-11-21T12:00:00Z");

/** A table with a column of every type, some of them hard. */
function table(rows: number, seed: number) {
  const random = seededRandom(seed);
  const list = <T>(value: () => T) => Array.from({ length: rows }, value);
  return {
    amount: Float64Array.from({ length: rows }, () => random() ** -1.5),
    age: list(() => (random() < 0.1 ? null : Math.floor(18 + 60 * random()))),
    when: list(() => new Date(1.6e12 + Math.floor(1e10 * random()))),
    member: list(() => random() < 0.3),
    city: list(() => (random() < 0.05 ? undefined : `city ${Math.floor(300 * random() ** 2)}`)),
    id: list(() => `id-${Math.floor(1e9 * random())}`),
    nothing: list(() => NaN),
    limit: list(() => (random() < 0.01 ? Infinity : 1)),
  };
}

function profiled(rows: number, seed: number): DataProfile {
  const builder = new ProfileBuilder();
  builder.add(table(rows, seed));
  return builder.profile({ now });
}

test("a profile comes back from its bytes as it was, but for points and rare categories left out", () => {
  const profile = profiled(30_000, 1);
  const bytes = encodeProfile(profile);
  assert.ok(isEncodedProfile(bytes));
  const back = decodeProfile(bytes);
  assert.deepEqual(back.columns, profile.columns);
  assert.equal(back.rows, 30_000);
  assert.equal(back.createdAt, "2026-11-21T12:00:00.000Z");
  assert.deepEqual(encodeProfile(back), bytes);
  for (const feature of profile.features) {
    const other = back.feature(feature.name);
    assert.ok(other);
    const [a, b] = [feature.summary(), other.summary()];
    assert.deepEqual({ ...a, q25: 0, median: 0, q75: 0 }, { ...b, q25: 0, median: 0, q75: 0 });
    if (other.kind === "numerical") assert.ok(other.quantiles.rankError < 0.0025);
  }
  const [city, age] = [back.feature("city"), back.feature("age")];
  assert.ok(city?.kind === "categorical" && age?.kind === "numerical");
  assert.equal(city.categories.error, 0);
  assert.equal(age.quantiles.rankError, 0);
});

test("the bytes of 100 columns are under a megabyte, whatever they hold", () => {
  const random = seededRandom(2);
  const columns: Record<string, ArrayLike<number | string>> = {};
  const rows = 20_000;
  for (let i = 0; i < 100; i++)
    columns[`column ${i}`] =
      i % 2 === 0
        ? Float64Array.from({ length: rows }, random)
        : Array.from({ length: rows }, () => `${"long ".repeat(i % 40)}${random()}`);
  const builder = new ProfileBuilder();
  builder.add(columns);
  const { length } = encodeProfile(builder.profile());
  assert.ok(length < 1_000_000, `${length} bytes`);
});

test("profiles of replicas merge to the profile of the whole", () => {
  const parts = Array.from({ length: 8 }, (_, i) => profiled(5000 + 1000 * i, i));
  const kept = parts.map((part) => decodeProfile(encodeProfile(part)));
  const builder = new ProfileBuilder();
  for (let i = 0; i < 8; i++) builder.add(table(5000 + 1000 * i, i));
  const whole = builder.profile({ now });
  for (const merged of [
    mergeProfiles(...parts),
    mergeProfiles(...kept),
    parts.toReversed().reduce((a, b) => mergeProfiles(a, b)),
  ]) {
    assert.equal(merged.rows, whole.rows);
    for (const feature of whole.features) {
      const other = merged.feature(feature.name);
      assert.ok(other);
      const [a, b] = [feature.summary(), other.summary()];
      assert.equal(b.missing, a.missing);
      assert.equal(b.infinite, a.infinite);
      assert.equal(b.min, a.min);
      assert.equal(b.max, a.max);
      assert.equal(b.distinct, a.distinct, `distinct ${feature.name}`);
      // Rounding alone.
      for (const key of ["mean", "standardDeviation"] as const) {
        const [x, y] = [a[key], b[key]];
        if (x !== null && y !== null) assert.ok(Math.abs(x - y) <= 1e-9 * Math.abs(x));
        else assert.equal(x, y);
      }
    }
  }
});

test("mergeProfiles counts a column that one profile lacks as missing there", () => {
  const [left, right] = [new ProfileBuilder(), new ProfileBuilder()];
  left.add({ x: [1, 2, 3], y: ["a", "b", "b"] });
  right.add({ x: [4, 5] });
  const merged = mergeProfiles(left.profile({ now }), right.profile({ now }));
  assert.equal(merged.rows, 5);
  assert.equal(merged.feature("y")?.missing, 2);
  assert.equal(merged.feature("x")?.summary().max, 5);
});

test("mergeProfiles refuses a column of two types, and nothing at all", () => {
  const [left, right] = [new ProfileBuilder(), new ProfileBuilder()];
  left.add({ x: 1 });
  right.add({ x: "1" });
  assert.throws(() => mergeProfiles(left.profile(), right.profile()), {
    code: "invalid-argument",
    message: "mergeProfiles requires one type for each column; got number and text for x",
  });
  assert.throws(() => mergeProfiles(), {
    code: "invalid-argument",
    message: "mergeProfiles requires one profile or more; got none",
  });
});

test("ProfileBuilder takes rows one by one as it takes columns", () => {
  const columns = table(3000, 5);
  const [byRow, byColumn] = [new ProfileBuilder(), new ProfileBuilder()];
  byColumn.add(columns);
  const names = Object.keys(columns) as (keyof typeof columns)[];
  for (let row = 0; row < 3000; row++)
    byRow.add(Object.fromEntries(names.map((name) => [name, columns[name][row]])));
  assert.equal(byRow.rows, 3000);
  const [rowWise, columnWise] = [byRow.profile({ now }), byColumn.profile({ now })];
  assert.deepEqual(rowWise.columns.sort(), columnWise.columns.sort());
  for (const feature of columnWise.features) {
    assert.deepEqual(rowWise.feature(feature.name)?.summary(), feature.summary());
  }
});

test("ProfileBuilder goes on after a profile was taken, which stays as it was", () => {
  const builder = new ProfileBuilder();
  builder.add(table(1000, 1));
  const first = builder.profile({ now });
  const bytes = encodeProfile(first);
  builder.add(table(1000, 2));
  assert.deepEqual(encodeProfile(first), bytes);
  assert.equal(builder.profile().rows, 2000);
});

test("ProfileBuilder takes a column that comes late, or not with every row", () => {
  const builder = new ProfileBuilder();
  builder.add({ x: 1 });
  builder.add({ x: null, y: "a" });
  builder.add({ y: null });
  const profile = builder.profile({ now });
  assert.equal(profile.rows, 3);
  assert.equal(profile.feature("x")?.missing, 2);
  assert.equal(profile.feature("y")?.missing, 2);
});

test("ProfileBuilder refuses columns of different length or another type, and adds nothing", () => {
  const builder = new ProfileBuilder();
  builder.add({ x: [1, 2], y: ["a", "b"] });
  assert.throws(
    () => {
      builder.add({ x: [1, 2], y: ["a"] });
    },
    {
      code: "invalid-argument",
      message: "ProfileBuilder.add requires columns of one length; got 2 and, for y, 1",
    },
  );
  assert.throws(
    () => {
      builder.add({ x: 3, y: 4 });
    },
    {
      code: "invalid-argument",
      message: "ProfileBuilder.add requires one type for each column; got text and number for y",
    },
  );
  assert.equal(builder.rows, 2);
  assert.equal(builder.profile().feature("x")?.rows, 2);
});

test("decodeProfile refuses other bytes, those of a later format and damaged ones", () => {
  const bytes = encodeProfile(profiled(500, 3));
  const refused = (given: Uint8Array, got: string) => {
    assert.throws(() => decodeProfile(given), {
      code: "invalid-profile",
      message: `decodeProfile requires the bytes of a profile; got ${got}`,
    });
  };
  refused(new Uint8Array(0), "0 bytes of something else");
  refused(new TextEncoder().encode("PAR1 and more"), "13 bytes of something else");
  const later = bytes.slice();
  later[16] = 2;
  refused(later, "format 2, above 1: update assayer to read it");
  const random = seededRandom(4);
  for (let i = 0; i < 300; i++) {
    const at = 16 + Math.floor(random() * (bytes.length - 16));
    const changed = bytes.slice();
    changed[at] = (changed[at] as number) ^ (1 << Math.floor(random() * 8));
    if (at > 16) refused(changed, "damaged ones");
    const cut = bytes.subarray(0, at);
    assert.throws(() => decodeProfile(cut), { code: "invalid-profile" });
  }
});

test("decodeProfile refuses a profile that was made up, though its checksum is right", () => {
  const bytes = encodeProfile(profiled(500, 3));
  const random = seededRandom(5);
  let refused = 0;
  for (let i = 0; i < 400; i++) {
    const forged = bytes.slice();
    const view = new DataView(forged.buffer);
    const at = 21 + Math.floor(random() * (bytes.length - 21 - 8));
    view.setFloat64(at, [NaN, Infinity, -1, 1e300][i % 4] as number, true);
    view.setUint32(17, crc32(forged.subarray(21)), true);
    let profile;
    try {
      profile = decodeProfile(forged);
    } catch (error) {
      assert.equal((error as AssayerError).code, "invalid-profile");
      refused++;
      continue;
    }
    // What is left is a profile: its values are finite and ascend, and its weights add up.
    for (const feature of profile.features) {
      assert.equal(feature.rows, profile.rows);
      if (feature.kind !== "numerical") continue;
      const { values, weights } = feature.quantiles.points();
      assert.ok(
        values.every((value, k) => value >= (k === 0 ? -Infinity : (values[k - 1] ?? NaN))),
      );
      const mass = weights.reduce((sum, weight) => sum + weight, 0);
      assert.ok(Math.abs(mass - feature.parts.moments.count) <= 1e-6 * mass);
    }
  }
  assert.ok(refused > 200, `${refused} of 400`);
});

test("a profile reads as plain figures in JSON", () => {
  const json = JSON.parse(JSON.stringify(profiled(2000, 6))) as ReturnType<DataProfile["toJSON"]>;
  assert.equal(json.kind, "profile");
  assert.equal(json.rows, 2000);
  const [amount, , , , city] = json.features;
  assert.equal(amount?.name, "amount");
  assert.equal(amount.categories, null);
  assert.equal(city?.type, "text");
  assert.equal(city.categories?.length, 20);
  assert.equal(city.rankError, null);
});
