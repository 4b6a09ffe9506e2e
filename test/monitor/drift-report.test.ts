import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError } from "../../kernel-lib/errors";
import { dataProfile } from "../../kernel-lib/monitor/data-profile";
import { driftReport, type DriftReportOptions } from "../../kernel-lib/monitor/drift-report";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";
import type { DataSource } from "../../kernel-lib/store/scan/data-source";

function normal(random: () => number, n: number, mean = 0, deviation = 1): Float64Array {
  return Float64Array.from(
    { length: n },
    () =>
      mean + deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

function pick(random: () => number, n: number, values: readonly string[]): string[] {
  return Array.from({ length: n }, () => values[Math.floor(random() * values.length)] ?? "");
}

async function only(reference: unknown, current: unknown, options: DriftReportOptions = {}) {
  const report = await driftReport(
    { x: reference } as DataSource,
    { x: current } as DataSource,
    options,
  );
  const [feature] = report.features;
  assert.ok(feature);
  return { report, feature };
}

test("a clear move gives an alarm that says what moved, from what to what", async () => {
  const random = seededRandom(1);
  const { report, feature } = await only(normal(random, 5000, 10, 2), normal(random, 5000, 12, 2));
  assert.equal(feature.verdict, "alarm");
  assert.equal(feature.drifted, true);
  assert.equal(feature.effect?.magnitude, "large");
  assert.match(
    feature.reason,
    /^mean moved from (10|9\.\d+|10\.\d+) to (12|11\.\d+|12\.\d+) \(\+(0\.9|1)[\d.]* SD\): a large drift, beyond chance$/u,
  );
  assert.equal(report.verdict, "alarm");
  assert.match(
    report.summary,
    /^1 of 1 feature drifted by its method \(100 %\); 1 alarm, first x: mean/u,
  );
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
});

test("a p-value that is small by the number of rows alone is watched, not alarmed about", async () => {
  const random = seededRandom(2);
  const { feature } = await only(normal(random, 200_000), normal(random, 200_000, 0.03), {
    method: "ks",
  });
  assert.equal(feature.drifted, true);
  assert.ok(Number(feature.adjustedPValue) < 1e-6);
  assert.equal(feature.verdict, "watch");
  assert.match(feature.reason, /\(\+0\.0\d+ SD\): statistically clear but negligible$/u);
});

test("a distance over its limit among few rows is watched, since chance does that", async () => {
  const random = seededRandom(5);
  const { feature } = await only(normal(random, 2000), normal(random, 12, 0.4));
  assert.equal(feature.method, "wasserstein");
  assert.equal(feature.drifted, true);
  assert.equal(feature.verdict, "watch");
  assert.match(feature.reason, /: it may be chance, since so few rows show a .* or more alone$/u);
});

test("a jump of missing values gives an alarm, whatever the present ones say", async () => {
  const random = seededRandom(3);
  const reference = normal(random, 3000);
  const current = normal(random, 3000).map((value, i) => (i % 10 === 0 ? NaN : value));
  const { feature } = await only(reference, current);
  assert.equal(feature.drifted, false);
  assert.equal(feature.verdict, "alarm");
  assert.match(feature.reason, /^missing values rose from 0 % to 10 %; /u);
  assert.deepEqual([feature.reference.missing, feature.current.missing], [0, 300]);
});

test("infinities are missing to every method, and are counted", async () => {
  const { feature } = await only([1.5, 2.5, 3.5, Infinity], [1.5, 2.5, 3.5, -Infinity]);
  assert.deepEqual([feature.reference.infinite, feature.current.infinite], [1, 1]);
  assert.equal(feature.drifted, false);
  assert.equal(feature.current.mean, 2.5);
});

test("strange columns get a verdict of undecided with the reason, never an error", async () => {
  const nothing = [null, null, null];
  const empty = (await only([1.5, 2.5, 2.5], nothing)).feature;
  assert.equal(empty.score, null);
  assert.match(empty.reason, /current has no value in 3 rows/u);
  const both = (await only(nothing, nothing)).feature;
  assert.deepEqual(
    [both.verdict, both.reason],
    ["undecided", "reference has no value in 3 rows, and current has no value in 3 rows"],
  );
  const mixed = (await only([1, 2, 3], ["a", "b", "a"])).feature;
  assert.deepEqual(
    [mixed.verdict, mixed.reason],
    ["undecided", "reference holds values of type number, current of type text"],
  );
  const one = (await only([1.5], [1.5])).feature;
  assert.deepEqual([one.verdict, one.type], ["stable", "constant"]);
  assert.equal(
    (await only([7, 7], [7, 7, 7])).feature.reason,
    'both sides hold "7" alone: no drift worth a look',
  );
  const lists = await driftReport(
    { x: [1, 2], list: [[1], [2]] } as unknown as DataSource,
    { x: [1, 2], list: [[1], [2]] } as unknown as DataSource,
  );
  assert.deepEqual(lists.warnings, [
    "list is left out: it holds values of several types, or of none that can be compared",
  ]);
  assert.deepEqual(
    (await driftReport({ x: [] }, { x: [1.5] })).features.map(({ verdict }) => verdict),
    ["undecided"],
  );
});

test("a text column without a value on one side is compared as text, not as numbers", async () => {
  const { feature } = await only(["a", "b", "a", "b"], [null, null, null, null]);
  assert.equal(feature.type, "categorical");
  assert.equal(feature.distribution?.kind, "categories");
  assert.match(feature.reason, /missing values rose from 0 % to 100 %/u);
});

test("new, vanished and moved categories are told, the largest move first", async () => {
  const random = seededRandom(4);
  const { feature } = await only(
    pick(random, 4000, ["red", "red", "green", "blue"]),
    pick(random, 4000, ["red", "green", "green", "pink"]),
  );
  assert.equal(feature.verdict, "alarm");
  assert.match(
    feature.reason,
    /^share of "(red|green)" (fell|rose) from \d+ % to \d+ %; new is "pink": 2\d % of current; gone is "blue": 2\d % of reference: a large drift/u,
  );
  assert.ok(feature.distribution?.kind === "categories");
  const status = Object.fromEntries(
    feature.distribution.categories.map((each) => [each.value, each.status]),
  );
  assert.deepEqual(status, { red: "both", green: "both", blue: "vanished", pink: "new" });
});

test("features of one side alone are named, and a missing one is an alarm", async () => {
  const report = await driftReport(
    { a: [1.5, 2.5], gone: [1, 2] },
    { a: [1.5, 2.5], fresh: [1, 2] },
  );
  assert.deepEqual(report.missingFeatures, ["gone"]);
  assert.deepEqual(report.newFeatures, ["fresh"]);
  assert.equal(report.verdict, "alarm");
  assert.match(report.summary, /1 feature of the reference is not there any more/u);
});

test("features are ranked by drift times importance where the model's importance is known", async () => {
  const random = seededRandom(6);
  const table = (shift: number) => ({
    little: normal(random, 3000, shift),
    much: normal(random, 3000, 0.6 * shift),
    calm: normal(random, 3000),
  });
  const [reference, current] = [table(0), table(1)];
  const plain = await driftReport(reference, current);
  assert.deepEqual(
    plain.features.map(({ feature, impact }) => [feature, impact]),
    [
      ["little", null],
      ["much", null],
      ["calm", null],
    ],
  );
  const weighted = await driftReport(reference, current, {
    importance: { little: 0.1, much: -0.8, calm: 0.1 },
  });
  assert.deepEqual(
    weighted.features.map(({ feature, importance }) => [feature, importance]),
    [
      ["much", 0.8],
      ["little", 0.1],
      ["calm", 0.1],
    ],
  );
  const [much, little] = weighted.features;
  assert.ok(Number(much?.impact) > Number(little?.impact));
});

test("times are compared by hour and weekday, and their coverage is told", async () => {
  const day = 24 * 3_600_000;
  const start = Date.UTC(2026, 0, 5);
  const times = (from: number, hours: readonly number[]) =>
    Array.from({ length: 28 * 24 }, (_, i) => {
      const hour = hours[i % hours.length] ?? 0;
      return new Date(from + Math.floor(i / 24) * day + hour * 3_600_000);
    });
  const all = Array.from({ length: 24 }, (_, hour) => hour);
  const same = (await only(times(start, all), times(start + 28 * day, all))).feature;
  assert.deepEqual([same.type, same.verdict], ["timestamp", "stable"]);
  assert.match(
    same.reason,
    /^reference covers 2026-01-05 to 2026-02-01, current 2026-02-02 to 2026-03-01, 60 minutes later; /u,
  );
  const nights = (await only(times(start, all), times(start + 28 * day, [0, 1, 2]))).feature;
  assert.equal(nights.verdict, "alarm");
  assert.match(nights.reason, /by hour of the day, /u);
  const short = (await only([new Date(start)], [new Date(start + day)])).feature;
  assert.equal(short.verdict, "undecided");
  assert.match(short.reason, /too short to compare hours or weekdays$/u);
});

test("types, methods and thresholds can be chosen for all, for a type and for a feature", async () => {
  const random = seededRandom(7);
  const table = () => ({
    a: normal(random, 1500),
    b: normal(random, 1500),
    code: Int32Array.from({ length: 1500 }, () => Math.floor(random() * 30)),
    kind: pick(random, 1500, ["x", "y"]),
  });
  const report = await driftReport(table(), table(), {
    method: "ks",
    methods: { categorical: "psi" },
    featureMethods: { b: "wasserstein" },
    featureThresholds: { b: 0.5 },
    threshold: 0.01,
    types: { code: "categorical" },
  });
  const chosen = Object.fromEntries(
    report.features.map(({ feature, method, threshold }) => [feature, [method, threshold]]),
  );
  assert.deepEqual(chosen, {
    a: ["ks", 0.01],
    b: ["wasserstein", 0.5],
    code: ["psi", 0.01],
    kind: ["psi", 0.01],
  });
});

test("features that no longer go together are told where that is asked for, though each is as ever", async () => {
  const random = seededRandom(9);
  const table = (sign: number) => {
    const a = normal(random, 3000);
    return {
      a,
      b: a.map((value) => sign * value + 0.1 * random()),
      c: a.map((value) => value + 0.1 * random()),
    };
  };
  const options = { multivariate: true };
  const report = await driftReport(table(1), table(-1), options);
  assert.deepEqual(
    report.multivariate.map(({ method, alarm }) => [method, alarm]),
    [
      ["pca-reconstruction-error", true],
      ["domain-classifier", true],
    ],
  );
  const same = await driftReport(table(1), table(1), options);
  assert.ok(same.multivariate.every(({ alarm }) => !alarm));
  assert.deepEqual((await driftReport(table(1), table(1))).multivariate, []);
});

/** A table with a column of each name, also of names that objects have of themselves. */
function table(columns: readonly (readonly [string, readonly unknown[]])[]): DataSource {
  return Object.fromEntries(columns) as DataSource;
}

test("columns may be called as what every object has, and anything else", async () => {
  const names = ["constructor", "toString", "__proto__", "hasOwnProperty", `we"ird <b>'`];
  const reference = table(
    names.map((name) => [name, Array.from({ length: 40 }, (_, i) => i % 20)]),
  );
  const current = table(
    names.map((name) => [name, Array.from({ length: 40 }, (_, i) => (i % 20) + 1)]),
  );
  const report = await driftReport(reference, current, { overTime: { by: "count", chunks: 2 } });
  assert.deepEqual(report.features.map(({ feature }) => feature).sort(), [...names].sort());
  for (const { timeline, type } of report.features) {
    assert.equal(type, "numerical");
    assert.equal(timeline?.chunks.length, 4);
  }
  const alone = await driftReport(reference, current, { multivariate: true });
  assert.deepEqual(
    alone.features.map(({ timeline }) => timeline),
    names.map(() => null),
  );
});

test("numbers whose range overflows a double, or underflows one, give an answer and no error", async () => {
  const huge = Array.from({ length: 40 }, (_, i) => (i - 20) * 8e306);
  const tiny = Array.from({ length: 40 }, (_, i) => i * 1e-320);
  for (const method of ["ks", "hellinger", "psi", "wasserstein"]) {
    const report = await driftReport(
      { huge, tiny },
      { huge, tiny: tiny.map((value) => value * 2) },
      { method, overTime: { by: "count", chunks: 2 } },
    );
    const found = report.features.find(({ feature }) => feature === "huge");
    assert.equal(found?.verdict, "undecided");
    assert.match(found.reason, /its values lie further apart than a number can tell/u);
    assert.equal(found.distribution, null);
    const other = report.features.find(({ feature }) => feature === "tiny");
    assert.ok(other?.timeline?.chunks.every(({ value }) => value !== null));
  }
});

test("unknown features, methods and types are refused with their names", async () => {
  const table = { a: [1.5, 2.5, 2.5, 3.5], t: ["x", "y", "x", "y"] };
  const refused = (options: DriftReportOptions, message: string) =>
    assert.rejects(
      driftReport(table, table, options),
      (error: unknown) =>
        error instanceof AssayerError &&
        error.code === "invalid-argument" &&
        (assert.equal(error.message.slice(0, message.length), message), true),
    );
  await refused({ features: ["b"] }, "driftReport requires names of columns in features; got b");
  await refused(
    { featureMethods: { b: "ks" } },
    "driftReport requires names of columns in featureMethods; got b",
  );
  await refused({ method: "k" }, "unknown drift method: k; expected one of ks, ");
  await refused(
    { featureMethods: { t: "ks" } },
    "ks requires a numerical feature; got categorical: t",
  );
  await refused(
    { methods: { categorical: "ks" } },
    "ks requires a numerical feature; got categorical: categorical features",
  );
  await refused(
    { types: { t: "numerical" } },
    "unknown type for t, which holds values of type text: numerical; expected one of text, categorical",
  );
  await refused({ driftShare: 0 }, "driftReport requires driftShare above 0, up to 1; got 0");
});

test("a signal stops a report with an error of its own, and progress comes feature by feature", async () => {
  const table = { a: [1.5, 2.5], b: [1.5, 2.5] };
  const stop = new AbortController();
  const heard: string[] = [];
  await assert.rejects(
    driftReport(table, table, {
      signal: stop.signal,
      onProgress: (message) => {
        heard.push(message);
        stop.abort();
      },
    }),
    (error: unknown) => error instanceof AssayerError && error.code === "aborted",
  );
  assert.deepEqual(heard, ["feature a"]);
});

/** A table of 20 features of several kinds. */
function mixedTable(random: () => number, n: number): DataSource {
  return Object.fromEntries(
    Array.from({ length: 20 }, (_, c) => {
      const values =
        c < 10
          ? normal(random, n)
          : c < 13
            ? Float64Array.from({ length: n }, () => Math.exp(3 * random()))
            : c < 16
              ? pick(random, n, ["a", "b", "c", "d", "e", "f", "g", "h"].slice(0, c - 10))
              : c < 18
                ? Float64Array.from({ length: n }, () => (random() < 0.1 ? NaN : random()))
                : Int32Array.from({ length: n }, () => Math.floor(random() * 3));
      return [`f${c}`, values];
    }),
  );
}

for (const [rows, currentRows, reports] of [
  [300, 300, 200],
  [1000, 80, 100],
  [3000, 60, 100],
  [100_000, 100_000, 3],
] as const)
  test(`at most 5 % of reports alarm on samples of one distribution: ${rows} and ${currentRows} rows`, async () => {
    let alarms = 0;
    for (let seed = 1; seed <= reports; seed++) {
      const random = seededRandom(seed * 7919 + rows);
      const report = await driftReport(mixedTable(random, rows), mixedTable(random, currentRows));
      if (report.verdict === "alarm") alarms++;
    }
    assert.ok(alarms <= 0.05 * reports, `${alarms} of ${reports}`);
  });

test("identifiers are not judged, unless their type or method is given", async () => {
  const random = seededRandom(11);
  const ids = (start: number) => ({
    id: Array.from({ length: 3000 }, (_, i) => start + i),
    every_tenth: Array.from({ length: 3000 }, (_, i) => 10 * (start + i)),
    request_id: Array.from({ length: 3000 }, (_, i) => `req-${start + i}`),
    population: Array.from({ length: 3000 }, () => Math.floor(1e9 * random())),
  });
  const report = await driftReport(ids(0), ids(3000));
  const verdicts = Object.fromEntries(report.features.map((each) => [each.feature, each]));
  for (const name of ["id", "every_tenth", "request_id"]) {
    assert.equal(verdicts[name]?.verdict, "undecided", name);
    assert.equal(verdicts[name].score, null);
    assert.equal(
      verdicts[name].reason,
      "no value comes twice, as in an identifier; it is compared where its type is given",
    );
  }
  assert.equal(verdicts["request_id"]?.distribution, null);
  assert.equal(verdicts["population"]?.verdict, "stable");
  assert.equal(report.driftedShare, 0);
  const given = await driftReport(ids(0), ids(3000), {
    features: ["id", "every_tenth", "request_id"],
    types: { id: "numerical", request_id: "text" },
    featureMethods: { every_tenth: "ks" },
  });
  assert.deepEqual(
    Object.fromEntries(given.features.map(({ feature, score }) => [feature, score !== null])),
    { id: true, every_tenth: true, request_id: true },
  );
});

test("free text is told by the word that moved most", async () => {
  const random = seededRandom(5);
  const words = ["gate", "crew", "fuel", "seat", "cabin", "weather"];
  const texts = (more: readonly string[]) =>
    Array.from({ length: 800 }, (_, i) =>
      [...pick(random, 5, words), ...pick(random, 1, more), `no ${i}`].join(" "),
    );
  const { feature } = await only(texts(["late", "early"]), texts(["late", "strike"]));
  assert.equal(feature.type, "text");
  assert.match(
    feature.reason,
    /^words tell the sides apart with an AUC of 0\.\d+, where 0\.5 is chance; share of texts with the word ("strike" rose from 0 % to \d+|"early" fell from \d+ % to 0) %: a \w+ drift, beyond chance$/u,
  );
});

test("a share that moved by little is told in digits that differ", async () => {
  const values = (a: number) => Array.from({ length: 10_000 }, (_, i) => (i < a ? "a" : "b"));
  const { feature } = await only(values(1418), values(1443));
  assert.match(feature.reason, /^share of "a" rose from 14\.2 % to 14\.4 %: /u);
});

test("one row against another decides nothing, and says that there are too few", async () => {
  const { feature } = await only(["x"], ["y"], { types: { x: "categorical" } });
  assert.equal(feature.verdict, "stable");
  assert.match(feature.reason, /: no more than chance brings among so few rows$/u);
  const separated = await only([1.5, 2.5, 3.5, 4.5, 5.5, 6.5], [20.5, 30.5], {
    method: "wasserstein",
    alpha: 0.01,
  });
  assert.equal(separated.feature.verdict, "watch");
  assert.match(separated.feature.reason, /: it may be chance, since so few rows show /u);
});

test("weights of features that are not compared are told", async () => {
  const values = Array.from({ length: 100 }, (_, i) => (i * 37) % 50);
  const { report } = await only(values, values, { importance: { x: 1, y: 3 } });
  assert.deepEqual(report.warnings, ["importance names what is no compared feature: y"]);
});

test("infinite values are told beside the missing ones", async () => {
  const values = (every: number) =>
    Array.from({ length: 2000 }, (_, i) => (i % every === 0 ? Infinity : (i * 0.37) % 5));
  const { feature } = await only(values(10), values(2));
  assert.match(feature.reason, /^missing or infinite values rose from 10 % to 50 %; /u);
});

test("options of another type are refused by their name before anything is read", async () => {
  for (const [options, message] of [
    [{ features: "x" }, "features as a list of names; got x"],
    [{ alpha: "0.05" }, "alpha above 0, up to 1; got 0.05"],
    [{ driftShare: 2 }, "driftShare above 0, up to 1; got 2"],
    [{ correction: "holm" }, "correction as one of benjamini-hochberg, bonferroni, none; got holm"],
    [{ importance: { x: NaN } }, "importance as numbers by feature; got another value"],
    [{ threshold: "0.1" }, "threshold as a number; got 0.1"],
    [
      { featureThresholds: { x: NaN } },
      "featureThresholds as numbers by feature; got another value",
    ],
    [{ overTime: "week" }, "overTime as an object; got week"],
    [{ now: "2020-01-01" }, "now as a date; got 2020-01-01"],
    [{ name: 5 }, "name as text; got 5"],
    [{ signal: {} }, "signal as an AbortSignal; got another value"],
  ] as const)
    await assert.rejects(
      driftReport("nowhere.csv", "nowhere.csv", options as never),
      (error) =>
        error instanceof AssayerError &&
        error.code === "invalid-argument" &&
        error.message === `driftReport requires ${message}`,
    );
});

test("a signal given while tables in memory are compared stops the report", async () => {
  const stop = new AbortController();
  const table = Object.fromEntries(
    Array.from({ length: 200 }, (_, c) => [
      `c${c}`,
      Float64Array.from({ length: 1000 }, (_, i) => (i * (c + 1)) % 997),
    ]),
  );
  setTimeout(() => {
    stop.abort();
  }, 5);
  await assert.rejects(
    driftReport(table, table, stop),
    (error) => error instanceof AssayerError && error.code === "aborted",
  );
});

test("identifiers of a profile are not judged either, other whole numbers are", async () => {
  const random = seededRandom(12);
  const table = (start: number) => ({
    id: Array.from({ length: 5000 }, (_, i) => start + i),
    population: Array.from({ length: 5000 }, () => Math.floor(300_000 * random())),
  });
  const report = await driftReport(await dataProfile(table(0)), await dataProfile(table(5000)));
  assert.deepEqual(
    Object.fromEntries(report.features.map(({ feature, verdict }) => [feature, verdict])),
    { id: "undecided", population: "stable" },
  );
});
