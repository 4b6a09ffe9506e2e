import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AssayerError } from "../../../kernel-lib/errors";
import type { ExplainableModel } from "../../../kernel-lib/explain/explainable-model";
import { readExplainable } from "../../../kernel-lib/onnx/explainable/read-explainable";
import { decodeModel, encodeModel } from "../../../kernel-lib/onnx/schema";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { randomTrees } from "./random-trees";

const folder = join(__dirname, "fixtures");
const form = {
  outputs: 2,
  transform: "SOFTMAX",
  aggregate: "SUM",
  mode: "any",
  missing: true,
} as const;
const fixtures = [
  ...readdirSync(folder).map((name) => readFileSync(join(folder, name))),
  ...([1, 3, 5, 5, 5] as const).map((version, seed) => {
    const kind = seed % 2 === 0 ? "float" : "double";
    return randomTrees(seededRandom(seed), { ...form, version, kind, base: 0 }).bytes;
  }),
];

type Random = () => number;

function below(random: Random, count: number): number {
  return Math.floor(random() * count);
}

/** Tag, length and content of the fields of a message, and of the messages in it, as far as they can be taken for such. */
function fields(bytes: Uint8Array, start: number, end: number, found: Field[], depth = 0): Field[] {
  let at = start;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < end) {
    const from = at;
    const wire = varint() & 7;
    if (wire === 0) varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const lengthAt = at;
      const length = varint();
      if (at + length > end) break;
      found.push({ from, lengthAt, contentAt: at, end: at + length });
      if (depth < 5) fields(bytes, at, at + length, found, depth + 1);
      at += length;
    } else break;
  }
  return found;
}

interface Field {
  from: number;
  lengthAt: number;
  contentAt: number;
  end: number;
}

const maps = fixtures.map((bytes) => fields(bytes, 0, bytes.length, []));

/** What happens to a file's bytes: bits turn, its end is lost, a length lies, a part of another file stands in a part's place. */
function damaged(random: Random): Uint8Array {
  const which = below(random, fixtures.length);
  const bytes = Uint8Array.from(fixtures[which] ?? []);
  const parts = maps[which] ?? [];
  const part = () => parts[below(random, parts.length)] ?? assert.fail();
  switch (below(random, 5)) {
    case 0:
      for (let i = 1 + below(random, 4); i > 0; i--) {
        const at = below(random, bytes.length);
        bytes[at] = Number(bytes[at]) ^ (1 << below(random, 8));
      }
      return bytes;
    case 1:
      return bytes.subarray(0, below(random, bytes.length));
    case 2: {
      const { lengthAt } = part();
      bytes[lengthAt] = below(random, 256);
      return bytes;
    }
    case 3: {
      // Numbers inside of a part: ids, sizes, thresholds.
      const { contentAt, end } = part();
      for (let i = 0; i < 3 && end > contentAt; i++)
        bytes[contentAt + below(random, end - contentAt)] = below(random, 256);
      return bytes;
    }
    default: {
      const { from, end } = part();
      const other = below(random, fixtures.length);
      const theirs = maps[other]?.[below(random, maps[other].length)] ?? assert.fail();
      const given = (fixtures[other] ?? bytes).subarray(theirs.from, theirs.end);
      return Buffer.concat([bytes.subarray(0, from), given, bytes.subarray(end)]);
    }
  }
}

const decoded = fixtures.map((bytes) => decodeModel(bytes));

/** A file that says other things in well-formed messages: numbers, names, and parts that are gone, doubled or another's. */
function rewritten(random: Random): Uint8Array {
  const model = structuredClone(decoded[below(random, decoded.length)] ?? assert.fail());
  for (let changes = 1 + below(random, 2); changes > 0; changes--) {
    const holders: [holder: Record<string, unknown>, key: string][] = [];
    const collect = (value: unknown): void => {
      if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
      for (const [key, inner] of Object.entries(value)) {
        holders.push([value as Record<string, unknown>, key]);
        collect(inner);
      }
    };
    collect(model.graph);
    const [holder, key] = holders[below(random, holders.length)] ?? assert.fail();
    const [donor, theirs] = holders[below(random, holders.length)] ?? assert.fail();
    const value = holder[key];
    if (Array.isArray(holder) && below(random, 3) === 0)
      holder.splice(Number(key), below(random, 3), value, value);
    else if (typeof value === "number") holder[key] = odd[below(random, odd.length)] ?? value + 1;
    else if (typeof value === "string") holder[key] = `${value}x`.slice(below(random, 2));
    else if (typeof value === typeof donor[theirs]) holder[key] = structuredClone(donor[theirs]);
  }
  return encodeModel(model);
}

const odd = [0, 1, 2, 3, -1, 255, 1e9, -1e9, 2 ** 31 - 1, 2 ** 40, NaN, Infinity, 1e-9, undefined];

/** Everything that those who compute with a core take for granted. */
function requireSound(model: ExplainableModel): void {
  const { core, columns, origin, outputs, compared } = model;
  assert.equal(core === null, model.why !== null);
  if (compared) assert.equal(compared.columns.length, outputs.length);
  if (core === null) return;
  assert.ok(origin.every((column) => column >= 0 && column < columns.length));
  if (core.kind === "linear") {
    assert.equal(core.intercepts.length, outputs.length);
    assert.equal(core.coefficients.length, outputs.length * origin.length);
    assert.ok([...core.coefficients, ...core.intercepts].every(Number.isFinite));
    return;
  }
  const { ensemble } = core;
  const count = ensemble.feature.length;
  assert.equal(ensemble.features, origin.length);
  assert.equal(ensemble.baseValues.length, outputs.length);
  assert.equal(ensemble.leafStart.length, count + 1);
  assert.ok(ensemble.leafOutput.every((output) => output >= 0 && output < outputs.length));
  assert.ok([...ensemble.leafWeight, ...ensemble.baseValues].every(Number.isFinite));
  assert.equal(ensemble.leafStart[count], ensemble.leafWeight.length);
  const parents = new Uint8Array(count);
  for (const root of ensemble.roots) {
    assert.ok(root >= 0 && root < count);
    parents[root] = Number(parents[root]) + 1;
  }
  for (let node = 0; node < count; node++) {
    const feature = Number(ensemble.feature[node]);
    assert.ok(Number(ensemble.leafStart[node]) <= Number(ensemble.leafStart[node + 1]));
    if (feature === -1) continue;
    assert.ok(feature >= 0 && feature < ensemble.features);
    assert.ok(!Number.isNaN(ensemble.threshold[node]));
    assert.ok(Number(ensemble.mode[node]) <= 6);
    assert.equal(ensemble.mode[node] === 6, ensemble.members.has(node));
    for (const child of [Number(ensemble.yes[node]), Number(ensemble.no[node])]) {
      // Children stand behind their parents, so that no way leads in a circle.
      assert.ok(child > node && child < count);
      parents[child] = Number(parents[child]) + 1;
    }
  }
  assert.ok(parents.every((number) => number === 1));
}

/** Some changes make what no writer takes for a message. */
function rewrittenOrNot(random: Random): Uint8Array {
  for (;;)
    try {
      return rewritten(random);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
    }
}

test("each of 10,000 damaged files reads as a sound model or is refused as invalid, in bounded time and memory", () => {
  const random = seededRandom(6);
  let [read, refused, slowest] = [0, 0, 0];
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 10_000; i++) {
    const bytes = i % 2 === 0 ? damaged(random) : rewrittenOrNot(random);
    const start = process.cpuUsage();
    try {
      requireSound(readExplainable(bytes));
      read += 1;
    } catch (error) {
      assert.ok(error instanceof AssayerError, `${i}: ${String((error as Error).stack)}`);
      assert.equal(error.code, "invalid-model", `${i}: ${error.message}`);
      refused += 1;
    }
    const { user, system } = process.cpuUsage(start);
    slowest = Math.max(slowest, (user + system) / 1e6);
  }
  assert.ok(read > 2000 && refused > 2000, `${read} read, ${refused} refused`);
  assert.ok(slowest < 1, `${slowest} s of processor time for a file of a few KB`);
  const grown = process.memoryUsage().heapUsed - before;
  assert.ok(grown < 300e6, `${grown} bytes`);
});
