import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import protobuf from "protobufjs/light";
import { AssayerError } from "../../../kernel-lib/errors";
import { readExplainable } from "../../../kernel-lib/onnx/explainable/read-explainable";
import { operator, table, type AttributeValue } from "../../../kernel-lib/onnx/graph";
import {
  decodeModel,
  elementType,
  encodeModel,
  type GraphProto,
  type NodeProto,
  type TensorProto,
} from "../../../kernel-lib/onnx/schema";

function modelOf(node: NodeProto[], graph: GraphProto = {}, version = 3): Uint8Array {
  return encodeModel({
    irVersion: 8,
    opsetImport: [
      { domain: "", version: 15 },
      { domain: "ai.onnx.ml", version },
    ],
    graph: {
      name: "g",
      node,
      input: [table("x", "float", 2)],
      output: [table("y", "float", 1)],
      ...graph,
    },
  });
}

/** A split at feature 0 with a leaf on each side. */
const stump: Record<string, AttributeValue> = {
  nodes_treeids: { ints: [0, 0, 0] },
  nodes_nodeids: { ints: [0, 1, 2] },
  nodes_featureids: { ints: [0, 0, 0] },
  nodes_values: { floats: [1, 0, 0] },
  nodes_modes: { strings: ["BRANCH_LEQ", "LEAF", "LEAF"] },
  nodes_truenodeids: { ints: [1, 0, 0] },
  nodes_falsenodeids: { ints: [2, 0, 0] },
  target_treeids: { ints: [0, 0] },
  target_nodeids: { ints: [1, 2] },
  target_ids: { ints: [0, 0] },
  target_weights: { floats: [-1, 1] },
  n_targets: { int: 1 },
};

function stumpModel(changes: Record<string, AttributeValue>, graph?: GraphProto): Uint8Array {
  const node = operator("TreeEnsembleRegressor", ["x"], ["y"], { ...stump, ...changes });
  return modelOf([node], graph);
}

function refused(bytes: Uint8Array, message: string): void {
  assert.throws(
    () => readExplainable(bytes),
    (error) => {
      assert.ok(error instanceof AssayerError);
      assert.equal(error.code, "invalid-model");
      assert.equal(error.message, message);
      return true;
    },
  );
}

test("the stump that is damaged below reads as it is", () => {
  const { core, why } = readExplainable(stumpModel({}));
  assert.equal(why, null);
  assert.ok(core?.kind === "trees");
  assert.deepEqual([...core.ensemble.feature], [0, -1, -1]);
  assert.deepEqual([...core.ensemble.leafWeight], [-1, 1]);
});

test("trees that are none are refused, each with what is wrong", () => {
  const of = (changes: Record<string, AttributeValue>, message: string) => {
    refused(stumpModel(changes), `readExplainable requires ${message}`);
  };
  of(
    { nodes_truenodeids: { ints: [0, 0, 0] } },
    "trees in which one way leads to a node; got several to node 0",
  );
  of(
    { nodes_falsenodeids: { ints: [1, 0, 0] } },
    "trees in which one way leads to a node; got several to node 1",
  );
  of(
    { nodes_falsenodeids: { ints: [7, 0, 0] } },
    "nodes that are listed; got node 7 of tree 0, which is not",
  );
  of({ nodes_nodeids: { ints: [0, 1, 1] } }, "nodes that are listed once; got node 1 of tree 0");
  of(
    { nodes_treeids: { ints: [0, 1, 0] } },
    "trees whose nodes stand together; got tree 0 in parts",
  );
  of(
    {
      nodes_nodeids: { ints: [1, 0, 2] },
      nodes_modes: { strings: ["LEAF", "BRANCH_LEQ", "LEAF"] },
      nodes_truenodeids: { ints: [0, 1, 0] },
      nodes_falsenodeids: { ints: [0, 2, 0] },
    },
    "trees whose first node leads to all others; got node 1 with no way to",
  );
  of(
    { nodes_featureids: { ints: [2, 0, 0] } },
    "trees that ask about the 2 features of their input; got feature 2",
  );
  of(
    { nodes_featureids: { ints: [-1, 0, 0] } },
    "trees that ask about the 2 features of their input; got feature -1",
  );
  of({ nodes_values: { floats: [NaN, 0, 0] } }, "thresholds that are numbers; got NaN at node 0");
  of({ nodes_values: { floats: [1] } }, "a value of nodes_values for each of 3 nodes; got 1");
  of(
    { nodes_modes: { strings: ["BRANCH_UP", "LEAF", "LEAF"] } },
    "nodes of a known mode; got mode BRANCH_UP",
  );
  of(
    { target_nodeids: { ints: [1, 3] } },
    "nodes that are listed; got node 3 of tree 0, which is not",
  );
  of({ target_ids: { ints: [0, 1] } }, "weights of 1 outputs; got output 1");
  of({ target_weights: { floats: [1, Infinity] } }, "weights that are finite; got Infinity");
  of(
    { target_nodeids: { ints: [1, 1] } },
    "one weight of a leaf for an output; got two for output 0",
  );
  of({ base_values: { floats: [1, 2] } }, "a base value for each of 1 outputs; got 2");
  of(
    { aggregate_function: { string: "MEDIAN" } },
    "an aggregate function that ONNX knows; got MEDIAN",
  );
  of({ post_transform: { string: "TANH" } }, "a post transform that ONNX knows; got TANH");
  of(
    { nodes_values: { ints: [1, 0, 0] } },
    "attribute nodes_values of ai.onnx.ml.TreeEnsembleRegressor of kind 6; got kind 7",
  );
});

test("sizes that a few bytes claim are refused before anything is made of them", () => {
  const tensor = (part: TensorProto): Record<string, AttributeValue> => ({
    nodes_values: { floats: [] },
    nodes_values_as_tensor: { tensor: { dataType: elementType.float, ...part } },
  });
  const start = process.memoryUsage().rss;
  refused(
    stumpModel(tensor({ dims: [10_000_000], floatData: [1] })),
    'readExplainable requires 10000000 values in tensor "" of shape 10000000; got 1',
  );
  refused(
    stumpModel(tensor({ dims: [2 ** 31, 2 ** 31], rawData: Uint8Array.of(1, 2, 3, 4) })),
    'readExplainable requires 4611686018427388000 values in tensor "" of shape 2147483648 × 2147483648; got 1',
  );
  refused(
    stumpModel({ n_targets: { int: 10_000_000 } }),
    "readExplainable requires from 1 to 10000 outputs; got 10000000",
  );
  refused(
    stumpModel({}, { input: [table("x", "float", 10_000_000)] }),
    "readExplainable requires inputs of up to 100000 columns; got 10000000",
  );
  assert.ok(process.memoryUsage().rss - start < 100e6);
});

test("stages that make ever more values of a few bytes end in a model that is run and no more", () => {
  // Each node doubles the columns of the one before: 2⁴⁰ in the end.
  const doubling = Array.from({ length: 40 }, (_, i) => {
    const from = i === 0 ? "x" : `t${i}`;
    return operator("Concat", [from, from], [`t${i + 1}`], { axis: { int: 1 } }, "");
  });
  const last = operator("TreeEnsembleRegressor", ["t40"], ["y"], stump);
  assert.match(
    readExplainable(modelOf([...doubling, last])).why ?? "",
    /^operator Concat has a form whose columns cannot be traced; use a method for any model/u,
  );
  // Many nodes of a million values each.
  const wide = operator(
    "Concat",
    Array<string>(50_000).fill("x"),
    ["wide"],
    { axis: { int: 1 } },
    "",
  );
  const slow = Array.from({ length: 2000 }, (_, i) =>
    operator("Abs", [i === 0 ? "wide" : `a${i}`], [`a${i + 1}`], {}, ""),
  );
  const start = process.cpuUsage();
  const { why } = readExplainable(
    modelOf([wide, ...slow, operator("TreeEnsembleRegressor", ["a2000"], ["y"], stump)]),
  );
  assert.match(why ?? "", /^the stages take too many values; use/u);
  assert.ok(process.cpuUsage(start).user < 5e6);
});

test("what is no ONNX model is refused", () => {
  for (const bytes of [new Uint8Array(), Buffer.from("no model"), readFileSync(__filename)])
    assert.throws(
      () => readExplainable(bytes),
      (error) => error instanceof AssayerError && error.code === "invalid-model",
    );
});

test("graphs within graphs without end are refused", () => {
  // From the inside out: a graph in an attribute of a node of a graph, 30,000 times.
  const tags = [0x32, 0x2a, 0x0a];
  const headers: Uint8Array[] = [];
  let length = 0;
  for (let i = 0; i < 90_000; i++) {
    const header = [tags[i % 3] ?? 0];
    for (let rest = length; ; rest = Math.floor(rest / 128)) {
      header.push(rest < 128 ? rest : (rest % 128) + 128);
      if (rest < 128) break;
    }
    headers.push(Uint8Array.from(header));
    length += header.length;
  }
  const graph = new protobuf.Writer().uint32(0x3a).bytes(Buffer.concat(headers.reverse())).finish();
  const bytes = Buffer.concat([Buffer.of(0x08, 0x08), graph]);
  assert.throws(
    () => readExplainable(bytes),
    (error) =>
      error instanceof AssayerError &&
      error.code === "invalid-model" &&
      /max depth|call stack/u.test(error.message),
  );
});

test("a graph whose nodes stand before what they take is refused, and one that names a tensor twice", () => {
  const trees = operator("TreeEnsembleRegressor", ["a"], ["y"], stump);
  const abs = operator("Abs", ["x"], ["a"], {}, "");
  refused(
    modelOf([trees, abs]),
    'readExplainable requires nodes that take what is there before them; got "a"',
  );
  refused(
    modelOf([abs, abs, trees]),
    'readExplainable requires tensors with names of their own; got "a" twice',
  );
  refused(modelOf([abs]), 'readExplainable requires outputs that are made; got "y"');
});

test("what is more than trees is told, with the operator and the way round it", () => {
  const way = "; use a method for any model, such as permutation or kernel SHAP";
  const why = (bytes: Uint8Array, text: string) => {
    const read = readExplainable(bytes);
    assert.equal(read.core, null);
    assert.equal(read.why, `${text}${way}`);
    assert.deepEqual(
      read.columns.map(({ name }) => name),
      ["f0", "f1"],
    );
  };
  const trees = (from: string, to: string, changes: Record<string, AttributeValue> = {}) =>
    operator("TreeEnsembleRegressor", [from], [to], { ...stump, ...changes });
  why(
    stumpModel({ aggregate_function: { string: "MAX" } }),
    "a tree ensemble that aggregates by MAX is no sum of trees",
  );
  why(
    modelOf([operator("Normalizer", ["x"], ["n"], { norm: { string: "L2" } }), trees("n", "y")]),
    "operator Normalizer mixes columns",
  );
  why(
    modelOf([operator("Hardmax", ["x"], ["n"], {}, ""), trees("n", "y")]),
    "operator Hardmax is no stage whose columns can be traced",
  );
  why(
    modelOf([trees("x", "raw"), operator("Cos", ["raw"], ["y"], {}, "")]),
    "operator Cos behind the core is not read",
  );
  why(
    modelOf([trees("x", "a"), trees("x", "b"), operator("Add", ["a", "b"], ["y"], {}, "")]),
    "the model joins 2 cores (TreeEnsembleRegressor)",
  );
  why(
    modelOf([operator("ReduceMax", ["x"], ["y"], { axes: { ints: [1] } }, "")]),
    "the model has neither trees nor a linear core (its answers are made by ReduceMax)",
  );
});

test("a function of the file is not taken for the operator whose name it has", () => {
  const model = decodeModel(stumpModel({}));
  const bytes = encodeModel({
    ...model,
    functions: [
      { name: "TreeEnsembleRegressor", domain: "ai.onnx.ml", input: ["x"], output: ["y"] },
    ],
  });
  assert.match(readExplainable(bytes).why ?? "", /made by function TreeEnsembleRegressor/u);
});

test("a model that keeps weights in other files is refused", () => {
  const model = decodeModel(
    readFileSync(join(__dirname, "fixtures", "linear-regression-double.onnx")),
  );
  const [first, ...others] = model.graph?.initializer ?? [];
  const bytes = encodeModel({
    ...model,
    graph: {
      ...model.graph,
      initializer: [
        { ...first, externalData: [{ key: "location", value: "/etc/hosts" }] },
        ...others,
      ],
    },
  });
  refused(
    bytes,
    "openSession requires a model in one file; got one that keeps weights in other files",
  );
});

test("constants of half floats stand in a model's way, and are no damage", () => {
  const weights = { name: "w", dims: [2, 1], dataType: 10, rawData: Uint8Array.of(0, 60, 0, 64) };
  const model = modelOf([operator("MatMul", ["x", "w"], ["y"], {}, "")], {
    initializer: [weights],
  });
  assert.equal(
    readExplainable(model).why,
    "the model has neither trees nor a linear core (its answers are made by MatMul); use a method for any model, such as permutation or kernel SHAP",
  );
});

test("scores that are doubled without end behind a core are followed for a while and no longer", () => {
  const wide = operator(
    "Concat",
    Array<string>(50_000).fill("s"),
    ["wide"],
    { axis: { int: 1 } },
    "",
  );
  const slow = Array.from({ length: 2000 }, (_, i) =>
    operator("Identity", [i === 0 ? "wide" : `a${i}`], [`a${i + 1}`], {}, ""),
  );
  const trees = operator("TreeEnsembleRegressor", ["x"], ["s"], stump);
  const model = modelOf([trees, wide, ...slow], { output: [table("a2000", "float", 50_000)] });
  const start = process.cpuUsage();
  assert.match(readExplainable(model).why ?? "", /^operator Identity behind the core is not read/u);
  assert.ok(process.cpuUsage(start).user < 5e6);
});
