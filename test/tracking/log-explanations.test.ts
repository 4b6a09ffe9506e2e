import assert from "node:assert/strict";
import { test } from "node:test";
import type { Explanation } from "../../kernel-lib/explain/explanation";
import { AssayerError, openProject } from "../../kernel-lib/index";
import { temporaryFolder } from "../temporary-folder";

/** Two rows, two outputs, two columns, one of which has the name of a column of the table. */
const explanation: Explanation = {
  method: "permutation",
  output: "raw",
  columns: ["age", "method"],
  outputs: ["low", "high"],
  rows: 2,
  baseValue: Float64Array.of(1, 2),
  shapValues: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  predictions: Float64Array.of(4, 9, 12, 17),
  values: { age: Float64Array.of(30, 40), method: ["a", "b"] },
  standardError: Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
  interactions: new Float64Array(16),
  background: { rows: 7, digest: "ab".repeat(32) },
};

test("an explanation is read as it was logged, and SQL sees what it is made of", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  await run.logExplanations(explanation, { requestId: ["a", "b"] });
  await run.end();
  const stored = await project.readExplanations(run.id);
  assert.deepEqual(stored, {
    requestId: ["a", "b"],
    method: "permutation",
    output: "raw",
    columns: ["age", "feature_method"],
    outputs: ["low", "high"],
    rows: 2,
    baseValue: Float64Array.of(1, 2, 1, 2),
    predictions: explanation.predictions,
    shapValues: explanation.shapValues,
    standardError: explanation.standardError,
    background: explanation.background,
  });
  assert.deepEqual(
    await project.sql(
      `select request_id, output, base_value, prediction, explained_output, method, background_rows, age, feature_method,
        "age.standard_error" from explanations() order by request_id, output desc limit 1`,
    ),
    [
      {
        request_id: "a",
        output: "low",
        base_value: 1,
        prediction: 4,
        explained_output: "raw",
        method: "permutation",
        background_rows: 7,
        age: 1,
        feature_method: 2,
        "age.standard_error": 0.1,
      },
    ],
  );
  await project.close();
});

test("explanations that came without predictions are read with what they say", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const columns = ["age", "hours"];
  await run.logExplanations({ columns, shapValues: [[1, 2]], baseValue: 5, requestId: ["a"] });
  await run.logExplanations(
    { ...explanation, standardError: null, background: null, columns },
    { name: "covers" },
  );
  const plain = await project.readExplanations(run.id);
  assert.deepEqual(
    [plain.method, plain.predictions, plain.columns, plain.shapValues, plain.baseValue],
    [null, null, columns, Float64Array.of(1, 2), Float64Array.of(5)],
  );
  const covers = await project.readExplanations(run.id, "covers");
  assert.deepEqual([covers.background, covers.standardError], [null, null]);
  assert.equal(covers.requestId.length, 2);
  await project.close();
});

test("an explanation whose parts do not fit together is refused", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const refused = (change: Partial<Explanation>, message: RegExp, requestId?: string[]) => {
    assert.throws(
      () => run.logExplanations({ ...explanation, ...change }, requestId ? { requestId } : {}),
      (error) => {
        assert.ok(error instanceof AssayerError);
        assert.equal(error.code, "invalid-argument");
        assert.match(error.message, message);
        return true;
      },
    );
  };
  refused(
    { shapValues: new Float64Array(7) },
    /^logExplanations requires 2 × 2 × 2 SHAP values with their base values and predictions; got 7$/u,
  );
  refused({ predictions: new Float64Array(3) }, /with their base values and predictions/u);
  refused({ columns: ["age", "age"] }, /columns of different names; got age, age$/u);
  refused({}, /^logExplanations requires 2 request ids; got 1$/u, ["a"]);
  assert.deepEqual((await project.run(run.id)).tables, []);
  await project.close();
});

test("features keep their values whatever they are named: as columns of longer tables, __proto__, or a standard error", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const few = { shapValues: [[1, 2]], baseValue: 3 };
  await run.logExplanations({ ...few, columns: ["output", "method"] }, { name: "few" });
  await run.logExplanations(
    {
      ...explanation,
      columns: ["a", "a.standard_error", "b", "c"],
      outputs: ["one"],
      baseValue: Float64Array.of(1),
      predictions: Float64Array.of(11, 27),
      standardError: null,
    },
    { name: "suffix" },
  );
  await run.logExplanations(
    { ...explanation, columns: ["__proto__", "constructor"] },
    { name: "proto" },
  );
  assert.throws(
    () => run.logExplanations({ ...few, columns: ["__proto__", "b"] }, { name: "lost" }),
    (error) =>
      error instanceof AssayerError &&
      error.message ===
        "logExplanations requires unique feature names other than request_id, base_value and __proto__; got __proto__",
  );
  await run.end();
  const read = async (name: string) => {
    const { columns, shapValues } = await project.readExplanations(run.id, name);
    return [columns, shapValues];
  };
  assert.deepEqual(await read("few"), [["output", "method"], Float64Array.of(1, 2)]);
  assert.deepEqual(await read("suffix"), [
    ["a", "a.standard_error", "b", "c"],
    explanation.shapValues,
  ]);
  assert.deepEqual(await read("proto"), [
    ["feature___proto__", "constructor"],
    explanation.shapValues,
  ]);
  await project.close();
});
