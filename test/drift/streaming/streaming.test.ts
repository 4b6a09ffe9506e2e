import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Adwin } from "../../../kernel-lib/drift/streaming/adwin";
import { Ddm } from "../../../kernel-lib/drift/streaming/ddm";
import { Eddm } from "../../../kernel-lib/drift/streaming/eddm";
import { Kswin } from "../../../kernel-lib/drift/streaming/kswin";
import { PageHinkley } from "../../../kernel-lib/drift/streaming/page-hinkley";
import { AssayerError } from "../../../kernel-lib/errors";
import { flightNumbers } from "../flights";

interface Case {
  stream: string;
  detector: keyof typeof detectors;
  options: object;
  values: number;
  alarms: number[];
  /** First and last position of each stretch of warnings. */
  warnings?: [number, number][];
  /** Position, width, estimation, and the sum of squares that river calls variance. */
  windows?: [number, number, number, number][];
}

const golden = JSON.parse(
  readFileSync(join(__dirname, "../../parity/golden/streaming.json"), "utf8"),
) as {
  versions: Record<string, string>;
  streams: Record<string, number[] | string>;
  cases: Case[];
};

const detectors = { Adwin, Ddm, Eddm, Kswin, PageHinkley };
const river = `river ${golden.versions.river ?? ""}`;

/** The streams of the golden file, and those it makes of the flights. */
async function readStreams(): Promise<Map<string, Float64Array>> {
  const month = (number: number) =>
    flightNumbers(`select delay from flights where month(date) = ${number} limit 5000`);
  const [[delays], [january], [june]] = await Promise.all([
    flightNumbers("select delay from flights"),
    month(1),
    month(6),
  ]);
  assert.ok(delays && january && june);
  const late = (minutes: Float64Array) => minutes.map((delay) => Number(delay > 15));
  const joined = (...parts: Float64Array[]) =>
    Float64Array.from(parts.flatMap((part) => [...part]));
  return new Map([
    ["delays", delays],
    ["late flights", late(delays)],
    ["delays of January, then of June", joined(january, june)],
    [
      "late flights of January, then all late",
      joined(late(january), new Float64Array(2000).fill(1)),
    ],
    ...Object.entries(golden.streams).map(([name, values]): [string, Float64Array] => [
      name,
      Float64Array.from(values, Number),
    ]),
  ]);
}

test(`detectors alarm and warn where those of ${river} do, on real streams and real changes`, async (t) => {
  const streams = await readStreams();
  for (const each of golden.cases)
    await t.test(`${each.detector} ${JSON.stringify(each.options)} on ${each.stream}`, () => {
      const stream = streams.get(each.stream)?.subarray(0, each.values);
      assert.equal(stream?.length, each.values);
      const detector = new detectors[each.detector](each.options);
      const alarms: number[] = [];
      const warnings = new Set<number>();
      const windows = new Map(each.windows?.map((window) => [window[0], window]));
      for (const [position, value] of stream.entries()) {
        assert.equal(detector.update(value), detector.driftDetected);
        if (detector.driftDetected) alarms.push(position);
        if ("warningDetected" in detector && detector.warningDetected) warnings.add(position);
        const window = windows.get(position);
        if (!window) continue;
        assert.ok(detector instanceof Adwin);
        assert.equal(detector.width, window[1]);
        for (const [ours, theirs] of [
          [detector.estimation, window[2]],
          [detector.variance * detector.width, window[3]],
        ] as const)
          assert.ok(
            Math.abs(ours - theirs) <= 1e-12 * Math.abs(theirs),
            `${ours} is not ${theirs}`,
          );
      }
      assert.deepEqual(alarms, each.alarms);
      const expected = each.warnings?.flatMap(([first, last]) =>
        Array.from({ length: last - first + 1 }, (_, i) => first + i),
      );
      assert.deepEqual([...warnings], expected ?? []);
    });
});

test("a detector that was saved and loaded goes on exactly as one that was not, wherever the stream is cut", async () => {
  const streams = await readStreams();
  const minutes = streams.get("delays of January, then of June")?.subarray(4700, 5300);
  const errors = streams.get("late flights of January, then all late")?.subarray(4700, 5300);
  assert.ok(minutes && errors);
  for (const [make, stream] of [
    [Adwin, minutes],
    [Adwin, errors],
    [Ddm, errors],
    [Eddm, errors],
    [PageHinkley, minutes],
    [Kswin, minutes],
  ] as const) {
    const whole = new make();
    const states = [...stream].map((value) => {
      whole.update(value);
      return JSON.stringify(whole);
    });
    assert.ok(
      states.some((state) => state.includes(`"driftDetected":true`)),
      make.name,
    );
    for (let cut = 0; cut < stream.length; cut += 7) {
      const first = new make();
      for (const value of stream.subarray(0, cut)) first.update(value);
      const second = make.fromJSON(JSON.parse(JSON.stringify(first)));
      for (const [i, value] of stream.subarray(cut).entries()) {
        second.update(value);
        // The state once in a while, the alarm always: a state is long to write.
        if (i % 50 === 0) assert.equal(JSON.stringify(second), states[cut + i]);
        else
          assert.equal(
            second.driftDetected,
            states[cut + i]?.includes(`"driftDetected":true`),
            `${make.name} cut at ${cut}, value ${cut + i}`,
          );
      }
    }
  }
});

test("a detector that was reset is as a new one", () => {
  for (const make of Object.values(detectors)) {
    const used = new make();
    for (let i = 0; i < 500; i++) used.update(Number(i % 3 === 0));
    used.reset();
    assert.equal(JSON.stringify(used), JSON.stringify(new make()), make.name);
  }
});

test("a value that cannot be taken is refused and leaves the detector as it was", () => {
  for (const make of [Adwin, PageHinkley, Kswin, Ddm, Eddm]) {
    const detector = new make();
    for (let i = 0; i < 200; i++) detector.update(Number(i % 5 === 0));
    const before = JSON.stringify(detector);
    const binary = make === Ddm || make === Eddm;
    for (const value of [NaN, Infinity, ...(binary ? [0.5, 2] : [])])
      assert.throws(
        () => detector.update(value),
        new AssayerError(
          "invalid-argument",
          `${make.name}.update requires ${binary ? "0, or 1 for an error" : "a finite number"}; got ${value}`,
        ),
      );
    assert.equal(JSON.stringify(detector), before);
  }
});

test("options out of range are named", () => {
  const refused = (work: () => unknown, message: string) => {
    assert.throws(work, new AssayerError("invalid-argument", message));
  };
  refused(() => new Adwin({ delta: 0 }), "Adwin requires delta between 0 and 1; got 0");
  refused(() => new Adwin({ maxBuckets: 1 }), "Adwin requires whole maxBuckets ≥ 2; got 1");
  refused(
    () => new Ddm({ driftThreshold: 1 }),
    "Ddm requires driftThreshold ≥ warningThreshold; got 1",
  );
  refused(
    () => new Eddm({ warningThreshold: 0.5 }),
    "Eddm requires warningThreshold from driftThreshold to 1; got 0.5",
  );
  refused(() => new PageHinkley({ threshold: NaN }), "PageHinkley requires threshold > 0; got NaN");
  refused(
    () => new PageHinkley({ mode: "sideways" as "up" }),
    "unknown mode: sideways; expected one of up, down, both",
  );
  refused(() => new Kswin({ windowSize: 40 }), "Kswin requires windowSize ≥ 2 × statSize; got 40");
  refused(() => new Kswin({ seed: 0.5 }), "PythonRandom requires a whole number as seed; got 0.5");
});

test("what is not a saved detector is refused", () => {
  const refused = (work: () => unknown, message: RegExp) => {
    assert.throws(work, (error) => {
      assert.ok(error instanceof AssayerError);
      assert.equal(error.code, "invalid-argument");
      assert.match(error.message, message);
      return true;
    });
  };
  const saved = JSON.parse(JSON.stringify(new Adwin())) as { state: Record<string, unknown> };
  refused(() => Ddm.fromJSON(saved), /got a fault in another detector or format$/u);
  refused(() => Ddm.fromJSON("{"), /^Ddm.fromJSON requires JSON; got other text$/u);
  refused(() => Ddm.fromJSON(null), /got a fault in another detector or format$/u);
  refused(
    () => Adwin.fromJSON({ ...saved, state: { ...saved.state, total: "1" } }),
    /^Adwin.fromJSON requires what toJSON of a adwin detector gave; got a fault in total$/u,
  );
  refused(
    () => Adwin.fromJSON({ ...saved, state: { ...saved.state, sizes: [7] } }),
    /^Adwin.fromJSON requires rows of 6 buckets/u,
  );
});
