import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as assayer from "../../kernel-lib/index";

/** Of texts, of rows of several labels and of scores by class too; the cases say which fits which function. */
interface Data {
  yTrue: number[];
  yPred: number[];
  yScore: number[];
  weights: number[][];
}

interface Golden {
  versions: Record<string, string>;
  data: Record<string, Partial<Data>>;
  cases: {
    function: string;
    data: string;
    options: Record<string, unknown>;
    expected: unknown;
  }[];
}

const golden = JSON.parse(
  readFileSync(join(__dirname, "../parity/golden/evaluate.json"), "utf8"),
) as Golden;

const { brierScore, logLoss, averagePrecision, rocAuc } = assayer;
const { calibrationCurve, precisionRecallCurve, rocCurve } = assayer;
const ofScores = {
  averagePrecision,
  brierScore,
  calibrationCurve,
  logLoss,
  precisionRecallCurve,
  rocAuc,
  rocCurve,
};
const { accuracy, hammingLoss, zeroOneLoss, balancedAccuracy, cohenKappa } = assayer;
const { matthewsCorrelation, binaryCounts, classificationReport, confusionMatrix } = assayer;
const { f1, fBeta, jaccard, precision, recall, specificity } = assayer;
const { explainedVariance, mae, mape, maxError, meanError, meanPrediction } = assayer;
const { medianAbsoluteError, mse, msle, pinballLoss, r2, rmse, rmsle } = assayer;
const ofAnswers = {
  accuracy,
  balancedAccuracy,
  binaryCounts,
  classificationReport,
  cohenKappa,
  confusionMatrix,
  explainedVariance,
  f1,
  fBeta,
  hammingLoss,
  jaccard,
  mae,
  mape,
  matthewsCorrelation,
  maxError,
  meanError,
  meanPrediction,
  medianAbsoluteError,
  mse,
  msle,
  pinballLoss,
  precision,
  r2,
  recall,
  rmse,
  rmsle,
  specificity,
  zeroOneLoss,
};

type Call = (yTrue: number[], yOther: number[], options: object) => unknown;

function dataOf(name: string): Data {
  const data = golden.data[name] ?? assert.fail(name);
  return { yTrue: [], yPred: [], yScore: [], weights: [], ...data };
}

/** Every number of `expected` is in `actual`, within 1e-12 of it or of its size. */
function assertClose(actual: unknown, expected: unknown, where: string): void {
  const number = typeof expected === "string" ? Number(expected) : expected;
  if (typeof number === "number") {
    const close =
      Object.is(actual, number) ||
      Math.abs(Number(actual) - number) <= 1e-12 * Math.max(1, Math.abs(number));
    assert.ok(close, `${where}: ${String(actual)} is not ${number}`);
  } else if (Array.isArray(expected)) {
    const list = actual as ArrayLike<unknown>;
    assert.equal(list.length, expected.length, `${where}: length`);
    for (const [i, each] of expected.entries()) assertClose(list[i], each, `${where}[${i}]`);
  } else
    for (const [key, each] of Object.entries(expected as object))
      assertClose((actual as Record<string, unknown>)[key], each, `${where}.${key}`);
}

for (const [name, call] of Object.entries({ ...ofAnswers, ...ofScores }))
  test(`${name} equals scikit-learn ${golden.versions["scikit-learn"] ?? ""} within 1e-12, with ties, weights and degenerate input`, () => {
    const cases = golden.cases.filter((each) => each.function === name);
    assert.ok(cases.length >= 4, `${cases.length} cases`);
    for (const { data, options, expected } of cases) {
      const { yTrue, yPred, yScore, weights } = dataOf(data);
      const given = {
        ...options,
        ...("sampleWeight" in options && { sampleWeight: weights[Number(options.sampleWeight)] }),
        ...("zeroDivision" in options && { zeroDivision: Number(options.zeroDivision) }),
      };
      const other = name in ofScores ? yScore : yPred;
      const where = `${name} of ${data} ${JSON.stringify(options)}`;
      assertClose((call as Call)(yTrue, other, given), expected, where);
    }
  });

test("typed arrays, plain arrays, truth values and texts give the same counts", () => {
  const { yTrue, yPred, weights } = dataOf("breast cancer");
  const truth = [...yTrue];
  const answers = [...yPred];
  const sampleWeight = weights[1] ?? [];
  const text = (label: number) => (label === 1 ? "sick" : "well");
  for (const options of [{}, { sampleWeight }]) {
    const counts = binaryCounts(truth, answers, options);
    assert.ok(Object.values(counts).every((count) => count > 0));
    for (const kind of [Uint8Array, Int32Array, Float32Array, Float64Array])
      assert.deepEqual(binaryCounts(kind.from(truth), kind.from(answers), options), counts);
    assert.deepEqual(binaryCounts(truth.map(Boolean), answers.map(Boolean), options), counts);
    const texts = { ...options, posLabel: "sick" };
    assert.deepEqual(binaryCounts(truth.map(text), answers.map(text), texts), counts);
  }
});

test("a metric of counts is scikit-learn's figure, or NaN where that divides by 0", () => {
  const { yTrue, yPred } = dataOf("breast cancer");
  const counts = binaryCounts(yTrue, yPred);
  const valueOf = (name: string) => {
    const found = assayer.metric(name);
    return found.input === "counts" ? found.compute(counts) : assert.fail(name);
  };
  const expected = {
    accuracy: accuracy(yTrue, yPred),
    balancedAccuracy: balancedAccuracy(yTrue, yPred),
    f1: f1(yTrue, yPred),
    jaccard: jaccard(yTrue, yPred),
    matthewsCorrelation: matthewsCorrelation(yTrue, yPred),
    precision: precision(yTrue, yPred),
    recall: recall(yTrue, yPred),
    truePositiveRate: recall(yTrue, yPred),
    specificity: specificity(yTrue, yPred),
    falsePositiveRate: 1 - specificity(yTrue, yPred),
    falseNegativeRate: 1 - recall(yTrue, yPred),
    falseDiscoveryRate: 1 - precision(yTrue, yPred),
    zeroOneLoss: zeroOneLoss(yTrue, yPred),
  };
  for (const [name, value] of Object.entries(expected)) assertClose(valueOf(name), value, name);
  assertClose(valueOf("negativePredictiveValue"), 1 - valueOf("falseOmissionRate"), "predicted 0");

  const nothing = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
  for (const each of assayer.countMetrics) {
    assert.ok(Number.isNaN(each.compute(nothing)), each.name);
    const value = each.compute({ ...nothing, trueNegatives: 4 });
    if (each.denominator === "positives") assert.ok(Number.isNaN(value), each.name);
  }
});

test("score and value metrics by name are the functions, and unknown names are refused", () => {
  const cancer = dataOf("breast cancer, many ties");
  const [sampleWeight] = cancer.weights;
  assert.ok(sampleWeight);
  for (const each of assayer.scoreMetrics) {
    const call = assayer[each.name] as Call;
    assert.equal(
      each.compute(cancer.yTrue, cancer.yScore, sampleWeight),
      call(cancer.yTrue, cancer.yScore, { sampleWeight }),
    );
  }
  const radius = dataOf("radius by a line");
  for (const each of assayer.valueMetrics) {
    const call = assayer[each.name] as Call;
    const weights = each.name === "maxError" ? undefined : radius.weights[0];
    assert.equal(
      each.compute(radius.yTrue, radius.yPred, weights),
      call(radius.yTrue, radius.yPred, { sampleWeight: weights }),
    );
  }
  assert.equal(new Set(assayer.metricNames).size, assayer.metricNames.length);
  assert.ok(assayer.metricNames.every((name) => assayer.metric(name).name === name));
  assert.throws(
    () => assayer.metric("acuracy"),
    new assayer.AssayerError(
      "invalid-argument",
      `unknown metric: acuracy; expected one of ${assayer.metricNames.join(", ")}`,
    ),
  );
  const [auc, precisions] = ["rocAuc", "averagePrecision"].map((name) => assayer.metric(name));
  for (const each of [auc, precisions])
    assert.ok(Number.isNaN((each as assayer.ScoreMetric).compute([0, 0], [0.1, 0.2])));
});

test("weights that are whole numbers count as rows do", () => {
  const { yTrue, yScore } = dataOf("breast cancer, many ties");
  const truth = yTrue;
  const scores = yScore;
  const sampleWeight = truth.map((_, i) => i % 3);
  const repeat = (values: readonly number[]) =>
    values.flatMap((value, i) => Array.from({ length: sampleWeight[i] ?? 0 }, () => value));
  const repeated = [repeat(truth), repeat(scores)] as const;
  const bins = { bins: 7 } as const;
  const pairs: [unknown, unknown][] = [
    [rocAuc(truth, scores, { sampleWeight }), rocAuc(...repeated)],
    [assayer.liftCurve(truth, scores, { sampleWeight }), assayer.liftCurve(...repeated)],
    [
      calibrationCurve(truth, scores, { ...bins, sampleWeight }),
      calibrationCurve(...repeated, bins),
    ],
    [
      assayer.expectedCalibrationError(truth, scores, { ...bins, sampleWeight }),
      assayer.expectedCalibrationError(...repeated, bins),
    ],
  ];
  for (const [weighted, expected] of pairs)
    assertClose(weighted, JSON.parse(JSON.stringify(expected, listed)), "weighted");
});

function listed(_: string, value: unknown): unknown {
  return value instanceof Float64Array ? [...value] : value;
}

test("the calibration errors are the mean and the largest distance of the calibration curve", () => {
  const { yTrue, yScore } = dataOf("breast cancer");
  for (const strategy of ["uniform", "quantile"] as const) {
    const curve = calibrationCurve(yTrue, yScore, { bins: 10, strategy });
    const distance = curve.share.map((share, i) => Math.abs(share - (curve.meanScore[i] ?? NaN)));
    const rows = curve.rows.reduce((sum, count) => sum + count, 0);
    assert.equal(rows, yTrue.length);
    assertClose(
      assayer.expectedCalibrationError(yTrue, yScore, { strategy }),
      distance.reduce((sum, each, i) => sum + (each * (curve.rows[i] ?? NaN)) / rows, 0),
      strategy,
    );
    assert.equal(
      assayer.maximumCalibrationError(yTrue, yScore, { strategy }),
      Math.max(...distance),
    );
  }
});

test("the lift curve ends at all rows, and its area follows from the ROC curve's", () => {
  const { yTrue, yScore } = dataOf("breast cancer, many ties");
  const { selected, gain, lift, thresholds } = assayer.liftCurve(yTrue, yScore);
  assert.equal(selected.at(-1), 1);
  assert.equal(gain.at(-1), 1);
  assert.equal(lift.at(-1), 1);
  assert.equal(thresholds.length, lift.length);
  let area = 0;
  for (let i = 0; i < gain.length; i++)
    area +=
      (((selected[i] ?? 0) - (selected[i - 1] ?? 0)) * ((gain[i] ?? 0) + (gain[i - 1] ?? 0))) / 2;
  const labels = yTrue;
  const base = labels.filter((label) => label === 1).length / labels.length;
  assertClose(area, base / 2 + (1 - base) * rocAuc(yTrue, yScore), "area");
});

test("of a constant truth r2 and explainedVariance are 0, also where the weights' mean rounds", () => {
  // scikit-learn 1.9.1 gives -4e30 for such weights.
  const sampleWeight = [0.1, 0.7, 0.3, 0];
  for (const each of [r2, explainedVariance]) {
    assert.equal(each([3, 3, 3, 3], [3, 4, 2, 3], { sampleWeight }), 0);
    assert.equal(each([3, 3, 3, 8], [3, 3, 3, 3], { sampleWeight }), 1);
  }
});

test("rocAuc is NaN when there is one class, and does not depend on a monotone change of scores", () => {
  assert.ok(Number.isNaN(rocAuc([1, 1], [0.1, 0.2])));
  const { yTrue, yScore } = dataOf("breast cancer");
  const scores = yScore;
  assert.equal(
    rocAuc(yTrue, scores),
    rocAuc(
      yTrue,
      scores.map((score) => Math.exp(3 * score)),
    ),
  );
});

test("bad input is named", () => {
  const refused = (work: () => unknown, message: string) => {
    assert.throws(work, new assayer.AssayerError("invalid-argument", message));
  };
  refused(() => accuracy([], []), "accuracy requires arrays of one length, 1 or more; got 0 and 0");
  refused(
    () => rocAuc([0, 1], [1]),
    "rocAuc requires arrays of one length, 1 or more; got 2 and 1",
  );
  refused(
    () => logLoss([0, 2], [0, 1]),
    "logLoss requires labels of two classes, 1 and 0; got 2 at position 1",
  );
  refused(
    () => binaryCounts(["0", "1"], ["0", "1"]),
    'binaryCounts requires labels of two classes, 1 and "0"; got "1" at position 1',
  );
  refused(
    () => binaryCounts(Float64Array.of(1, NaN), [1, 1]),
    "binaryCounts requires labels of two classes, 1 and one other; got NaN at position 1",
  );
  refused(
    () => precision([0, 1, 2], [0, 1, 1]),
    "precision requires labels of two classes, 1 and 0; got 2 at position 2",
  );
  refused(
    () => rocAuc([0, 1], [NaN, 1]),
    "rocAuc requires finite numbers in yScore; got NaN at position 0",
  );
  refused(
    () => brierScore([0, 1], [0, 1.5]),
    "brierScore requires probabilities from 0 to 1 in yScore; got 1.5 at position 1",
  );
  refused(
    () => mae([1], [Infinity]),
    "mae requires finite numbers in yPred; got Infinity at position 0",
  );
  refused(
    () => msle([1, -1], [1, 1]),
    "msle requires numbers above -1; got -1 at position 1 of yTrue",
  );
  refused(
    () => pinballLoss([1], [1], { alpha: 2 }),
    "pinballLoss requires alpha from 0 to 1; got 2",
  );
  refused(
    () => f1([0, 1], [0, 1], { sampleWeight: [1, -1] }),
    "f1 requires sampleWeight of 0 or more; got -1 at position 1",
  );
  refused(
    () => recall([0, 1], [0, 1], { sampleWeight: [0, 0] }),
    "recall requires some sampleWeight above 0; got a sum of 0",
  );
  refused(
    () => rmse([0, 1], [0, 1], { sampleWeight: [1] }),
    "rmse requires one sampleWeight a row; got 1 of 2 rows",
  );
  refused(
    () => confusionMatrix(["a", 1], ["a", 1]),
    "confusionMatrix requires labels that are all numbers or all texts; got both",
  );
  refused(
    () => confusionMatrix([0, 1], [0, 1], { labels: [2, 3] }),
    "confusionMatrix requires that one of labels is there; got none of 2, 3",
  );
  refused(
    () => rocAuc([0, 1, 2], [[1], [1], [1]]),
    "rocAuc requires one score for each of 3 classes in every row; got 1",
  );
  refused(
    () => calibrationCurve([0, 1], [0, 1], { bins: 0 }),
    "calibrationCurve requires bins that are a whole number of 1 or more; got 0",
  );
  refused(() => fBeta([0, 1], [0, 1], { beta: -1 }), "fBeta requires beta of 0 or more; got -1");
});
