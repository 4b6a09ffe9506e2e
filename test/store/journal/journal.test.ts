import assert from "node:assert/strict";
import fs, {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { test, type TestContext } from "node:test";
import { AssayerError } from "../../../kernel-lib/errors";
import type { JournalEvent } from "../../../kernel-lib/store/journal/events";
import {
  eventFrame,
  metricFrame,
  metricsFrame,
  type MetricsFrame,
  scanFrames,
  seriesBytes,
  splitSeries,
} from "../../../kernel-lib/store/journal/frame";
import { newId } from "../../../kernel-lib/store/id";
import { durabilities, Journal, segmentMagic } from "../../../kernel-lib/store/journal/journal";
import { createStore } from "../../../kernel-lib/store/layout";
import { temporaryFolder } from "../../temporary-folder";

function tag(value: string): JournalEvent {
  return { kind: "tag", runId: "r", key: "k", value };
}

function scan(data: Buffer) {
  const events: unknown[] = [];
  const metrics: { series: string; value: number; step: number; timestamp: number }[] = [];
  const many: MetricsFrame[] = [];
  const result = scanFrames(data, {
    event: (event) => events.push(event),
    metric: (metric) => metrics.push({ ...metric }),
    metrics: (frame) => many.push(frame),
  });
  return { ...result, events, metrics, many };
}

function sampleFrames(): Buffer[] {
  const series = seriesBytes(newId(), "größe");
  return [
    eventFrame(tag("first")) ?? Buffer.alloc(0),
    metricFrame(series, NaN, -7, 1.5),
    metricFrame(series, -Infinity, Number.MAX_SAFE_INTEGER, 1e12),
    metricsFrame(series, Float64Array.of(0.5, NaN), Float64Array.of(1, 2), Float64Array.of(3, 4)),
    eventFrame(tag("last")) ?? Buffer.alloc(0),
  ];
}

test("frames come back as they were written, NaN, infinities and any key included", () => {
  const frames = sampleFrames();
  const { events, metrics, many, reason } = scan(Buffer.concat(frames));
  assert.equal(reason, "complete");
  assert.deepEqual(many, [
    {
      series: metrics[0]?.series,
      values: Float64Array.of(0.5, NaN),
      steps: Float64Array.of(1, 2),
      timestamps: Float64Array.of(3, 4),
    },
  ]);
  assert.deepEqual(events, [tag("first"), tag("last")]);
  assert.deepEqual(
    metrics.map(({ value, step, timestamp }) => [value, step, timestamp]),
    [
      [NaN, -7, 1.5],
      [-Infinity, Number.MAX_SAFE_INTEGER, 1e12],
    ],
  );
  assert.equal(splitSeries(metrics[0]?.series ?? "").key, "größe");
});

test("frames cut at any byte give the whole frames before the cut and nothing else", () => {
  const frames = sampleFrames();
  const data = Buffer.concat(frames);
  const ends = frames.map((_, i) => Buffer.concat(frames.slice(0, i + 1)).length);
  for (let cut = 0; cut <= data.length; cut++) {
    const { end, events, metrics, many } = scan(data.subarray(0, cut));
    const whole = ends.filter((each) => each <= cut).length;
    assert.equal(events.length + metrics.length + many.length, whole, `cut at ${cut}`);
    assert.equal(end, whole === 0 ? 0 : ends[whole - 1]);
  }
});

test("a flipped bit anywhere is noticed: no frame from there on is believed", () => {
  const frames = sampleFrames();
  const data = Buffer.concat(frames);
  for (let bit = 0; bit < data.length * 8; bit++) {
    const damaged = Buffer.from(data);
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const { end, reason } = scan(damaged);
    assert.notEqual(reason, "complete", `bit ${bit}`);
    assert.ok(end <= bit >> 3, `bit ${bit} lies in a frame that was believed`);
  }
});

test("a frame of a kind that is not known is passed over", () => {
  const frames = sampleFrames();
  const foreign = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 77, 1, 2, 3]);
  foreign.writeUInt32LE(4, 0);
  foreign.writeUInt32LE(crc32(foreign.subarray(8)), 4);
  const { events, reason } = scan(Buffer.concat([foreign, ...frames]));
  assert.equal(reason, "complete");
  assert.equal(events.length, 2);
});

test("each writer has a segment of its own, begun with who it is and closed with its end", () => {
  const store = createStore(temporaryFolder());
  const [one, two] = [new Journal(store), new Journal(store)];
  one.append(tag("a"));
  two.append(tag("b"));
  one.close();
  two.close();
  const names = readdirSync(join(store, "journal"));
  assert.equal(names.length, 2);
  for (const name of names) {
    const data = readFileSync(join(store, "journal", name));
    assert.deepEqual(data.subarray(0, 8), segmentMagic);
    const { events } = scan(data.subarray(8));
    const kinds = events.map((event) => (event as JournalEvent).kind);
    assert.deepEqual(kinds, ["segment", "tag", "segment-end"]);
  }
});

test("a record over 16 MB is refused and the journal goes on", () => {
  const journal = new Journal(createStore(temporaryFolder()));
  assert.throws(
    () => {
      journal.append(tag("x".repeat(17_000_000)));
    },
    new AssayerError("invalid-argument", "log requires a record under 16 MB; got a larger tag"),
  );
  journal.append(tag("fits"));
  journal.close();
});

test("a missing folder never throws: the user is told once, records wait and are written later", async (t) => {
  const root = temporaryFolder();
  const store = createStore(root);
  const warnings: string[] = [];
  const listen = (warning: Error) => warnings.push(warning.message);
  process.on("warning", listen);
  t.after(() => process.off("warning", listen));
  const journal = new Journal(store);
  renameSync(store, `${store}-gone`);
  for (let i = 0; i < 5; i++) journal.append(tag(String(i)));
  assert.equal(journal.unwritten, 5);
  renameSync(`${store}-gone`, store);
  await new Promise((done) => setTimeout(done, 1100));
  journal.append(tag("5"));
  assert.equal(journal.unwritten, 0);
  journal.close();
  await new Promise((done) => setImmediate(done));
  assert.equal(warnings.length, 2, warnings.join("\n"));
  assert.match(warnings[0] ?? "", /the run goes on, records are kept in memory and tried again/u);
  const [name = ""] = readdirSync(join(store, "journal"));
  const { events } = scan(readFileSync(join(store, "journal", name)).subarray(8));
  const values = events.flatMap((event) => (event as { value?: string }).value ?? []);
  assert.deepEqual(values, ["0", "1", "2", "3", "4", "5"]);
});

test("a registry change that cannot be written throws with code store-fault", (t) => {
  const root = temporaryFolder();
  const store = createStore(root);
  const journal = new Journal(store);
  renameSync(store, `${store}-gone`);
  t.after(() => {
    mkdirSync(store, { recursive: true });
    chmodSync(store, 0o755);
  });
  assert.throws(
    () => {
      journal.appendDurably(tag("x"));
    },
    (error: unknown) => error instanceof AssayerError && error.code === "store-fault",
  );
});

async function warningsOf(t: TestContext, work: () => Promise<void>): Promise<string[]> {
  const warnings: string[] = [];
  const listen = (warning: Error) => warnings.push(warning.message);
  process.on("warning", listen);
  t.after(() => process.off("warning", listen));
  await work();
  await new Promise((done) => setImmediate(done));
  return warnings;
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

test("a journal deleted under its writer comes back whole under its name, and the user is told once", async (t) => {
  const store = createStore(temporaryFolder());
  const journal = new Journal(store);
  journal.append(tag("0"));
  const folder = join(store, "journal");
  const names = readdirSync(folder);
  const warnings = await warningsOf(t, async () => {
    rmSync(folder, { recursive: true });
    journal.append(tag("1"));
    await pause(60);
    journal.append(tag("2"));
    assert.deepEqual(readdirSync(folder), names);
    rmSync(join(folder, names[0] ?? ""));
    journal.append(tag("3"));
    journal.close();
  });
  assert.deepEqual(readdirSync(folder), names);
  const { events, reason } = scan(readFileSync(join(folder, names[0] ?? "")).subarray(8));
  assert.equal(reason, "complete");
  assert.deepEqual(
    events.flatMap((event) => (event as { value?: string }).value ?? []),
    ["0", "1", "2", "3"],
  );
  assert.equal(warnings.length, 2);
  for (const warning of warnings)
    assert.match(warning, /was deleted while it was written; it has been written again$/u);
});

test("a whole store deleted under its writer is not made again, and its records come back with it", async (t) => {
  const root = temporaryFolder();
  const store = createStore(root);
  const journal = new Journal(store);
  journal.append(tag("0"));
  const backup = join(root, "backup");
  cpSync(store, backup, { recursive: true });
  const warnings = await warningsOf(t, async () => {
    rmSync(store, { recursive: true });
    journal.append(tag("1"));
    await pause(60);
    assert.equal(existsSync(store), false);
    cpSync(backup, store, { recursive: true });
    await pause(1100);
  });
  journal.close();
  const [name = ""] = readdirSync(join(store, "journal"));
  const { events } = scan(readFileSync(join(store, "journal", name)).subarray(8));
  assert.deepEqual(
    events.flatMap((event) => (event as { value?: string }).value ?? []),
    ["0", "1"],
  );
  assert.match(warnings[0] ?? "", /the store was deleted; the run goes on/u);
});

test("a group is written with one call, and the journal waits for the disk where that was asked", (t) => {
  const writes = t.mock.method(fs, "writeSync");
  const waits = t.mock.method(fs, "fdatasyncSync");
  for (const durability of durabilities) {
    const store = createStore(temporaryFolder());
    const journal = new Journal(store, durability);
    journal.append(tag("opens the segment"));
    writes.mock.resetCalls();
    waits.mock.resetCalls();
    journal.group(() => {
      for (let i = 0; i < 3; i++) journal.append(tag(String(i)));
    });
    const [name = ""] = readdirSync(join(store, "journal"));
    const { events } = scan(readFileSync(join(store, "journal", name)).subarray(8));
    assert.equal(events.length, 5);
    assert.equal(writes.mock.callCount(), 1);
    assert.equal(waits.mock.callCount(), durability === "fsync" ? 1 : 0);
    journal.close();
  }
});
