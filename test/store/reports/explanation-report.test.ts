import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError, openProject, reportHtml } from "../../../kernel-lib/index";
import type { ExplanationReport } from "../../../kernel-lib/explain/explanation-report";
import { reportText } from "../../../kernel-lib/notebook/report-text";
import { requireReport } from "../../../kernel-lib/store/reports/report-file";
import { linearReport } from "../../fixtures/explanation-reports";
import { temporaryFolder } from "../../temporary-folder";

test("an explanation report is read as it was logged, and listed with its verdict", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e", name: "why" });
  run.logReport(linearReport);
  await run.end();
  const [listed] = await project.reports({ kind: "explanation" });
  assert.equal(listed?.verdict, "stable");
  assert.equal(listed.summary, linearReport.summary);
  assert.deepEqual(await project.readReport(run.id, "explanation", "wages"), linearReport);
  await project.close();
});

test("an explanation report is text of its columns, the most important first, and a page", async () => {
  const lines = reportText(linearReport).split("\n");
  assert.equal(lines[0], `wages: ${linearReport.summary}`);
  assert.match(lines[2] ?? "", /^column\s+mean \|SHAP value\|\s+low\s+high\s+unit/u);
  const page = await reportHtml({ ...linearReport, name: "<b>wages" });
  assert.match(page, /<h1>&lt;b&gt;wages<\/h1>/u);
  assert.match(page, /<th scope="row">age<\/th><td class="number">20<\/td>/u);
});

const first = linearReport.sample[0] as ExplanationReport["sample"][number];
const faults: [string, object, RegExp][] = [
  [
    "base value and SHAP values that miss the prediction",
    { sample: [{ ...first, predictions: [41] }] },
    /base value and SHAP values that sum to the prediction in row 0 of the sample/u,
  ],
  [
    "an error of additivity that is no alarm",
    { sample: [{ ...first, predictions: [41] }], additivityError: 1 },
    /sum to the prediction in row 0/u,
  ],
  [
    "an alarm with an error that is larger than it says",
    { sample: [{ ...first, predictions: [41] }], additivityError: 0.5, verdict: "alarm" },
    /sum to the prediction in row 0/u,
  ],
  ["a base value too many", { baseValue: [30, 1] }, /a base value for each of 1 outputs/u],
  ["no columns", { columns: [] }, /columns/u],
  ["two columns of one name", { columns: ["age", "age"] }, /columns of different names/u],
  ["importance of other columns", { columns: ["age", "sex"] }, /importance of each of 2 columns/u],
  [
    "importance beyond its interval",
    {
      importance: [
        [
          { column: "age", value: 20, lower: 21, upper: 33 },
          { column: "hours", value: 10, lower: 10, upper: 10 },
        ],
      ],
    },
    /importance of each of 2 columns, in their order and within its interval/u,
  ],
  ["a background row too short", { backgroundRows: [[1]] }, /background rows of 2 values/u],
  [
    "a row with a value too many",
    { sample: [{ ...first, values: [1, 2, 3] }] },
    /2 values in row/u,
  ],
  [
    "a SHAP value that is infinite",
    { sample: [{ ...first, shapValues: [[0, Infinity]] }] },
    /sample.0.shapValues.0.1/u,
  ],
  [
    "a log loss without base values of its own",
    { output: "log-loss" },
    /base values of its own, one for each of 1 outputs in row 0/u,
  ],
  ["a method that nobody knows", { method: "magic" }, /another method/u],
  ["a verdict that nobody knows", { verdict: "fine" }, /another verdict/u],
  ["rows that are no list", { sample: { length: 3 } }, /another sample/u],
];

for (const [what, change, message] of faults)
  test(`an explanation report with ${what} is no report`, () => {
    assert.throws(
      () => requireReport({ ...linearReport, ...change }, "readReport"),
      (error) => {
        assert.ok(error instanceof AssayerError);
        assert.equal(error.code, "invalid-argument");
        assert.match(
          error.message,
          /^readReport requires a whole explanation report; got another/u,
        );
        assert.match(error.message, message);
        return true;
      },
    );
  });

test("a report whose values do not sum to the predictions is one where it says so", () => {
  const honest = {
    ...linearReport,
    sample: [{ ...first, predictions: [41] }],
    additivityError: 1,
    verdict: "alarm",
  };
  assert.equal(requireReport(honest, "readReport").kind, "explanation");
});
