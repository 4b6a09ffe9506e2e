import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { AssayerError, reportHtml, show } from "../../kernel-lib/index";
import {
  driftReport,
  numerical,
  origin,
  performanceReport,
  qualityReport,
  wideReport,
} from "../charts/reports";

const attack = `<script>alert(1)</script><img src=x onerror="alert(1)">' & "`;

/** Words of the page, its markup away. */
const wordsOf = (html: string) =>
  html.replace(/<style>[^]*?<\/style>/u, "").replace(/<[^>]+>/gu, " ");

test("a page runs no script, loads nothing, and allows one style alone", async () => {
  for (const report of [driftReport, qualityReport, performanceReport]) {
    const html = await reportHtml(report);
    assert.doesNotMatch(html, /<script|<link|<img|<iframe|javascript:|\son\w+=|\sstyle=/iu);
    const addresses = [...html.matchAll(/(?:https?:)?\/\/[^\s"'<]+/gu)].map(([address]) => address);
    assert.deepEqual(
      addresses.filter((address) => !address.startsWith("http://www.w3.org/")),
      [],
    );
    const style = /<style>([^]*?)<\/style>/u.exec(html)?.[1] ?? "";
    const digest = createHash("sha256").update(style).digest("base64");
    assert.ok(
      html.includes(`content="default-src 'none'; style-src 'sha256-${digest}'"`),
      "the policy names the style",
    );
    assert.ok(html.includes("prefers-color-scheme: dark"));
    assert.ok(wordsOf(html).includes(report.summary));
  }
});

test("every text of a report is escaped", async () => {
  const feature = (change: object) => ({
    ...numerical(attack, 1),
    reason: attack,
    method: attack,
    ...change,
  });
  const drift = await reportHtml({
    ...driftReport,
    name: attack,
    summary: attack,
    reference: { ...driftReport.reference, description: attack },
    features: [
      feature({}),
      feature({
        ...origin,
        distribution: {
          kind: "categories",
          categories: [{ value: attack, reference: 0.5, current: 1, status: "both" }],
          others: null,
        },
      }),
    ],
    missingFeatures: [attack],
    metricChange: { metric: attack, reference: 1, current: 0, method: attack },
    warnings: [attack],
  });
  const [result] = qualityReport.results;
  const [column] = qualityReport.table.columns;
  assert.ok(result && column);
  const quality = await reportHtml({
    ...qualityReport,
    name: attack,
    results: [{ ...result, required: attack, observed: attack, column: attack }],
    table: {
      ...qualityReport.table,
      columns: [{ ...column, column: attack, min: attack, max: attack, duplicateOf: attack }],
      correlation: { columns: [attack, "b"], values: [1, 0, 0, 1] },
    },
  });
  const performance = await reportHtml({
    ...performanceReport,
    metrics: performanceReport.metrics.map((metric) => ({
      ...metric,
      measure: attack,
      hint: attack,
      chunks: metric.chunks.map((chunk) => ({ ...chunk, label: attack })),
    })),
  });
  for (const html of [drift, quality, performance]) {
    assert.doesNotMatch(html, /<script|<img/u);
    assert.match(html, /&lt;script&gt;alert/u);
  }
});

test("what should be a word of a fixed list is escaped too, and a time beyond all dates is a dash", async () => {
  const drift = numerical("x", 1);
  const [column] = qualityReport.table.columns;
  const [metric] = performanceReport.metrics;
  const late = { ...drift.reference, min: 1e300, mean: -1e300 };
  const pages = [
    await reportHtml({
      ...driftReport,
      verdict: attack as never,
      features: [
        { ...drift, type: attack as never, verdict: attack as never },
        {
          ...drift,
          type: "timestamp",
          reference: late,
          distribution: { kind: "bins", edges: [0, 1e300], reference: [1], current: [1] },
        },
      ],
    }),
    await reportHtml({
      ...qualityReport,
      table: { ...qualityReport.table, columns: [{ ...column, type: attack as never } as never] },
    }),
    await reportHtml({
      ...performanceReport,
      metrics: [
        {
          ...metric,
          chunks: metric?.chunks.map((chunk) => ({ ...chunk, side: attack as never })),
        } as never,
      ],
    }),
  ];
  for (const html of pages) {
    assert.doesNotMatch(html, /<script|<img/u);
    assert.match(html, /&lt;script&gt;alert/u);
  }
});

test("a report with parts missing is refused as one", async () => {
  for (const report of [
    { ...driftReport, features: [null] },
    { ...qualityReport, table: {} },
    { ...performanceReport, metrics: [{}] },
  ])
    await assert.rejects(reportHtml(report as never), (error: unknown) => {
      assert.ok(error instanceof AssayerError, String(error));
      assert.equal(error.code, "invalid-argument");
      assert.match(
        error.message,
        /^reportHtml requires a whole \w+ report; got one that cannot be/u,
      );
      return true;
    });
});

test("a feature can be opened to its charts, its test and its numbers", async () => {
  const html = await reportHtml(driftReport);
  const parts = html.split("<details>").slice(1);
  assert.equal(parts.length, driftReport.features.length);
  const [delay = "", , carrier = ""] = [parts[0], parts[1], parts[5]];
  assert.equal((delay.match(/<svg /gu) ?? []).length, 3, "sparkline, distributions, timeline");
  const words = wordsOf(delay).replace(/\s+/gu, " ");
  assert.ok(words.includes("wasserstein: distance 0.53, drift at or above 0.1"), words);
  assert.ok(words.includes("mean 7.2 19.7"), words);
  assert.ok(words.includes("missing 0 120"), words);
  assert.equal((carrier.match(/<svg /gu) ?? []).length, 0, "nothing to draw of a constant");
});

test("the page of 100 features is smaller than 2 MB, and of 1,000 features it is there within seconds", async () => {
  assert.ok((await reportHtml(wideReport(100))).length < 2e6);
  const began = performance.now();
  const html = await reportHtml(wideReport(1000));
  assert.equal(html.split("<details>").length - 1, 1000);
  // Some 2 s on a machine at rest.
  assert.ok(performance.now() - began < 20_000);
});

test("what is no report has no page", async () => {
  await assert.rejects(reportHtml({ kind: "mystery" } as never), (error: unknown) => {
    assert.ok(error instanceof AssayerError);
    assert.equal(error.code, "invalid-argument");
    assert.match(
      error.message,
      /^reportHtml requires a report on drift, quality, performance or fairness, or an explanation; got mystery$/u,
    );
    return true;
  });
});

test("show prints a report outside a notebook", async (t) => {
  const printed: string[] = [];
  t.mock.method(console, "log", (text: string) => printed.push(text));
  for (const report of [driftReport, qualityReport, performanceReport]) await show(report);
  const [drift = "", quality = "", performance = ""] = printed;
  assert.match(drift, /^flights-spring: 2 of 6 .*\n\nfeature +verdict/u);
  assert.match(drift, /\ndelay +alarm +wasserstein +0\.53 +Cohen's d 1 /u);
  assert.match(
    quality,
    /\nfailed +error +delay is never missing +320 of 10,000 rows are missing +320/u,
  );
  assert.match(performance, /\nroc_auc +week 10 +current +0\.77 .* alarm/u);
});
