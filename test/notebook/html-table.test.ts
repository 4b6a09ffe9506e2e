import assert from "node:assert/strict";
import { test } from "node:test";
import { metricCurves, renderSvg } from "../../kernel-lib/index";
import { htmlTable, textTable } from "../../kernel-lib/notebook/html-table";

const rows = [
  { name: '<img src=x onerror="alert(1)">', auc: 0.123456789, at: new Date(Date.UTC(2024, 0, 2)) },
  { name: "b & c", count: 12n, nothing: null },
];

test("an HTML table escapes names and values", () => {
  const html = htmlTable([...rows, { "<b>": 1 }]);
  assert.ok(!html.includes("<img") && !html.includes("<b>"), html);
  assert.match(html, /&lt;img src=x onerror=&quot;alert\(1\)&quot;&gt;/u);
  assert.match(html, /b &amp; c/u);
  assert.match(html, /0\.123457/u);
  assert.match(html, /2024-01-02 00:00:00/u);
  assert.match(html, /<td style="text-align:left">12<\/td>/u);
});

test("a text table aligns its columns", () => {
  assert.equal(
    textTable([
      { key: "a", value: 1 },
      { key: "longer", value: 22.5 },
    ]),
    "key     value\na           1\nlonger   22.5",
  );
});

test("renderSvg draws a spec without a browser", async () => {
  const svg = await renderSvg({
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    data: { values: [{ a: "x <y>", b: 1 }] },
    mark: "bar",
    encoding: { x: { field: "a", type: "nominal" }, y: { field: "b", type: "quantitative" } },
  });
  assert.match(svg, /^<svg [\s\S]*x &lt;y&gt;[\s\S]*<\/svg>$/u);
});

test("renderSvg tells screen readers the description of a spec, escaped", async () => {
  const svg = await renderSvg(metricCurves([{ run: "a", key: '"<auc>', steps: [1], values: [1] }]));
  assert.match(
    svg,
    /^<svg role="graphics-document" aria-label="&quot;&lt;auc&gt; over step, 1 run" /u,
  );
});
