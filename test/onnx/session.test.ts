import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { AssayerError } from "../../kernel-lib/errors";
import {
  decodeModel,
  encodeModel,
  type AttributeProto,
  type TensorProto,
} from "../../kernel-lib/onnx/schema";
import { openSession } from "../../kernel-lib/onnx/session";
import type { Datatype, InferTensor } from "../../kernel-lib/onnx/tensor";
import { buildTree } from "../../kernel-lib/onnx/tree";
import { linearClassifier, linearRegressor } from "../../kernel-lib/onnx/write-linear";
import { treeEnsembleClassifier } from "../../kernel-lib/onnx/write-trees";

const regressor = linearRegressor([1, 2]);

function input(change: Partial<InferTensor> = {}): InferTensor[] {
  return [{ name: "input", datatype: "FP32", shape: [1, 2], data: [1, 2], ...change }];
}

/** A model that returns its input, of any element type. */
function identity(elemType: number): Uint8Array {
  const value = (name: string) => ({
    name,
    type: { tensorType: { elemType, shape: { dim: [{ dimParam: "n" }] } } },
  });
  return encodeModel({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 15 }],
    graph: {
      name: "identity",
      node: [{ opType: "Identity", input: ["in"], output: ["out"] }],
      input: [value("in")],
      output: [value("out")],
    },
  });
}

test("a session reads a file, tells its inputs and outputs, and runs only what is wanted", async () => {
  const folder = await mkdtemp(join(tmpdir(), "assayer-session-"));
  const path = join(folder, "model.onnx");
  await writeFile(path, linearClassifier([[1], [-1]]));
  const session = await openSession(path);
  assert.deepEqual(session.outputs, [
    { name: "label", datatype: "INT64", shape: [-1] },
    { name: "probabilities", datatype: "FP32", shape: [-1, 2] },
  ]);
  const only = await session.infer(input({ shape: [1, 1], data: [1] }), ["label"]);
  assert.deepEqual(only, [{ name: "label", datatype: "INT64", shape: [1], data: [0] }]);
  await session.close();
  await rm(folder, { recursive: true });
});

test("every datatype goes through ONNX Runtime unchanged", async () => {
  const cases: [Datatype, number, (number | boolean | string)[]][] = [
    ["FP32", 1, [0.5, -1, NaN, Infinity]],
    ["UINT8", 2, [0, 255]],
    ["INT8", 3, [-128, 127]],
    ["UINT16", 4, [0, 65535]],
    ["INT16", 5, [-32768, 32767]],
    ["INT32", 6, [-(2 ** 31), 2 ** 31 - 1]],
    ["INT64", 7, [-5, Number.MAX_SAFE_INTEGER, "-9223372036854775808"]],
    ["BYTES", 8, ["", "größe"]],
    ["BOOL", 9, [true, false]],
    ["FP16", 10, [0.5, -65504, Infinity]],
    ["FP64", 11, [0.1, -1e300]],
    ["UINT32", 12, [0, 2 ** 32 - 1]],
    ["UINT64", 13, [0, "18446744073709551615"]],
  ];
  for (const [datatype, elemType, data] of cases) {
    const session = await openSession(identity(elemType));
    const [out] = await session.infer([{ name: "in", datatype, shape: [data.length], data }]);
    assert.deepEqual(out, { name: "out", datatype, shape: [data.length], data });
    await session.close();
  }
});

test("run gives typed arrays to ONNX Runtime and hands out its own", async () => {
  const session = await openSession(identity(10));
  const halves = Uint16Array.of(0x3800, 0xfbff);
  const tensor = { name: "in", datatype: "FP16" as const, shape: [2], data: halves };
  const [out] = await session.run([tensor]);
  assert.equal(out?.name, "out");
  assert.deepEqual(Array.from(out.data as Uint16Array), [0x3800, 0xfbff]);
  await assert.rejects(session.run([{ ...tensor, data: Float32Array.of(1, 2) }]), {
    code: "invalid-input",
    message: 'run requires FP16 data of input "in" in a Uint16Array; got a Float32Array',
  });
  await assert.rejects(session.run([{ ...tensor, shape: [3] }]), {
    code: "invalid-input",
    message: 'run requires 3 values for shape [3] of input "in"; got 2',
  });
  await session.close();
  await assert.rejects(session.run([tensor]), {
    code: "closed",
    message: "run requires an open session; got a closed one",
  });
});

test("run takes texts and 64-bit integers as they are", async () => {
  const texts = await openSession(identity(8));
  const tensor = { name: "in", datatype: "BYTES" as const, shape: [2], data: ["", "größe"] };
  assert.deepEqual((await texts.run([tensor]))[0]?.data, ["", "größe"]);
  await assert.rejects(texts.run([{ ...tensor, data: ["a\0b", ""] }]), {
    code: "invalid-input",
    message:
      'infer requires text without NUL characters as BYTES data of input "in"; got a string at position 0',
  });
  await texts.close();
  const integers = await openSession(identity(7));
  const data = BigInt64Array.of(-(2n ** 63n), 5n);
  const [out] = await integers.run([{ name: "in", datatype: "INT64", shape: [2], data }]);
  assert.deepEqual(out?.data, data);
  await integers.close();
});

test("predictMatrix answers as predict does, of a classifier with its probabilities", async () => {
  const session = await openSession(
    linearClassifier([
      [1, 2],
      [-1, 0.5],
    ]),
  );
  const rows = [
    [0.25, 1],
    [3, -2],
    [NaN, 0],
  ];
  const [, probabilities] = await session.predict(rows);
  for (const ArrayType of [Float64Array, Float32Array]) {
    const answers = await session.predictMatrix(ArrayType.from(rows.flat()), 3);
    assert.deepEqual(Array.from(answers), probabilities?.data);
  }
  const numbers = await openSession(regressor);
  assert.deepEqual(
    Array.from(await numbers.predictMatrix(Float64Array.of(1, 2, 3, 4), 2)),
    [5, 11],
  );
  await numbers.close();
  const refused = async (work: Promise<unknown>, message: string) => {
    await assert.rejects(work, { code: "invalid-input", message });
  };
  await refused(
    session.predictMatrix(Float64Array.of(1, 2, 3), 2),
    "predictMatrix requires count rows of 2 numbers, 1 row or more; got 3 numbers for a count of 2",
  );
  await refused(
    session.predictMatrix(Float64Array.of(1e39, 2), 1),
    "predictMatrix requires numbers within ±3.4028234663852886e+38 for an FP32 input; got a larger one at position 0",
  );
  await refused(
    session.predictMatrix(Float64Array.of(1, 2), 1, { output: "label" }),
    "unknown output: label; expected one of probabilities",
  );
  await session.close();
  const vector = await openSession(identity(1));
  await refused(
    vector.predictMatrix(Float64Array.of(1, 2), 1),
    'predictMatrix requires a model with one input of rows and columns; got "in" [-1]',
  );
  await vector.close();
});

test("infer says what was required and what came", async () => {
  const session = await openSession(regressor);
  const cases: [InferTensor[], string][] = [
    [[], "infer requires inputs input; got none named input"],
    [input({ name: "x" }), "unknown input: x; expected one of input"],
    [[...input(), ...input()], 'infer requires each input once; got "input" twice'],
    [input({ datatype: "FP64" }), 'infer requires datatype FP32 for input "input"; got FP64'],
    [input({ shape: [1, 3] }), 'infer requires shape [-1, 2] for input "input"; got [1, 3]'],
    [input({ shape: [2] }), 'infer requires shape [-1, 2] for input "input"; got [2]'],
    [input({ data: [1] }), 'infer requires 2 values for shape [1, 2] of input "input"; got 1'],
    [input({ shape: [-1, 2] }), 'infer requires dimensions ≥ 0 for input "input"; got [-1, 2]'],
    [
      input({ data: [1, true] }),
      'infer requires numbers as FP32 data of input "input"; got a boolean at position 1',
    ],
    [
      input({ data: ["1", 2] }),
      'infer requires numbers as FP32 data of input "input"; got a string at position 0',
    ],
    [
      input({ data: [1e39, 2] }),
      'infer requires numbers within ±3.4028234663852886e+38 as FP32 data of input "input"; got a whole number at position 0',
    ],
  ];
  for (const [inputs, message] of cases) {
    await assert.rejects(session.infer(inputs), { code: "invalid-input", message });
  }
  await assert.rejects(session.infer(input(), ["nope"]), {
    code: "invalid-input",
    message: "unknown output: nope; expected one of prediction",
  });
  await assert.rejects(session.predict([[1, 2], [1]]), {
    code: "invalid-input",
    message: "tensorsOf requires rows of 2 numbers; got 1 in row 1",
  });
  await session.close();
});

test("closing waits for runs under way, and a closed session refuses", async () => {
  const session = await openSession(regressor);
  const running = Array.from({ length: 20 }, () => session.infer(input()));
  await session.close();
  for (const outputs of await Promise.all(running)) assert.deepEqual(outputs[0]?.data, [5]);
  await assert.rejects(session.infer(input()), { code: "closed" });
});

test("openSession refuses what is no model, with a text that says so", async () => {
  await assert.rejects(openSession(Buffer.from("<html>not a model</html>")), {
    code: "invalid-model",
    message:
      /^decodeModel requires the bytes of an ONNX model; got 24 bytes that no ONNX reader understands/,
  });
  await assert.rejects(openSession(new Uint8Array()), { code: "invalid-model" });
  await assert.rejects(openSession("/nowhere/model.onnx"), {
    code: "invalid-model",
    message: /^openSession requires a readable file; got \/nowhere\/model.onnx/,
  });
});

/** A tensor of the bytes of a file beside the program, or of the bytes given. */
function bytesTensor(rawData?: Uint8Array): TensorProto {
  const tensor = { name: "w", dims: [1], dataType: 2 };
  if (rawData !== undefined) return { ...tensor, dataLocation: 0, rawData };
  const externalData = [{ key: "location", value: "package.json" }];
  return { ...tensor, dataLocation: 1, externalData };
}

/** A model that answers with a tensor which is the default of a function's attribute. */
function withFunction(tensor: TensorProto): Uint8Array {
  const vector = { elemType: 2, shape: { dim: [{ dimValue: 1 }] } };
  return encodeModel({
    irVersion: 9,
    opsetImport: [
      { domain: "", version: 15 },
      { domain: "own", version: 1 },
    ],
    functions: [
      {
        name: "Read",
        domain: "own",
        output: ["out"],
        opsetImport: [{ domain: "", version: 15 }],
        attributeProto: [{ name: "content", type: 4, t: tensor }],
        node: [
          {
            opType: "Constant",
            output: ["out"],
            attribute: [{ name: "value", type: 4, refAttrName: "content" }],
          },
        ],
      },
    ],
    graph: {
      name: "graph",
      node: [{ opType: "Read", domain: "own", output: ["out"] }],
      output: [{ name: "out", type: { tensorType: vector } }],
    },
  });
}

test("openSession refuses a model that reads its weights from other files, wherever it says so", async () => {
  const tensor = bytesTensor();
  const { graph, ...rest } = decodeModel(regressor);
  const attributed = (attribute: AttributeProto) => ({
    ...rest,
    graph: { ...graph, node: [{ opType: "Constant", attribute: [{ name: "a", ...attribute }] }] },
  });
  const cases: Record<string, Uint8Array> = {
    initializer: encodeModel({ ...rest, graph: { ...graph, initializer: [tensor] } }),
    "sparse initializer": encodeModel({
      ...rest,
      graph: { ...graph, sparseInitializer: [{ values: tensor }] },
    }),
    attribute: encodeModel(attributed({ t: tensor })),
    "attribute of several": encodeModel(attributed({ tensors: [tensor] })),
    "sparse attribute": encodeModel(attributed({ sparseTensors: [{ indices: tensor }] })),
    "nested graph": encodeModel(attributed({ g: { initializer: [tensor] } })),
    "function's default": withFunction(tensor),
    "training graph": encodeModel({
      ...decodeModel(regressor),
      trainingInfo: [{ initialization: { initializer: [tensor] } }],
    }),
    "location without data": encodeModel({
      ...rest,
      graph: { ...graph, initializer: [{ name: "w", dataLocation: 1 }] },
    }),
  };
  for (const [place, bytes] of Object.entries(cases)) {
    const message =
      "openSession requires a model in one file; got one that keeps weights in other files";
    await assert.rejects(openSession(bytes), { code: "invalid-model", message }, place);
  }
  const session = await openSession(withFunction(bytesTensor(Uint8Array.of(7))));
  assert.deepEqual((await session.infer([]))[0]?.data, [7]);
  await session.close();
});

test("openSession refuses fields that ONNX does not define, since tensors could be in them", async () => {
  // Field 31 of the model with no bytes in it, and the same as a group.
  for (const field of [
    [0xfa, 0x01, 0x00],
    [0xfb, 0x01, 0xfc, 0x01],
  ]) {
    await assert.rejects(openSession(Buffer.concat([regressor, Buffer.from(field)])), {
      code: "invalid-model",
      message: "openSession requires fields that ONNX defines; got field 31 in ModelProto",
    });
  }
});

test("a model that was cut or had a bit flipped is refused or runs; it never brings the process down", async () => {
  const tree = treeEnsembleClassifier([
    buildTree({
      feature: 0,
      threshold: 0.5,
      left: { values: [1, 0] },
      right: { feature: 1, threshold: 2, left: { values: [0, 1] }, right: { values: [0.5, 0.5] } },
    }),
  ]);
  let refused = 0;
  const attempt = async (bytes: Uint8Array): Promise<void> => {
    try {
      const session = await openSession(bytes);
      const width = session.inputs[0]?.shape[1] ?? 0;
      if (width < 1000) await session.predict([Array<number>(Math.max(width, 0)).fill(1)]);
      await session.close();
    } catch (error) {
      assert.ok(error instanceof AssayerError);
      assert.ok(["invalid-model", "invalid-input"].includes(error.code));
      refused += 1;
    }
  };
  for (let length = 0; length < tree.length; length += 7) await attempt(tree.slice(0, length));
  for (let bit = 0; bit < tree.length * 8; bit += 13) {
    const flipped = Uint8Array.from(tree);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    await attempt(flipped);
  }
  assert.ok(refused > 100);
});

test("a written model reads back as the same messages and writes the same bytes", () => {
  const model = decodeModel(regressor);
  assert.equal(model.graph?.node?.[0]?.opType, "LinearRegressor");
  assert.deepEqual(encodeModel(model), regressor);
});

test("predictMatrix keeps rows of calls at a time apart, and of one after the other", async () => {
  const session = await openSession(regressor);
  const rows = (from: number, count: number) =>
    Float64Array.from({ length: 2 * count }, (_, i) => from + i);
  const answers = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => from + 2 * i + 2 * (from + 2 * i + 1));
  const sizes = [3, 200, 7, 100, 1, 200];
  const together = await Promise.all(
    sizes.map((count, i) => session.predictMatrix(rows(i, count), count)),
  );
  sizes.forEach((count, i) => {
    assert.deepEqual(Array.from(together[i] ?? []), answers(i, count));
  });
  for (const [i, count] of sizes.entries())
    assert.deepEqual(
      Array.from(await session.predictMatrix(rows(i, count), count)),
      answers(i, count),
    );
  await session.close();
});
