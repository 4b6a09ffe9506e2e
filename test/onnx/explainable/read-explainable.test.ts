import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ExplainableModel } from "../../../kernel-lib/explain/explainable-model";
import { readExplainable } from "../../../kernel-lib/onnx/explainable/read-explainable";
import { withoutZipMap } from "../../../kernel-lib/onnx/without-zip-map";
import { openSession } from "../../../kernel-lib/onnx/session";
import type { InferTensor } from "../../../kernel-lib/onnx/tensor";
import { corePredictions } from "./core-predictions";

interface Values {
  shape: number[];
  data: (number | string | null)[];
}

interface Golden {
  expects: "core" | "unreadable";
  inputs: Record<string, Values>;
  outputs: Record<string, Values>;
}

const folder = join(__dirname, "fixtures");
const golden = JSON.parse(
  readFileSync(join(__dirname, "..", "..", "parity", "golden", "explainable-models.json"), "utf8"),
) as Record<string, Golden>;

/** What a model in float32 may differ by from its sums in double precision. */
const tolerance = 2e-6;

function near(actual: number, expected: number, what: string): void {
  const limit = tolerance * Math.max(1, Math.abs(expected));
  assert.ok(Math.abs(actual - expected) <= limit, `${what}: ${actual} for ${expected}`);
}

async function outputsOf(
  model: Uint8Array,
  inputs: Record<string, Values>,
): Promise<Record<string, InferTensor>> {
  const session = await openSession(model);
  const given = session.inputs.map(({ name, datatype }) => {
    const { shape = [], data = [] } = inputs[name] ?? {};
    return { name, datatype, shape, data: data.map((value) => value ?? NaN) };
  });
  const outputs = await session.infer(given);
  await session.close();
  return Object.fromEntries(outputs.map((output) => [output.name, output]));
}

/** The rows that the core is given. */
async function features(
  read: ExplainableModel,
  inputs: Record<string, Values>,
): Promise<{ rows: Float64Array; count: number }> {
  const [first] = Object.values(inputs);
  const count = Number(first?.shape[0]);
  if (read.encoder === null)
    return {
      count,
      rows: Float64Array.from(first?.data ?? [], (x) => (x === null ? NaN : Number(x))),
    };
  const encoded = await outputsOf(read.encoder, inputs);
  assert.deepEqual(Object.keys(encoded), ["features"]);
  assert.deepEqual(encoded["features"]?.shape, [count, read.origin.length]);
  return { count, rows: Float64Array.from(encoded["features"].data, Number) };
}

test("what a model that is run and no more gives out is told, with the labels of its classes", () => {
  const told = (name: string) => {
    const { outputs, compared } = readExplainable(readFileSync(join(folder, `${name}.onnx`)));
    return { outputs, compared };
  };
  const second = { outputs: ["1"], compared: { output: "probabilities", columns: [1] } };
  assert.deepEqual(told("pca-logistic"), second);
  assert.deepEqual(told("mlp"), second);
  assert.deepEqual(told("svm"), second);
  assert.deepEqual(told("one-vs-rest-iris"), {
    outputs: ["0", "1", "2"],
    compared: { output: "probabilities", columns: [0, 1, 2] },
  });
  assert.deepEqual(told("polynomial-linear"), {
    outputs: ["variable"],
    compared: { output: "variable", columns: [0] },
  });
});

test("every fixture is in the golden file, and the other way round", () => {
  const files = readdirSync(folder).map((name) => name.replace(".onnx", ""));
  assert.deepEqual(files.sort(), Object.keys(golden).sort());
});

for (const [name, { expects, inputs, outputs }] of Object.entries(golden)) {
  const bytes = readFileSync(join(folder, `${name}.onnx`));
  if (expects === "unreadable") {
    test(`${name} is told not to be readable, and why`, () => {
      const read = readExplainable(bytes);
      assert.equal(read.core, null);
      assert.match(
        read.why ?? "",
        /; use a method for any model, such as permutation or kernel SHAP$/u,
      );
      assert.ok(read.columns.length > 0);
    });
    continue;
  }
  test(`the core of ${name} answers as onnxruntime 1.31.1 in Python and as it does here`, async () => {
    const read = readExplainable(bytes);
    assert.equal(read.why, null);
    const { rows, count } = await features(read, inputs);
    const predicted = corePredictions(read, rows, count);
    const { output, columns } = read.compared ?? assert.fail("nothing to compare with");
    const inNode = (await outputsOf(withoutZipMap(bytes), inputs))[output];
    for (const answers of [outputs[output], inNode]) {
      const width = Number(answers?.data.length) / count;
      for (let row = 0; row < count; row++)
        columns.forEach((column, o) => {
          const expected = Number(answers?.data[row * width + column]);
          near(Number(predicted[row * columns.length + o]), expected, `row ${row}, output ${o}`);
        });
    }
  });
}
