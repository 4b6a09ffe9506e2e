import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { tableFromArrays } from "apache-arrow";
import type { CellValue, ExplainedOutput, Explanation } from "../../kernel-lib/explain/explanation";
import { decodeModel, encodeModel, type DimensionProto } from "../../kernel-lib/onnx/schema";
import { withoutZipMap } from "../../kernel-lib/onnx/without-zip-map";
import { openSession } from "../../kernel-lib/onnx/session";
import type { ExplainableModel } from "../../kernel-lib/explain/explainable-model";
import { readExplainable } from "../../kernel-lib/onnx/explainable/read-explainable";
import { AssayerError, openExplainer, openProject } from "../../kernel-lib/index";
import { linearRegressor } from "../../kernel-lib/onnx/write-linear";
import { temporaryFolder } from "../temporary-folder";
import {
  bruteForce,
  fixtureModel,
  fixtureNames,
  fixtureRows,
  runtimeAnswers,
  slice,
} from "./fixtures";
import { xgboostToOnnx } from "../../kernel-lib/onnx/boosters/xgboost";
import { goldenCase } from "../onnx/boosters/booster-case";

const mistake = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AssayerError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  return true;
};

/** The largest |base value + SHAP values − prediction|. */
function additivityError({ rows, outputs, columns, ...of }: Explanation): number {
  const [k, p] = [outputs.length, columns.length];
  let worst = 0;
  for (let i = 0; i < rows * k; i++) {
    const base = Number(of.baseValue[of.baseValue.length === k ? i % k : i]);
    const sum = of.shapValues.subarray(i * p, (i + 1) * p).reduce((a, b) => a + b, base);
    worst = Math.max(worst, Math.abs(sum - Number(of.predictions[i])));
  }
  return worst;
}

/** How large the predictions are. */
const scaleOf = ({ predictions }: Explanation) =>
  predictions.reduce((most, each) => Math.max(most, Math.abs(each)), 1);

/** Answers whose SHAP values are exact: of probabilities that a logistic function made, the margins. */
function exactOf(model: ExplainableModel): {
  output: ExplainedOutput;
  back: (p: number) => number;
} {
  return model.core !== null && model.postTransform === "logistic"
    ? { output: "raw", back: (p) => Math.log(p / (1 - p)) }
    : { output: "probability", back: (p) => p };
}

for (const name of fixtureNames)
  test(`${name} is explained as brute force over ONNX Runtime's answers has it`, async () => {
    const onnx = fixtureModel(name);
    const read = readExplainable(onnx);
    const rows = fixtureRows(name, read.columns);
    const names = read.columns.map((column) => column.name);
    const at = (row: number) => names.map((column) => rows[column]?.[row] ?? null);
    const { output, back } = exactOf(read);
    const explainer = await openExplainer(onnx, { background: slice(rows, 2, 5), output });
    const found = await explainer.explain(slice(rows, 0, 2));
    assert.ok(additivityError(found) < 1e-9 * scaleOf(found), `off by ${additivityError(found)}`);
    assert.deepEqual([found.columns, found.outputs], [names, explainer.model.outputs]);
    const { ask, close } = await runtimeAnswers(onnx);
    const { compared } = read;
    assert.ok(compared, "there is an output to compare with");
    const answers = async (asked: CellValue[][]) =>
      (await ask(asked, compared)).map((of) => of.map(back));
    for (const row of [0, 1]) {
      const expected = await bruteForce(answers, at(row), [at(2), at(3), at(4)]);
      const [k, p] = [found.outputs.length, names.length];
      expected.forEach((list, o) => {
        list.forEach((value, c) => {
          const own = Number(found.shapValues[(row * k + o) * p + c]);
          // The answers are float32, and margins made of them are less sure.
          const limit = (output === "raw" ? 1e-4 : 2e-6) * scaleOf(found);
          assert.ok(Math.abs(own - value) <= limit, `${names[c] ?? ""}: ${own} for ${value}`);
        });
      });
    }
    await close();
    await explainer.close();
  });

const wages = linearRegressor([[2, -1]], { intercept: [3] });
const columns = ["age", "hours"];
const table = { age: [30, 40, 50], hours: [20, 30, 10] };
const forest = fixtureModel("forest-binary");
const forestRows = fixtureRows("forest-binary", readExplainable(forest).columns);

test("rows, columns in any order and Arrow are explained alike, and have backgrounds of one digest", async () => {
  const rows = [0, 1, 2].map((i) => ({ age: table.age[i], hours: table.hours[i] }));
  const forms = [
    table,
    { hours: table.hours, age: table.age },
    rows,
    rows.map(({ age, hours }) => [age ?? 0, hours ?? 0]),
    tableFromArrays({ hours: table.hours, age: Float64Array.from(table.age) }),
  ];
  const digests = new Set<string>();
  for (const form of forms) {
    const explainer = await openExplainer(wages, { columns, background: form });
    const found = await explainer.explain(form);
    // 2 × (age − 40), −1 × (hours − 20).
    [-20, 0, 0, -10, 20, 10].forEach((value, i) => {
      assert.ok(Math.abs(Number(found.shapValues[i]) - value) < 1e-12);
    });
    assert.ok(Math.abs(Number(found.baseValue[0]) - 63) < 1e-12);
    assert.deepEqual(found.predictions, Float64Array.of(43, 53, 93));
    assert.deepEqual(await explainer.predict(form), found.predictions);
    digests.add(found.background?.digest ?? "");
    await explainer.close();
  }
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  digests.add((await run.logDataset(table, { name: "background" }))?.digest ?? "none");
  assert.equal(digests.size, 1, "the digest is that of logDataset");
  await project.close();
});

test("a model is opened by its path too, and once closed it explains no more", async () => {
  const path = join(temporaryFolder(), "wages.onnx");
  writeFileSync(path, wages);
  const explainer = await openExplainer(path, { columns, background: table });
  assert.deepEqual([explainer.method, explainer.output], ["linear", "raw"]);
  await explainer.close();
  await explainer.close();
  await assert.rejects(
    explainer.explain(table),
    mistake("closed", /^explain requires an open explainer; got a closed one$/u),
  );
  await assert.rejects(
    openExplainer(join(path, "none")),
    mistake("invalid-model", /^openExplainer requires a readable file; got /u),
  );
});

const wrongRows: [string, unknown, RegExp][] = [
  [
    "a missing and an unknown column",
    { age: [1], height: [2] },
    /^explain requires the model's columns age, hours; got none named hours, and unknown ones: height$/u,
  ],
  ["rows too short", [[1]], /^explain requires rows of 2 values; got 1 in row 0$/u],
  [
    "text where numbers are",
    { age: ["old"], hours: [2] },
    /^explain requires numbers in age; got text in row 0$/u,
  ],
  [
    "a date where numbers are",
    { age: [new Date(0)], hours: [2] },
    /^explain requires numbers in age; got a date in row 0$/u,
  ],
  [
    "a missing value in a linear model",
    { age: [1, null], hours: [2, 3] },
    /^explain requires a value in age, which the model multiplies; got none in row 1$/u,
  ],
];
for (const [what, rows, message] of wrongRows)
  test(`${what} is refused by name`, async () => {
    const explainer = await openExplainer(wages, { columns, background: table });
    await assert.rejects(explainer.explain(rows as never), mistake("invalid-argument", message));
    await explainer.close();
  });

test("a missing value is refused by trees that have no way for it, and taken by those that have", async () => {
  const explainer = await openExplainer(forest, { background: slice(forestRows, 1, 4) });
  const gap = { ...slice(forestRows, 0, 2), f1: [1, null] };
  await assert.rejects(
    explainer.explain(gap),
    mistake(
      "invalid-argument",
      /^explain requires a value in f1, since the model's trees have no way for missing ones; got none in row 1$/u,
    ),
  );
  await explainer.close();
  const histogram = fixtureModel("histogram-binary");
  const rows = fixtureRows("histogram-binary", readExplainable(histogram).columns);
  const other = await openExplainer(histogram, { background: slice(rows, 1, 4) });
  const found = await other.explain({ ...slice(rows, 0, 2), f1: [1, null] });
  assert.ok(additivityError(found) < 1e-9);
  await other.close();
});

test("text is explained as text, and numbers or nothing in its place are refused", async () => {
  const model = fixtureModel("frame-boosting");
  const rows = fixtureRows("frame-boosting", readExplainable(model).columns);
  const explainer = await openExplainer(model, { background: slice(rows, 1, 4) });
  const found = await explainer.explain(slice(rows, 0, 1));
  assert.deepEqual(found.values.city, rows.city?.slice(0, 1));
  for (const [value, got] of [
    [7, "a number"],
    [null, "nothing"],
  ] as const)
    await assert.rejects(
      explainer.explain({ ...slice(rows, 0, 1), city: [value] }),
      mistake(
        "invalid-argument",
        new RegExp(`^explain requires text in city; got ${got} in row 0$`, "u"),
      ),
    );
  await explainer.close();
});

test("a background of no rows, and none where one is needed, are refused with what is missing", async () => {
  await assert.rejects(
    openExplainer(wages, { columns, background: [] }),
    mistake("empty-sample", /^openExplainer requires a background of one row or more; got none$/u),
  );
  await assert.rejects(
    openExplainer(wages, { columns }),
    mistake(
      "invalid-argument",
      /a background for a linear model, whose values are told from its mean; got none$/u,
    ),
  );
  await assert.rejects(
    openExplainer(forest),
    mistake("invalid-argument", /a background, since the trees hold no covers of their own/u),
  );
  await assert.rejects(
    openExplainer(fixtureModel("pca-logistic")),
    mistake(
      "invalid-argument",
      /a background for a model that is run and no more \(operator MatMul mixes columns/u,
    ),
  );
});

test("methods and outputs that a model cannot be explained by are refused", async () => {
  const refused = (model: Uint8Array, options: object, message: RegExp) =>
    assert.rejects(openExplainer(model, options), mistake("invalid-argument", message));
  const background = slice(forestRows, 1, 4);
  await refused(
    wages,
    { columns, background: table, method: "tree-interventional" },
    /^openExplainer requires trees for tree-interventional; got a linear model$/u,
  );
  await refused(
    forest,
    { background, method: "linear" },
    /^openExplainer requires a linear model for linear; got trees$/u,
  );
  await refused(
    wages,
    { columns, background: table, output: "log-loss" },
    /^openExplainer requires trees whose sum is the log-odds of one of two classes for the output log-loss; got a linear model$/u,
  );
  for (const [name, got] of [
    ["boosting-iris", "trees of 3 outputs that end in softmax"],
    ["forest-binary", "trees that give their sum as it is"],
    ["boosting-regression", "trees that give their sum as it is"],
  ] as const) {
    const model = fixtureModel(name);
    const rows = fixtureRows(name, readExplainable(model).columns);
    await refused(
      model,
      { background: slice(rows, 0, 3), output: "log-loss" },
      new RegExp(`of one of two classes for the output log-loss; got ${got}$`, "u"),
    );
  }
  await refused(
    forest,
    { background, method: "magic" },
    /^unknown method: magic; expected one of auto, tree-path-dependent,/u,
  );
  await refused(
    forest,
    { background, output: "odds" },
    /^unknown output: odds; expected one of raw, probability, log-loss$/u,
  );
  await refused(
    wages,
    { columns: ["age"], background: table },
    /^openExplainer requires names of the model's 2 columns; got 1$/u,
  );
  await refused(
    wages,
    { columns: ["age", "age"], background: table },
    /^openExplainer requires columns of different names; got age twice$/u,
  );
});

test("what is no ONNX model is refused", async () => {
  await assert.rejects(
    openExplainer(Buffer.from("no model")),
    mistake("invalid-model", /requires the bytes of an ONNX model; got 8 bytes/u),
  );
  const holder = { onnx: forest } as unknown as Uint8Array;
  await assert.rejects(
    openExplainer(holder),
    mistake("invalid-model", /requires the bytes of an ONNX model; got a value of type object /u),
  );
});

test("the unit of a regression is not the name that skl2onnx gives every output", async () => {
  const regression = await openExplainer(fixtureModel("forest-regression"), {
    background: fixtureRows(
      "forest-regression",
      readExplainable(fixtureModel("forest-regression")).columns,
    ),
  });
  assert.deepEqual(regression.model.outputs, ["variable"]);
  assert.equal(regression.unit, "units of prediction");
  await regression.close();
});

test("every method tells a linear model's values, sampling ones within their standard errors", async () => {
  for (const method of ["linear", "exact", "kernel", "permutation", "sampling"] as const) {
    const explainer = await openExplainer(wages, { columns, background: table, method, seed: 3 });
    const found = await explainer.explain({ age: [60], hours: [45] });
    assert.equal(found.method, method);
    const errors = found.standardError ?? new Float64Array(2);
    [40, -25].forEach((value, c) => {
      const limit = 5 * Number(errors[c]) + 1e-9;
      assert.ok(Math.abs(Number(found.shapValues[c]) - value) <= limit, method);
    });
    assert.equal(found.converged, found.standardError === null ? undefined : true, method);
    await explainer.close();
  }
});

test("the same seed gives the same sampled values, and another seed others", async () => {
  const values = async (seed: number) => {
    const options = { background: slice(forestRows, 1, 5), method: "sampling", seed } as const;
    const explainer = await openExplainer(forest, { ...options, tolerance: 0.5 });
    const { shapValues } = await explainer.explain(slice(forestRows, 0, 1));
    await explainer.close();
    return shapValues;
  };
  assert.deepEqual(await values(1), await values(1));
  assert.notDeepEqual(await values(1), await values(2));
});

test("of a log loss, classes with names take the names of two, or truth", async () => {
  const { model, rows } = goldenCase("xgboost-3.2.0.json", "binary");
  const { onnx } = xgboostToOnnx(model, { classes: ["early", "late"] });
  const table = rows.slice(0, 8).map((row) => row.map((value) => value ?? null));
  const explainer = await openExplainer(onnx, { background: table, output: "log-loss" });
  const losses = async (labels: string[]) =>
    (await explainer.explain(table.slice(0, 3), { labels })).predictions;
  assert.deepEqual(await losses(["late", "early", "late"]), await losses(["1", "0", "true"]));
  await assert.rejects(
    losses(["late", "early", "erly"]),
    mistake(
      "invalid-argument",
      /^explain requires labels of two classes, late and another one; got 2 others$/u,
    ),
  );
  await explainer.close();
});

test("a log loss is explained with a base value for each row's answer", async () => {
  const model = fixtureModel("boosting-binary");
  const rows = fixtureRows("boosting-binary", readExplainable(model).columns);
  const background = slice(rows, 2, 6);
  const explainer = await openExplainer(model, { background, output: "log-loss" });
  assert.equal(explainer.unit, "nats of log loss");
  const found = await explainer.explain(slice(rows, 0, 2), { labels: [1, 0] });
  assert.equal(found.baseValue.length, 2);
  assert.ok(additivityError(found) < 1e-9);
  const probability = await openExplainer(model, { background, output: "probability" });
  const [p = NaN, q = NaN] = await probability.predict(slice(rows, 0, 2));
  const losses = [-Math.log(p), -Math.log(1 - q)];
  losses.forEach((loss, row) => {
    assert.ok(Math.abs(Number(found.predictions[row]) - loss) < 1e-9);
  });
  assert.deepEqual(explainer.model.outputs, ["1"]);
  for (const labels of [
    ["1", "0"],
    ["1.0", "2"],
    ["true", "false"],
    [true, false],
  ]) {
    const named = await explainer.explain(slice(rows, 0, 2), { labels });
    assert.deepEqual(named.shapValues, found.shapValues, labels.join(", "));
  }
  for (const [label, got] of [
    ["yes", "another text"],
    ["", "another text"],
    [null as unknown as string, "nothing"],
  ])
    await assert.rejects(
      explainer.explain(slice(rows, 0, 2), { labels: ["1", label as string] }),
      mistake(
        "invalid-argument",
        new RegExp(
          `^explain requires labels of the model's classes, such as 1, or 1 and 0; got ${got} in row 1$`,
          "u",
        ),
      ),
    );
  await assert.rejects(
    explainer.explain(slice(rows, 0, 2)),
    mistake(
      "invalid-argument",
      /^explain requires a label for each of 2 rows for the output log-loss; got 0$/u,
    ),
  );
  await Promise.all([explainer.close(), probability.close()]);
});

test("interactions of trees sum to the SHAP values, and are refused of other methods", async () => {
  const explainer = await openExplainer(forest, { background: slice(forestRows, 1, 5) });
  const { interactions, shapValues } = await explainer.explain(slice(forestRows, 0, 1), {
    interactions: true,
  });
  const p = shapValues.length;
  assert.ok(interactions !== null);
  shapValues.forEach((value, c) => {
    const sum = interactions.subarray(c * p, (c + 1) * p).reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(sum - value) < 1e-12);
  });
  await explainer.close();
  const linear = await openExplainer(wages, { columns, background: table });
  await assert.rejects(
    linear.explain(table, { interactions: true }),
    mistake(
      "invalid-argument",
      /^explain requires a model of trees for interactions; got the method linear$/u,
    ),
  );
  await linear.close();
});

test("explaining stops when the signal says so, and tells how far it is", async () => {
  const explainer = await openExplainer(forest, {
    background: slice(forestRows, 1, 5),
    method: "permutation",
  });
  const stop = new AbortController();
  const seen: number[] = [];
  await assert.rejects(
    explainer.explain(slice(forestRows, 0, 8), {
      signal: stop.signal,
      onProgress: (_, fraction) => {
        seen.push(fraction);
        if (fraction > 0.3) stop.abort();
      },
    }),
    mistake("aborted", /got a signal to stop$/u),
  );
  assert.ok(seen.length > 1 && seen.every((each, i) => each >= (seen[i - 1] ?? 0)));
  await explainer.close();
});

test("trees that are not those that ONNX Runtime walks are refused, on the background or the first rows", async () => {
  const { checkReading, openCore } = await import("../../kernel-lib/explainers/model-core");
  const { openRunner } = await import("../../kernel-lib/explainers/run-model");
  const { modelRows } = await import("../../kernel-lib/explainers/model-rows");
  const read = readExplainable(forest);
  assert.ok(read.core?.kind === "trees");
  const { ensemble } = read.core;
  const threshold = ensemble.threshold.map((each) => each * 1.5);
  const misread = {
    ...read,
    core: { kind: "trees", ensemble: { ...ensemble, threshold } },
  } as const;
  const runner = await openRunner(forest, read);
  const rows = modelRows("test", read.columns, forestRows);
  for (const model of [read, misread]) {
    const core = await openCore(model, runner);
    assert.ok(core);
    const checked = checkReading(model, core, runner, rows);
    if (model === read) await checked;
    else
      await assert.rejects(
        checked,
        mistake(
          "invalid-model",
          /^openExplainer requires a model whose trees say what ONNX Runtime says; got a difference of /u,
        ),
      );
  }
  await runner.close();
});

test("what would change a model of scores gets another label of ONNX Runtime, and is measured in scores", async () => {
  for (const name of ["logistic-raw-scores", "perceptron", "svm"]) {
    const model = fixtureModel(name);
    const table = fixtureRows(name, readExplainable(model).columns);
    const explainer = await openExplainer(model, { background: table });
    assert.equal(explainer.unit, "score of 1", name);
    const found = await explainer.counterfactuals(slice(table, 1, 2));
    await explainer.close();
    const changed = found.counterfactuals.map(({ values }) => values);
    assert.ok(changed.length > 0, name);
    const session = await openSession(withoutZipMap(model));
    const rows = [Object.values(slice(table, 1, 2)).map(([value]) => value ?? 0), ...changed];
    const [{ name: input, datatype } = { name: "", datatype: "FP32" as const }] = session.inputs;
    const shape = [rows.length, rows[0]?.length ?? 0];
    const data = rows.flat().map((value) => value ?? NaN);
    const [labels] = await session.infer([{ name: input, datatype, shape, data }], ["label"]);
    await session.close();
    const [own, ...others] = labels?.data ?? [];
    assert.ok(
      others.every((label) => label !== own),
      `${name}: ${labels?.data.join(", ")}`,
    );
  }
});

/** A model whose file says something else of the shape of its one input. */
function reshaped(name: string, dim: (own: readonly DimensionProto[]) => DimensionProto[]) {
  const model = decodeModel(fixtureModel(name));
  const tensor = model.graph?.input?.[0]?.type?.tensorType;
  assert.ok(tensor?.shape);
  tensor.shape.dim = dim(tensor.shape.dim ?? []);
  return encodeModel(model);
}

test("models that take so many rows at a time, or leave open how many columns, are explained all the same", async () => {
  for (const name of ["boosting-binary", "scaler-logistic", "mlp"]) {
    const whole = fixtureModel(name);
    const { columns } = readExplainable(whole);
    const rows = fixtureRows(name, columns);
    const names = columns.map((column) => column.name);
    const valuesOf = async (model: Uint8Array) => {
      const background = slice(rows, 0, 5);
      const explainer = await openExplainer(model, { background, columns: names });
      const { shapValues } = await explainer.explain(slice(rows, 5, 8));
      await explainer.close();
      return shapValues;
    };
    const expected = await valuesOf(whole);
    for (const dim of [
      ([, width = {}]: readonly DimensionProto[]) => [{ dimValue: 1 }, width],
      ([, width = {}]: readonly DimensionProto[]) => [{ dimValue: 3 }, width],
      ([first = {}]: readonly DimensionProto[]) => [first, { dimParam: "width" }],
    ]) {
      const found = await valuesOf(reshaped(name, dim));
      assert.equal(found.length, expected.length);
      // The rows of a batch go through other instructions: float32, about 1e-7 of the answers.
      found.forEach((value, i) => {
        assert.ok(Math.abs(value - Number(expected[i])) < 1e-6, `${name}: ${value}`);
      });
    }
  }
});

test("more columns than a linear model has weights for are refused, whatever its file leaves open", async () => {
  const model = reshaped("linear-regression", ([first = {}]) => [first, { dimParam: "width" }]);
  const { columns } = readExplainable(fixtureModel("linear-regression"));
  const rows = { ...fixtureRows("linear-regression", columns), more: new Array<number>(8).fill(2) };
  await assert.rejects(
    openExplainer(model, { background: slice(rows, 0, 1), columns: Object.keys(rows) }),
    mistake("invalid-argument", /^openExplainer requires names of the model's 5 columns; got 6$/u),
  );
});
