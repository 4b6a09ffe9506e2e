import assert from "node:assert/strict";
import { test } from "node:test";
import type { FairnessReport } from "../../kernel-lib/index";
import { reportHtml, show } from "../../kernel-lib/index";
import {
  fairnessReports,
  hundred,
  regression,
  scarce,
  scoreless,
  unfair,
} from "../fixtures/fairness-reports";

const attack = `<script>alert(1)</script><img src=x onerror="alert(1)">' & "`;

/** Words of the page, its markup away. */
const wordsOf = (html: string) =>
  html
    .replace(/<style>[^]*?<\/style>/u, "")
    .replace(/<[^>]+>/gu, " ")
    .replace(/\s+/gu, " ");

test("a fairness page begins with the verdict and its sentence, and explains each constraint", async () => {
  const html = await reportHtml(unfair);
  const words = wordsOf(html);
  assert.ok(words.includes(`wages-by-sex fail ${unfair.summary}`), words.slice(0, 400));
  assert.ok(words.indexOf(unfair.summary) < words.indexOf("What was required"));
  for (const question of [
    "Does the model say yes equally often in every group?",
    "Of those who deserve a yes, does every group get it equally often?",
    "Does the model make its mistakes equally often in every group?",
  ])
    assert.ok(words.includes(question), question);
});

test("a fairness page tells every figure with its interval and its denominator, and marks small groups", async () => {
  const words = wordsOf(await reportHtml(unfair));
  const female = unfair.groupings[0]?.groups[0]?.figures["truePositiveRate"];
  assert.ok(female?.value != null && female.low !== null && female.high !== null);
  const three = (value: number) => String(Number(value.toPrecision(3)));
  assert.ok(
    words.includes(
      `${three(female.value)} (${three(female.low)} to ${three(female.high)}) of ${female.denominator} positives`,
    ),
    words,
  );
  assert.ok(words.includes("male, south small"), words);
});

test("a fairness page of too little data says what could not be judged, and that more rows would not tell", async () => {
  const words = wordsOf(await reportHtml(scarce));
  assert.ok(words.includes("wages-scarce not enough evidence"), words.slice(0, 300));
  assert.ok(words.includes("Not judged: south (no positives), west (no positives)"), words);
  assert.ok(words.includes("No number of further rows like these would settle it."), words);
});

test("a fairness page says how many rows would settle what is open", async () => {
  const [first, ...others] = scarce.results;
  assert.ok(first);
  const report: FairnessReport = {
    ...scarce,
    results: [{ ...first, rowsNeeded: 1234 }, ...others],
  };
  assert.ok(
    wordsOf(await reportHtml(report)).includes(
      "About 1,234 further labelled rows, spread as these are, would settle it.",
    ),
  );
});

test("fairness pages of rare reports run no script, load nothing, and draw what there is", async () => {
  for (const [name, report] of Object.entries(fairnessReports)) {
    const html = await reportHtml(report);
    assert.doesNotMatch(html, /<script|<link|<img|<iframe|javascript:|\son\w+=|\sstyle=/iu, name);
    assert.doesNotMatch(html, /NaN|undefined|Infinity/u, name);
    assert.ok(html.length < 2e6, `${name}: ${html.length}`);
  }
  const charts = async (report: FairnessReport) =>
    ((await reportHtml(report)).match(/<svg /gu) ?? []).length;
  // Five metrics, ROC and calibration of each of two groupings, slices, tree.
  assert.equal(await charts(unfair), 16);
  assert.equal(await charts(scoreless), 12);
  assert.equal(await charts(regression), 2);
  assert.ok(wordsOf(await reportHtml(hundred)).includes("occupation 100"));
});

test("every text of a fairness report is escaped", async () => {
  const [grouping] = unfair.groupings;
  const [result] = unfair.results;
  const [slice] = unfair.slices;
  const [metric] = unfair.metrics;
  assert.ok(grouping && result && slice && metric);
  const html = await reportHtml({
    ...unfair,
    name: attack,
    summary: attack,
    model: { name: attack, number: 1 },
    positiveLabel: attack,
    data: { ...unfair.data, description: attack },
    metrics: [{ ...metric, label: attack, denominator: attack }],
    groupings: [
      {
        ...grouping,
        features: [attack],
        groups: grouping.groups.map((group) => ({ ...group, name: attack })),
      },
    ],
    results: [
      {
        ...result,
        constraint: { constraint: attack as never },
        verdict: attack as never,
        features: [attack],
        sentence: attack,
        unjudged: [{ group: attack, reason: attack }],
      },
    ],
    slices: [{ ...slice, name: attack }],
    errorTree: [
      {
        parent: null,
        condition: { feature: attack, equals: attack },
        rows: 1,
        errors: 1,
        loss: 1,
      },
    ],
    warnings: [attack],
  });
  assert.doesNotMatch(html, /<script|<img/u);
  assert.match(html, /&lt;script&gt;alert/u);
});

test("show prints a fairness report outside a notebook", async (t) => {
  const printed: string[] = [];
  t.mock.method(console, "log", (text: string) => printed.push(text));
  await show(unfair);
  assert.match(
    printed.join("\n"),
    /^wages-by-sex: Women who earn well[^]*\nfail +demographicParity/u,
  );
});
