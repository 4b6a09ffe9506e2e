import assert from "node:assert/strict";
import { test } from "node:test";
import {
  explanationImportance,
  reportHtml,
  show,
  type Explanation,
  type ExplanationReport,
} from "../../kernel-lib/index";
import { explanationFragment } from "../../kernel-lib/notebook/report-html";
import { linearReport } from "../fixtures/explanation-reports";
import { oddExplanation, reportOf, wageExplanation } from "../fixtures/explanations";

const attack = `<script>alert(1)</script><img src=x onerror="alert(1)">' & "`;
const wages = wageExplanation(80);
const report = reportOf(wages, {
  name: "wages v1",
  number: 1,
  importance: explanationImportance(wages),
});

/** Words of the page, its markup away. */
const wordsOf = (html: string) =>
  html
    .replace(/<style>[^]*?<\/style>/u, "")
    .replace(/<[^>]+>/gu, " ")
    .replace(/\s+/gu, " ");

const chartsOf = (html: string) => (html.match(/<svg role="graphics-document"/gu) ?? []).length;

test("an explanation page begins with its summary, and tells method, background and how well it adds up", async () => {
  const words = wordsOf(await reportHtml(report));
  assert.ok(words.includes("wages v1 stable education matters most"), words.slice(0, 300));
  assert.ok(words.includes("model wages v1"), words.slice(0, 400));
  assert.ok(words.includes("explained log-odds of above median"));
  assert.ok(words.includes("method exact SHAP of a linear model"));
  assert.ok(words.includes("background 80 rows"));
  assert.ok(words.includes("adds up within 0 "));
});

test("an explanation page draws importance, points, four dependences, a heatmap and three rows, and has the numbers", async () => {
  const html = await reportHtml(report);
  assert.equal(chartsOf(html), 2 + 4 + 1 + 3);
  const words = wordsOf(html);
  const [most] = [...(report.importance[0] ?? [])].sort((a, b) => b.value - a.value);
  assert.ok(most);
  assert.ok(words.includes(`${most.column} ${String(Number(most.value.toPrecision(5)))}`), words);
  assert.match(
    words,
    /The lowest prediction of the sample: .*The highest prediction of the sample: /u,
  );
});

test("explanation pages of rare reports run no script, load nothing, and draw what there is", async () => {
  const odd = oddExplanation([attack, "", "__proto__"], [attack, "x".repeat(300)]);
  const reports: ExplanationReport[] = [
    { ...report, name: attack, summary: attack, unit: attack, warnings: [attack] },
    reportOf(odd, { name: attack, number: 2, importance: explanationImportance(odd) }),
    { ...report, sample: [], background: null, model: null },
    linearReport,
  ];
  for (const each of reports) {
    const html = await reportHtml(each);
    assert.doesNotMatch(html, /<script|<link|<img|<iframe|javascript:/iu);
    // Attributes of a tag; the same words in a text or within quotes do nothing.
    assert.doesNotMatch(html, /<[a-z]+(?:\s+[\w:-]+(?:="[^"]*")?)*\s+(?:on\w+|style)=/iu);
    assert.doesNotMatch(html.replaceAll(/>[^<]*</gu, "><"), /NaN|undefined|Infinity/u);
    assert.ok(html.length < 2e6, String(html.length));
  }
});

test("an explanation is a part of a notebook: many rows as a whole, one row by itself", async () => {
  const many = await explanationFragment(wages);
  assert.equal(chartsOf(many), 2 + 4 + 1);
  assert.ok(wordsOf(many).includes("80 rows, exact SHAP of a linear model, 80 rows as background"));
  const one = await explanationFragment(wageExplanation(1));
  assert.equal(chartsOf(one), 1);
  const none: Explanation = { ...wageExplanation(0) };
  assert.ok((await explanationFragment(none)).includes("0 rows"));
});

test("show prints an explanation where there is no notebook", async (t) => {
  const lines: string[] = [];
  t.mock.method(console, "log", (line: string) => lines.push(line));
  await show(wages);
  const [printed = ""] = lines;
  assert.match(printed, /^SHAP values of 80 rows\n\n/u);
  assert.match(printed, /education/u);
  await show(wageExplanation(0));
  assert.equal(lines[1], "SHAP values of 0 rows");
});
