import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError, fairnessReport, type FairnessReport } from "../../../kernel-lib/index";
import { requireReport } from "../../../kernel-lib/store/reports/report-file";

const rows = Array.from({ length: 400 }, (_, row) => ({
  town: row < 20 ? "moor" : row % 2 === 0 ? "hill" : "dale",
  y_true: Number(row % 3 === 0),
  y_pred: Number(row % 5 === 0),
  w: 1 + (row % 4) / 3,
}));
const now = new Date("2026-01-01T00:00:00Z");

/** What is said of a report after a change to its file. */
function refusal(report: FairnessReport, change: (copy: FairnessReport) => void): string {
  const copy = JSON.parse(JSON.stringify(report)) as FairnessReport;
  change(copy);
  try {
    requireReport(copy, "readReport");
  } catch (error) {
    assert.ok(error instanceof AssayerError);
    assert.equal(error.code, "invalid-argument");
    return error.message.replace("readReport requires a whole fairness report; got another ", "");
  }
  return "nothing";
}

test("a report whose counts contradict each other is no report", async () => {
  const report = await fairnessReport(rows, { sensitiveFeatures: ["town"], now });
  const groups = (copy: FairnessReport) => copy.groupings[0]?.groups ?? [];
  const cases: [(copy: FairnessReport) => void, string][] = [
    [() => undefined, "nothing"],
    [(copy) => groups(copy).pop(), ": expected groups by town that have the 400 rows together"],
    [
      (copy) => {
        groups(copy).forEach((group) => Object.assign(group, { name: "a" }));
      },
      ": expected groups of different names by town",
    ],
    [
      (copy) => {
        groups(copy).forEach((group) => Object.assign(group, { small: false }));
      },
      ": expected groups by town that are small where they have fewer than 30 rows",
    ],
    [
      (copy) => {
        groups(copy).forEach((group) => Object.assign(group, { counts: null }));
      },
      ": expected counts of dale",
    ],
    [
      (copy) => Object.assign(groups(copy)[0]?.rowCounts ?? {}, { truePositives: 1e6 }),
      ": expected as many counted rows as rows of dale",
    ],
    [
      (copy) => Object.assign(groups(copy)[0]?.counts ?? {}, { truePositives: 1e6 }),
      ": expected weights that fit the counted rows of dale",
    ],
    [(copy) => (copy.confidence = 0), "confidence: Too small: expected number to be >0"],
    [(copy) => (copy.confidence = 1), "confidence: Too big: expected number to be <1"],
  ];
  for (const [change, expected] of cases) assert.equal(refusal(report, change), expected);
});

test("a group without rows is small, whatever counts as small", async () => {
  const open = rows.map((row) => (row.town === "moor" ? { ...row, y_true: null } : row));
  const report = await fairnessReport(open, { sensitiveFeatures: ["town"], smallGroup: 0, now });
  assert.equal(
    refusal(report, () => undefined),
    "nothing",
  );
});

test("weights that would narrow every interval are refused", async () => {
  const report = await fairnessReport(rows, {
    sensitiveFeatures: ["town"],
    sampleWeight: "w",
    now,
  });
  assert.equal(
    refusal(report, () => undefined),
    "nothing",
  );
  assert.equal(
    refusal(report, (copy) => {
      const squares = copy.groupings[0]?.groups[0]?.weightSquares ?? {};
      for (const answer of Object.keys(squares)) Object.assign(squares, { [answer]: 1e-9 });
    }),
    ": expected weights that fit the counted rows of dale",
  );
});
