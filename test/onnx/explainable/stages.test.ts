import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ExplainableModel } from "../../../kernel-lib/explain/explainable-model";
import { readExplainable } from "../../../kernel-lib/onnx/explainable/read-explainable";
import { operator, table, type AttributeValue } from "../../../kernel-lib/onnx/graph";
import {
  elementType,
  encodeModel,
  type NodeProto,
  type TensorProto,
} from "../../../kernel-lib/onnx/schema";
import { openSession } from "../../../kernel-lib/onnx/session";
import type { InferTensor } from "../../../kernel-lib/onnx/tensor";

/** Columns of a model's inputs as the tensors that they are given in. */
async function encode(
  encoder: Uint8Array,
  columns: readonly (readonly (number | string)[])[],
): Promise<number[][]> {
  const session = await openSession(encoder);
  const rows = columns[0]?.length ?? 0;
  let start = 0;
  const tensors = session.inputs.map(({ name, datatype, shape }): InferTensor => {
    const width = shape.length === 1 ? 1 : Number(shape[1]);
    const own = columns.slice(start, start + width);
    start += width;
    const data = Array.from({ length: rows }, (_, row) => own.map((column) => column[row] ?? 0));
    return {
      name,
      datatype,
      shape: shape.length === 1 ? [rows] : [rows, width],
      data: data.flat(),
    };
  });
  const [features] = await session.infer(tensors);
  await session.close();
  const width = Number(features?.shape[1]);
  return Array.from({ length: rows }, (_, row) =>
    (features?.data.slice(row * width, (row + 1) * width) ?? []).map(Number),
  );
}

/**
 * Holds `origin` against ONNX Runtime: where values of one column alone change, only features of that column may.
 *
 * @returns how many features changed for some column
 */
async function requireOrigins(
  { encoder, origin, columns: named }: ExplainableModel,
  columns: readonly (readonly (number | string)[])[],
  others: readonly (readonly (number | string)[])[],
): Promise<number> {
  assert.ok(encoder && columns.length === named.length);
  const before = await encode(encoder, columns);
  assert.equal(before[0]?.length, origin.length);
  const changed = new Set<number>();
  for (const [column] of columns.entries()) {
    const after = await encode(
      encoder,
      columns.map((values, i) => (i === column ? (others[i] ?? values) : values)),
    );
    before.forEach((features, row) => {
      features.forEach((feature, i) => {
        if (Object.is(feature, after[row]?.[i])) return;
        assert.equal(origin[i], column, `feature ${i} is not of column ${column} alone`);
        changed.add(i);
      });
    });
  }
  return changed.size;
}

const columns = [
  [1, 2, 3, 4, -0.5],
  [0.5, 1.5, -2, 0.25, 3],
  [10, 20, 30, 5, 7],
  [0, 1, 0, 1, 2],
];
const others = [
  [2, 7, 1, 0.5, 9],
  [3.5, -1, 2.5, 4, 0.125],
  [11, 2, 3, 50, 70],
  [2, 0, 1, 2, 1],
];

const ints = (...values: number[]): TensorProto => ({
  dims: [values.length],
  dataType: elementType.int64,
  int64Data: values,
});
const floats = (values: number[], dims = [values.length]): TensorProto => ({
  dims,
  dataType: elementType.float,
  floatData: values,
});

type Attributes = Record<string, AttributeValue>;
type Step = [name: string, inputs: string[], attributes?: Attributes, domain?: "ai.onnx.ml"];

/** From `x` (rows × 4) by `steps`, each of which makes the next `t1`, `t2`, …, to a linear core. */
function staged(
  steps: readonly Step[],
  constants: Record<string, TensorProto>,
  width: number,
): Uint8Array {
  const nodes: NodeProto[] = steps.map(([name, inputs, attributes, domain], i) =>
    operator(name, inputs, [`t${i + 1}`], attributes, domain ?? ""),
  );
  const core = operator("LinearRegressor", [`t${steps.length}`], ["y"], {
    coefficients: { floats: Array.from({ length: width }, (_, i) => i + 1) },
    intercepts: { floats: [0.5] },
  });
  return encodeModel({
    irVersion: 8,
    opsetImport: [
      { domain: "", version: 15 },
      { domain: "ai.onnx.ml", version: 2 },
    ],
    graph: {
      name: "staged",
      node: [...nodes, core],
      initializer: Object.entries(constants).map(([name, tensor]) => ({ ...tensor, name })),
      input: [table("x", "float", 4)],
      output: [table("y", "float", 1)],
    },
  });
}

const cases: Record<string, [Step[], Record<string, TensorProto>, origin: number[]]> = {
  "numbers of their own": [
    [
      [
        "Scaler",
        ["x"],
        { offset: { floats: [1, 2, 3, 4] }, scale: { floats: [1, 2, 3, 4] } },
        "ai.onnx.ml",
      ],
      [
        "Imputer",
        ["t1"],
        { imputed_value_floats: { floats: [1, 2, 3, 4] }, replaced_value_float: { float: NaN } },
        "ai.onnx.ml",
      ],
      ["Binarizer", ["t2"], { threshold: { float: 3 } }, "ai.onnx.ml"],
    ],
    {},
    [0, 1, 2, 3],
  ],
  "sums and products with constants": [
    [
      ["Sub", ["x", "row"]],
      ["Div", ["t1", "one"]],
      ["Mul", ["row", "t2"]],
      ["Add", ["t3", "column"]],
      ["Clip", ["t4", "low", ""]],
      ["Pow", ["t5", "one"]],
      ["Sqrt", ["t6"]],
    ],
    {
      row: floats([1, 2, 3, 4], [1, 4]),
      one: floats([2], []),
      column: floats([1]),
      low: floats([0], []),
    },
    [0, 1, 2, 3],
  ],
  "columns picked, turned and put together": [
    [
      ["Gather", ["x", "places"], { axis: { int: 1 } }],
      ["ArrayFeatureExtractor", ["x", "one"], {}, "ai.onnx.ml"],
      ["Slice", ["x", "start", "end", "axis", "step"]],
      ["Concat", ["t1", "t2", "t3"], { axis: { int: -1 } }],
    ],
    {
      places: ints(3, -4),
      one: ints(1),
      start: ints(-3),
      end: ints(1000),
      axis: ints(1),
      step: ints(2),
    },
    [3, 0, 1, 1, 3],
  ],
  "shapes that come and go": [
    [
      ["Unsqueeze", ["x", "two"]],
      ["Transpose", ["t1"], { perm: { ints: [0, 2, 1] } }],
      ["Squeeze", ["t2", "one"]],
      ["Reshape", ["t3", "square"]],
      ["Transpose", ["t4"], { perm: { ints: [0, 2, 1] } }],
      ["Flatten", ["t5"]],
    ],
    { two: ints(2), one: ints(1), square: ints(-1, 2, 2) },
    [0, 2, 1, 3],
  ],
  "one-hot codes": [
    [
      ["Gather", ["x", "last"], { axis: { int: 1 } }],
      ["Cast", ["t1"], { to: { int: elementType.int64 } }],
      ["OneHotEncoder", ["t2"], { cats_int64s: { ints: [0, 1, 2] } }, "ai.onnx.ml"],
      ["Reshape", ["t3", "flat"]],
      ["FeatureVectorizer", ["t4", "x"], { inputdimensions: { ints: [3, 4] } }, "ai.onnx.ml"],
    ],
    { last: ints(3), flat: ints(-1, 3) },
    [3, 3, 3, 0, 1, 2, 3],
  ],
  "one-hot codes of ONNX itself, of a vector": [
    [
      ["Gather", ["x", "last"], { axis: { int: 1 } }],
      ["Reshape", ["t1", "vector"]],
      ["Cast", ["t2"], { to: { int: elementType.int64 } }],
      ["OneHot", ["t3", "depth", "values"]],
      ["Concat", ["x", "t4"], { axis: { int: 1 } }],
    ],
    { last: ints(3), vector: ints(-1), depth: ints(3), values: floats([0, 1]) },
    [0, 1, 2, 3, 3, 3, 3],
  ],
  "labels and conditions": [
    [
      ["Cast", ["x"], { to: { int: elementType.int64 } }],
      [
        "LabelEncoder",
        ["t1"],
        {
          keys_int64s: { ints: [1, 2, 3] },
          values_floats: { floats: [5, 6, 7] },
          default_float: { float: -1 },
        },
        "ai.onnx.ml",
      ],
      ["Greater", ["x", "limit"]],
      ["Where", ["t3", "t2", "x"]],
    ],
    { limit: floats([1]) },
    [0, 1, 2, 3],
  ],
  "the highest of columns of one origin": [
    [
      ["Gather", ["x", "same"], { axis: { int: 1 } }],
      ["Mul", ["t1", "weights"]],
      ["ReduceMax", ["t2"], { axes: { ints: [1] } }],
      ["MatMul", ["x", "diagonal"]],
      ["Concat", ["t3", "t4"], { axis: { int: 1 } }],
    ],
    {
      same: ints(2, 2),
      weights: floats([1, -1]),
      diagonal: floats([0, 2, 3, 0, 0, 0, 0, 0], [4, 2]),
    },
    [2, 1, 0],
  ],
};

for (const [name, [steps, constants, origin]] of Object.entries(cases))
  test(`${name} in front of a core are traced to their columns, and ONNX Runtime agrees`, async () => {
    const bytes = staged(steps, constants, origin.length);
    const read = readExplainable(bytes);
    assert.equal(read.why, null);
    assert.deepEqual([...read.origin], origin);
    assert.ok((await requireOrigins(read, columns, others)) >= origin.length - 1);
    const session = await openSession(bytes);
    const rows = columns[0]?.map((_, row) => columns.map((column) => column[row] ?? 0)) ?? [];
    const answers = (await session.predict(rows))[0]?.data.map(Number) ?? [];
    await session.close();
    const features = await encode(read.encoder ?? assert.fail(), columns);
    features.forEach((feature, row) => {
      const sum = feature.reduce((all, value, i) => all + (i + 1) * value, 0.5);
      assert.ok(Math.abs(sum - Number(answers[row])) <= 1e-5 * Math.max(1, Math.abs(sum)));
    });
  });

test("columns that come together by a product, a sum or a reduction are no features of one column", () => {
  const apart: Record<string, [Step[], Record<string, TensorProto>]> = {
    MatMul: [[["MatMul", ["x", "matrix"]]], { matrix: floats([1, 0, 0, 0, 1, 0, 0, 0], [4, 2]) }],
    ReduceSum: [[["ReduceSum", ["x", "axis"]]], { axis: ints(1) }],
    Mul: [
      [
        ["Gather", ["x", "one"], { axis: { int: 1 } }],
        ["Mul", ["x", "t1"]],
      ],
      { one: ints(1) },
    ],
    ArgMax: [[["ArgMax", ["x"], { axis: { int: 1 } }]], {}],
  };
  for (const [name, [steps, constants]] of Object.entries(apart))
    assert.equal(
      readExplainable(staged(steps, constants, 1)).why,
      `operator ${name} mixes columns; use a method for any model, such as permutation or kernel SHAP`,
    );
});

test("stages that mix rows or lay them along columns are not traced", () => {
  for (const [name, steps, constants] of [
    ["Transpose", [["Transpose", ["x"], { perm: { ints: [1, 0] } }]], {}],
    ["Reshape", [["Reshape", ["x", "shape"]]], { shape: ints(4, -1) }],
    ["Concat", [["Concat", ["x", "x"], { axis: { int: 0 } }]], {}],
    ["Gather", [["Gather", ["x", "first"], { axis: { int: 0 } }]], { first: ints(0) }],
    [
      "Add",
      [
        ["Reshape", ["x", "vector"]],
        ["Add", ["x", "t1"]],
      ],
      { vector: ints(-1) },
    ],
  ] as [string, Step[], Record<string, TensorProto>][])
    assert.match(
      readExplainable(staged(steps, constants, 4)).why ?? "",
      new RegExp(
        `^operator ${name === "Add" ? "Reshape" : name} has a form whose columns cannot be traced`,
        "u",
      ),
    );
});

test("the encoders of all fixtures make each feature of the column that is told", async () => {
  const folder = join(__dirname, "fixtures");
  let encoders = 0;
  for (const file of readdirSync(folder)) {
    const read = readExplainable(readFileSync(join(folder, file)));
    if (!read.encoder) continue;
    encoders += 1;
    const cities = ["Basel", "Bern", "Chur", "Thun"];
    const plans = ["free", "team", "whole", "none"];
    const texts = (i: number) => (i === 2 ? cities : plans);
    const isWhole = file.startsWith("one-hot-integers");
    const value = (i: number, row: number, by: number) =>
      isWhole ? (row + by + i) % 5 : ((row * 37 + i * 11 + by * 5) % 23) / 2;
    const make = (by: number) =>
      read.columns.map(({ kind }, i) =>
        Array.from({ length: 12 }, (_, row) =>
          kind === "text" ? (texts(i)[(row + by) % 3] ?? "") : value(i, row, by),
        ),
      );
    const changed = await requireOrigins(read, make(0), make(1));
    assert.ok(changed >= read.columns.length - 1, `${file}: ${changed}`);
  }
  assert.ok(encoders >= 8, `${encoders}`);
});
