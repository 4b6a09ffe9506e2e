import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError } from "../../../kernel-lib/errors";
import type {
  ConstraintName,
  ConstraintResult,
  FairnessConstraint,
} from "../../../kernel-lib/fairness/constraint";
import { countDisparity } from "../../../kernel-lib/fairness/intervals/disparity";
import type { FairnessGroup } from "../../../kernel-lib/fairness/report";
import {
  judgeFairness,
  type FairnessEvidence,
} from "../../../kernel-lib/fairness/verdict/judge-fairness";
import { judgedMetrics } from "../../../kernel-lib/fairness/verdict/judged-metrics";
import { countsOf, errorGroup, evidenceOf, group } from "./groups";

const women = group("women", countsOf(44, 23, 28, 211));
const men = group("men", countsOf(97, 40, 18, 200));

function judge(
  groups: FairnessGroup[],
  constraint: FairnessConstraint,
  problem: FairnessEvidence["problem"] = "binary",
): ConstraintResult {
  const [result, ...others] = judgeFairness(evidenceOf(groups, problem), [constraint]);
  assert.ok(result);
  assert.equal(others.length, 0);
  return result;
}

test("a verdict is told in one sentence without a term of the trade", () => {
  const told: Record<ConstraintName, [string, string]> = {
    demographicParity: [
      "insufficient",
      "The model answers yes for 22 % of women (67 of 306) and for 39 % of men (137 of 355): a gap of 16.7 points, between 9.7 and 23.4 with 95 % confidence, where at most 10 are allowed; that is not enough to tell, and about 810 more labelled rows would likely do.",
    ],
    equalOpportunity: [
      "fail",
      "Of women whose true answer is yes, the model recognises 61 % (44 of 72); of men 84 % (97 of 115): a gap of 23.2 points, between 10.3 and 36 with 95 % confidence, where at most 10 are allowed.",
    ],
    equalizedOdds: [
      "insufficient",
      "Of women whose true answer is yes, the model recognises 61 % (44 of 72); of men 84 % (97 of 115): a gap of 23 points, between 8 and 36 with 95 % confidence, where at most 10 are allowed; that is not enough to tell, and about 920 more labelled rows would likely do.",
    ],
    predictiveParity: [
      "insufficient",
      "Where the model answers yes, it is right for 66 % of women (44 of 67) and for 71 % of men (97 of 137): a gap of 5 points, between 0 and 19 with 95 % confidence, where at most 10 are allowed; that is not enough to tell, and about 10,000 more labelled rows would likely do.",
    ],
    falsePositiveRateParity: [
      "insufficient",
      "Of women whose true answer is not yes, the model wrongly answers yes for 10 % (23 of 234); of men for 17 % (40 of 240): a gap of 7 points, between 0 and 13 with 95 % confidence, where at most 10 are allowed; that is not enough to tell, and about 4,300 more labelled rows would likely do.",
    ],
    accuracyParity: [
      "pass",
      "The model is right for 83 % of women (255 of 306) and for 84 % of men (297 of 355): a gap of 0.3 points, between 0 and 6.1 with 95 % confidence, where at most 10 are allowed.",
    ],
    boundedGroupLoss: [
      "fail",
      "The model is wrong for 17 % of women (51 of 306), the most of any group: between 12 % and 21 % with 95 % confidence, where at most 10 % is allowed.",
    ],
  };
  for (const [constraint, [verdict, sentence]] of Object.entries(told)) {
    const result = judge([women, men], { constraint: constraint as ConstraintName });
    assert.equal(result.verdict, verdict, constraint);
    assert.equal(result.sentence, sentence);
    assert.equal(result.rowsNeeded !== null, verdict === "insufficient");
  }
});

test("the figure that is judged is the disparity of the groups' counts", () => {
  for (const constraint of ["equalOpportunity", "equalizedOdds", "predictiveParity"] as const) {
    const wanted = countDisparity(
      [women, men].map(({ name, counts }) => ({ name, counts: counts ?? countsOf(0, 0, 0, 0) })),
      judgedMetrics(constraint),
      { confidence: 0.95 },
    );
    const result = judge([women, men], { constraint });
    assert.deepEqual(result.figure, wanted.difference);
    assert.deepEqual(result.between, [wanted.lowest, wanted.highest]);
    assert.deepEqual(judge([women, men], { constraint, minRatio: 0.8 }).figure, wanted.ratio);
  }
});

test("the four-fifths rule is judged by the ratio and its interval", () => {
  const result = judge([women, men], { constraint: "demographicParity", minRatio: 0.8 });
  assert.equal(result.verdict, "fail");
  assert.equal(
    result.sentence,
    "The model answers yes for 22 % of women (67 of 306) and for 39 % of men (137 of 355): a ratio of 0.57, between 0.44 and 0.73 with 95 % confidence, where at least 0.8 is required.",
  );
  assert.equal(
    judge([women, men], { constraint: "demographicParity", minRatio: 0.4 }).verdict,
    "pass",
  );
  const open = judge([women, men], { constraint: "demographicParity", minRatio: 0.6 });
  assert.equal(open.verdict, "insufficient");
});

test("a group without positives never passes on equal opportunity or equalized odds", () => {
  const none = group("0", countsOf(0, 101, 0, 2000));
  const others = [
    group("a", countsOf(470, 101, 28, 2000)),
    group("b", countsOf(470, 99, 28, 2000)),
  ];
  for (const constraint of ["equalOpportunity", "equalizedOdds"] as const) {
    assert.equal(judge(others, { constraint }).verdict, "pass");
    const result = judge([...others, none], { constraint });
    assert.equal(result.verdict, "insufficient");
    assert.deepEqual(result.unjudged, [{ group: "0", reason: "no positives" }]);
    assert.equal(result.rowsNeeded, null);
    assert.ok(result.sentence.endsWith("; not judged: sex = 0 (no positives)."), result.sentence);
  }
  const alone = judge([none, ...others.slice(0, 1)], { constraint: "equalOpportunity" });
  assert.equal(alone.figure.value, null);
  assert.equal(alone.between, null);
  assert.equal(alone.sentence, "No two groups can be compared: sex = 0 (no positives).");
});

test("a group of which no row was selected never passes on predictive parity", () => {
  const others = [
    group("a", countsOf(470, 101, 28, 2000)),
    group("b", countsOf(470, 99, 28, 2000)),
  ];
  const none = group("c", countsOf(0, 0, 300, 900));
  const constraint = "predictiveParity";
  assert.equal(judge(others, { constraint }).verdict, "pass");
  const result = judge([...others, none], { constraint });
  assert.equal(result.verdict, "insufficient");
  assert.deepEqual(result.unjudged, [{ group: "c", reason: "no row was selected" }]);
});

test("small and empty groups are named, never pass, and do not hide that others fail", () => {
  const alike = [
    group("a", countsOf(900, 900, 100, 100)),
    group("b", countsOf(900, 900, 100, 100)),
  ];
  const small = group("c", countsOf(12, 12, 1, 1));
  const empty = group("d", countsOf(0, 0, 0, 0));
  const constraint = "demographicParity";
  const result = judge([...alike, small, empty], { constraint });
  assert.equal(result.verdict, "insufficient");
  assert.deepEqual(result.unjudged, [
    { group: "c", reason: "26 rows, too few to judge by" },
    { group: "d", reason: "no rows" },
  ]);
  assert.equal(result.rowsNeeded, null);
  // A small group that grows is judged in time.
  assert.ok(Number(judge([...alike, small], { constraint }).rowsNeeded) > 1000);
  const apart = group("e", countsOf(100, 100, 900, 900));
  assert.equal(judge([...alike, small, empty, apart], { constraint }).verdict, "fail");
});

test("one group alone has nothing to be compared with, but a loss of its own", () => {
  const result = judge([women], { constraint: "demographicParity" });
  assert.equal(result.verdict, "insufficient");
  assert.equal(result.sentence, "There is only one group, women, and nothing to compare it with.");
  assert.equal(
    judge([women], { constraint: "boundedGroupLoss", maxDifference: 0.3 }).verdict,
    "pass",
  );
});

test("a regression is judged by its largest mean error", () => {
  const groups = [errorGroup("south", 200, 2.1, 0.3), errorGroup("north", 300, 3.3, 0.4)];
  const of = (maxDifference: number) =>
    judge(groups, { constraint: "boundedGroupLoss", maxDifference }, "regression");
  assert.deepEqual(
    [4, 3.4, 3, 2.5].map((limit) => of(limit).verdict),
    ["pass", "insufficient", "insufficient", "fail"],
  );
  assert.deepEqual(of(4).between, ["south", "north"]);
  assert.equal(
    of(2.5).sentence,
    "The model misses by 3.3 on average for north (300 rows), the most of any group: between 2.9 and 3.7 with 95 % confidence, where at most 2.5 is allowed.",
  );
  assert.ok(Number(of(3.4).rowsNeeded) > Number(of(3.6).rowsNeeded));
});

test("weights widen the interval as their squares say", () => {
  const weighted = (each: FairnessGroup): FairnessGroup => {
    const rows = each.rowCounts ?? countsOf(0, 0, 0, 0);
    const times = (factor: number) =>
      countsOf(
        rows.truePositives * factor,
        rows.falsePositives * factor,
        rows.falseNegatives * factor,
        rows.trueNegatives * factor,
      );
    // Half of the rows weigh 1, half 3: a mean of 2, a mean square of 5.
    return { ...each, counts: times(2), weightSquares: times(5) };
  };
  const plain = judge([women, men], { constraint: "equalOpportunity" });
  const result = judge([weighted(women), weighted(men)], { constraint: "equalOpportunity" });
  const width = ({ figure }: ConstraintResult) => Number(figure.high) - Number(figure.low);
  assert.equal(plain.verdict, "fail");
  assert.equal(result.verdict, "insufficient");
  const wider = width(result) / width(plain);
  assert.ok(wider > 1.08 && wider < Math.sqrt(5 / 4) + 0.01, String(wider));
  assert.match(result.sentence, /61 % \(of 72, weighted\)/u);
});

test("a verdict is the same of the report's file, and is judged of the groupings it names", () => {
  const evidence = evidenceOf([women, men]);
  const age = { features: ["age", "sex"], groups: [men, women], disparities: {} };
  const both = { ...evidence, groupings: [...evidence.groupings, age] };
  const constraints = [
    { constraint: "equalizedOdds" },
    { constraint: "demographicParity", features: ["sex", "age"], maxDifference: 0.3 },
  ] as const;
  const results = judgeFairness(both, constraints);
  assert.deepEqual(
    results.map(({ features, verdict }) => [features, verdict]),
    [
      [["sex"], "insufficient"],
      [["age", "sex"], "insufficient"],
      [["age", "sex"], "pass"],
    ],
  );
  const read = JSON.parse(JSON.stringify(both)) as FairnessEvidence;
  assert.deepEqual(judgeFairness(read, constraints), results);
});

test("the positive answer is named where it has a name of its own", () => {
  const evidence = { ...evidenceOf([women, men]), positiveLabel: ">50K" };
  const [result] = judgeFairness(evidence, [{ constraint: "equalOpportunity" }]);
  assert.match(String(result?.sentence), /^Of women whose true answer is “>50K”, the model/u);
});

test("judgeFairness refuses constraints it cannot judge", () => {
  const refused = (
    constraint: FairnessConstraint,
    message: string,
    evidence = evidenceOf([women, men]),
  ) => {
    assert.throws(
      () => judgeFairness(evidence, [constraint]),
      (thrown) => {
        assert.ok(thrown instanceof AssayerError);
        assert.equal(thrown.code, "invalid-argument");
        assert.equal(thrown.message, message);
        return true;
      },
    );
  };
  refused(
    { constraint: "parity" as ConstraintName },
    "unknown constraint: parity; expected one of demographicParity, equalOpportunity, equalizedOdds, predictiveParity, falsePositiveRateParity, accuracyParity, boundedGroupLoss",
  );
  refused(
    { constraint: "equalizedOdds", features: ["age"] },
    "unknown grouping: age; expected one of sex",
  );
  refused(
    { constraint: "equalizedOdds", maxDifference: 0.1, minRatio: 0.8 },
    "judgeFairness requires maxDifference or minRatio of a constraint; got both",
  );
  refused(
    { constraint: "equalizedOdds", maxDifference: -0.1 },
    "judgeFairness requires maxDifference from 0 to 1; got -0.1",
  );
  refused(
    { constraint: "equalizedOdds", minRatio: 0 },
    "judgeFairness requires minRatio above 0 and up to 1; got 0",
  );
  refused(
    { constraint: "boundedGroupLoss", minRatio: 0.8 },
    "judgeFairness requires maxDifference of boundedGroupLoss; got minRatio",
  );
  const errors = evidenceOf([errorGroup("south", 200, 2.1, 0.3)], "regression");
  refused(
    { constraint: "equalizedOdds" },
    "judgeFairness requires boundedGroupLoss for a regression; got equalizedOdds",
    errors,
  );
  refused(
    { constraint: "boundedGroupLoss" },
    "judgeFairness requires maxDifference in the error's unit; got none",
    errors,
  );
  refused({ constraint: "equalizedOdds" }, "judgeFairness requires a grouping or more; got none", {
    ...errors,
    groupings: [],
  });
});

test("figures without counts are no evidence of a classifier, nor is an interval without confidence", () => {
  const figuresOnly = evidenceOf([
    errorGroup("a", 500, 0.2, 0.001),
    errorGroup("b", 500, 0.2, 0.001),
  ]);
  const [result] = judgeFairness(figuresOnly, [{ constraint: "demographicParity" }]);
  assert.equal(result?.verdict, "insufficient");
  assert.deepEqual(
    result.unjudged.map(({ reason }) => reason),
    ["no answers were counted", "no answers were counted"],
  );
  const counted = evidenceOf([
    group("a", countsOf(20, 10, 10, 20)),
    group("b", countsOf(20, 10, 10, 20)),
  ]);
  for (const confidence of [0, 1, NaN, null as never])
    assert.throws(
      () => judgeFairness({ ...counted, confidence }, [{ constraint: "demographicParity" }]),
      (error: unknown) =>
        error instanceof AssayerError &&
        error.code === "invalid-argument" &&
        error.message ===
          `judgeFairness requires a confidence between 0 and 1; got ${String(confidence)}`,
    );
});
