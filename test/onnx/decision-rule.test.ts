import assert from "node:assert/strict";
import { test } from "node:test";
import { applyRule } from "../../kernel-lib/fairness/apply-rule";
import type { DecisionRule, GroupSteps } from "../../kernel-lib/fairness/decision-rule";
import { readDecisionRule } from "../../kernel-lib/onnx/decision-rule";
import { operator, table } from "../../kernel-lib/onnx/graph";
import {
  decodeModel,
  elementType,
  encodeModel,
  type ModelProto,
} from "../../kernel-lib/onnx/schema";
import { openSession } from "../../kernel-lib/onnx/session";
import type { InferTensor } from "../../kernel-lib/onnx/tensor";
import {
  decisionRuleToOnnx,
  type DecisionRuleOptions,
} from "../../kernel-lib/onnx/write-decision-rule";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";
import { wageTree } from "../serving/wage-project";
import { columns, rows } from "./wages";

const female = columns.indexOf("female");
const south = columns.indexOf("south");

function ruleOf(parts: Partial<DecisionRule>): DecisionRule {
  return {
    kind: "decision-rule",
    format: 1,
    constraint: "equalOpportunity",
    objective: "accuracy",
    sensitiveFeatures: ["female", "south"],
    groups: [],
    otherwise: { thresholds: [0.5], levels: [0, 1] },
    key: "key",
    ...parts,
  };
}

/** A model whose scores are its inputs: `rows × 3` as they are. */
function copyModel(parts: Partial<ModelProto> = {}, type: "float" | "double" = "float") {
  return encodeModel({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 15 }],
    graph: {
      name: "copy",
      node: [operator("Identity", ["input"], ["scores"], {}, "")],
      input: [table("input", type, 3)],
      output: [table("scores", type, 3)],
    },
    ...parts,
  });
}

function features(data: number[], datatype: "FP32" | "FP64" = "FP32"): InferTensor {
  return { name: "input", datatype, shape: [data.length / 3, 3], data };
}

async function decisionsOf(model: Uint8Array, inputs: InferTensor[], requestId?: string[]) {
  const session = await openSession(model);
  const outputs = await session.infer(inputs, ["decision"], requestId ? { requestId } : {});
  await session.close();
  return outputs[0]?.data;
}

test("a rule in the graph answers as applyRule does, to the last bit, with thresholds on and beside scores", async () => {
  const model = wageTree(6);
  const session = await openSession(model);
  const scores = (await session.predict(rows))[1]?.data.filter((_, i) => i % 2 === 1) as number[];
  const random = seededRandom(3);
  const distinct = [...new Set(scores)];
  const pick = () => {
    const score = distinct[Math.floor(random() * distinct.length)] ?? 0;
    // On a score, a double beside it, a float32 beside it.
    const units = [0, -1, 1, -(2 ** 29), 2 ** 29][Math.floor(random() * 5)] ?? 0;
    return score + units * score * 2 ** -53;
  };
  const steps = (): GroupSteps => {
    const thresholds = Array.from({ length: Math.floor(random() * 4) }, pick).sort((a, b) => a - b);
    return { thresholds, levels: [...thresholds, 0].map(() => Math.min(1, 1.2 * random())) };
  };
  const requestId = rows.map((_, i) => `request ${i}`);
  let positive = 0;
  for (let round = 0; round < 8; round++) {
    const names = ["0, 0", "1, 0", "0, 1", "1, 1"].slice(0, 4 - (round % 4));
    const rule = ruleOf({
      groups: names.map((group) => ({ group, ...steps() })),
      otherwise: steps(),
      key: `key ${round}`,
    });
    const expected = applyRule(rule, {
      yScore: scores,
      sensitiveFeatures: {
        female: rows.map((row) => row[female]),
        south: rows.map((row) => row[south]),
      },
      requestId,
    });
    const decided = await openSession(
      decisionRuleToOnnx(model, rule, {
        score: { output: "probabilities", column: 1 },
        groups: { columns: [female, south] },
      }),
    );
    const outputs = await decided.predict(rows, { requestId });
    assert.deepEqual(outputs.at(-1), {
      name: "decision",
      datatype: "INT64",
      shape: [rows.length],
      data: [...expected],
    });
    assert.deepEqual(outputs.slice(0, 2), await session.predict(rows));
    for (let row = 0; row < 20; row++) {
      const [one] = await decided.infer(decided.tensorsOf([rows[row] ?? []]), ["decision"], {
        requestId: requestId[row] ?? "",
      });
      assert.deepEqual(one?.data, [expected[row]], "a row by itself");
    }
    const none = await decided.predict([], { requestId: "none" });
    assert.deepEqual(none.at(-1)?.data, []);
    positive += expected.reduce((sum, each) => sum + each, 0);
    await decided.close();
  }
  assert.ok(positive > 500 && positive < 8 * rows.length - 500, "both answers come up");
  await session.close();
});

test("groups are told by values of columns: one-hot, fractions, missing; others answer as otherwise says", async () => {
  const rule = ruleOf({
    groups: [
      { group: "a", thresholds: [0.1], levels: [0, 1] },
      { group: "b", thresholds: [0.5], levels: [0, 1] },
      { group: "(missing)", thresholds: [0.9], levels: [0, 1] },
    ],
    otherwise: { thresholds: [0.3], levels: [1, 0] },
  });
  const data = [
    [0.1, 0, 0.2], // a
    [0, 1, 0.2], // b
    [0, 1, 0.6], // b
    [NaN, NaN, 0.8],
    [NaN, NaN, 0.95],
    [NaN, 0, 0.95], // another: missing in one alone
    [0.1, 1, 0.2], // another
    [Infinity, 0, 0.31], // another
    [0.1 + 1e-10, 0, 0.05], // a as float32, another as a double
  ].flat();
  const options: DecisionRuleOptions = {
    score: { output: "scores", column: 2 },
    groups: { columns: [0, 1], values: { a: [0.1, 0], b: [0, 1], "(missing)": [NaN, NaN] } },
  };
  for (const [type, expected] of [
    ["float", [1, 0, 1, 0, 1, 0, 1, 0, 0]],
    ["double", [1, 0, 1, 0, 1, 0, 1, 0, 1]],
  ] as const) {
    const model = decisionRuleToOnnx(copyModel({}, type), rule, options);
    const datatype = type === "double" ? "FP64" : "FP32";
    assert.deepEqual(await decisionsOf(model, [features(data, datatype)]), expected);
  }
});

test("groups are told by an input of texts, new or the model's own", async () => {
  const rule = ruleOf({
    groups: [
      { group: "female, north", thresholds: [0.1], levels: [0, 1] },
      { group: "日本", thresholds: [0.5], levels: [0, 1] },
    ],
    otherwise: { thresholds: [], levels: [0] },
  });
  const data = [0.2, 0.2, 0.6, 0.9].flatMap((score) => [score, 0, 0]);
  const names = ["female, north", "日本", "日本", "female,north"];
  const score = { output: "scores", column: 0 };
  const copy = decodeModel(copyModel());
  const withTexts = {
    graph: { ...copy.graph, input: [...(copy.graph?.input ?? []), table("who", "string", 1)] },
  };
  for (const ml of [undefined, 1, 2, 3, 5]) {
    const domain = "ai.onnx.ml";
    const opsetImport = [
      { domain: "", version: 15 },
      ...(ml === undefined ? [] : [{ domain, version: ml }]),
    ];
    const model = decisionRuleToOnnx(copyModel({ opsetImport }), rule, {
      score,
      groups: { input: "group" },
    });
    const group = { name: "group", datatype: "BYTES" as const, shape: [4], data: names };
    assert.deepEqual(await decisionsOf(model, [features(data), group]), [1, 0, 1, 0]);
    const own = decisionRuleToOnnx(copyModel({ opsetImport, ...withTexts }), rule, {
      score,
      groups: { input: "who" },
    });
    const who = { name: "who", datatype: "BYTES" as const, shape: [4, 1], data: names };
    assert.deepEqual(await decisionsOf(own, [features(data), who]), [1, 0, 1, 0]);
  }
});

test("ONNX Runtime runs rules in models of every opset since 7, whose opset stays", async () => {
  const rule = ruleOf({
    groups: [
      { group: "0", thresholds: [0.25], levels: [0, 0.5] },
      { group: "1", thresholds: [], levels: [1] },
    ],
  });
  const data = [0, 0.2, 9, 0, 0.3, 9, 1, 0.1, 9, 2, 0.6, 9, 2, 0.4, 9];
  const requestId = ["a", "b", "c", "d", "e"];
  const yScore = [0.2, 0.3, 0.1, 0.6, 0.4].map(Math.fround);
  const expected = [...applyRule(rule, { yScore, groups: ["0", "0", "1", "2", "2"], requestId })];
  for (let version = 7; version <= 24; version++) {
    const opsetImport = [{ version }];
    const model = decisionRuleToOnnx(
      copyModel({ opsetImport, irVersion: version < 9 ? 3 : 8 }),
      rule,
      { score: { output: "scores", column: 1 }, groups: { columns: [0] } },
    );
    assert.deepEqual(decodeModel(model).opsetImport, [{ version }]);
    assert.deepEqual(await decisionsOf(model, [features(data)], requestId), expected);
  }
});

test("a rule without groups is a threshold for all, and needs neither groups nor ids", async () => {
  const rule = ruleOf({ sensitiveFeatures: [], otherwise: { thresholds: [0.5], levels: [0, 1] } });
  const copy = decodeModel(copyModel());
  const single = copyModel({
    graph: {
      ...copy.graph,
      node: [operator("ReduceMax", ["input"], ["scores"], { axes: { ints: [1] } }, "")],
      output: [table("scores", "float", 1)],
    },
  });
  const model = decisionRuleToOnnx(single, rule, { score: { output: "scores" } });
  assert.deepEqual(await decisionsOf(model, [features([0.5, 0, 0, 0, 0.6, 0])]), [0, 1]);
});

test("the file carries the rule with its key, and keeps all that was in it", () => {
  const rule = ruleOf({ groups: [{ group: "1, 0", thresholds: [0.1], levels: [0, 1 / 3] }] });
  const metadataProps = [{ key: "author", value: "日本" }];
  const before = copyModel({ metadataProps, producerName: "someone" });
  const model = decisionRuleToOnnx(before, rule, {
    score: { output: "scores", column: 0 },
    groups: { columns: [0, 1] },
  });
  assert.deepEqual(readDecisionRule(model), rule);
  assert.equal(readDecisionRule(before), null);
  const [old, now] = [decodeModel(before), decodeModel(model)];
  assert.deepEqual(now.metadataProps?.[0], metadataProps[0]);
  assert.equal(now.producerName, "someone");
  assert.deepEqual(now.graph?.node?.slice(0, 1), old.graph?.node);
  assert.deepEqual(now.graph?.input?.slice(0, 1), old.graph?.input);
  assert.deepEqual(now.graph?.output?.slice(0, 1), old.graph?.output);
});

test("a rule in a file that cannot be read is refused", async () => {
  const bad = (value: string) =>
    copyModel({ metadataProps: [{ key: "assayer.decision_rule", value }] });
  for (const [value, message] of [
    ["{", /^readDecisionRule requires an ONNX model with a rule that can be read; got: .*JSON/],
    [
      "null",
      /; got: readDecisionRule requires a decision rule with kind decision-rule and format 1; got another$/,
    ],
  ] as const) {
    assert.throws(() => readDecisionRule(bad(value)), { code: "invalid-model", message });
    await assert.rejects(openSession(bad(value)), { code: "invalid-model", message });
  }
  const random = ruleOf({ otherwise: { thresholds: [], levels: [0.5] } });
  await assert.rejects(openSession(bad(JSON.stringify(random))), {
    code: "invalid-model",
    message:
      "openSession requires an input request_number for a decision rule with randomness, and for no other; got a model that differs from its rule",
  });
});

test("decisionRuleToOnnx says what does not fit", () => {
  const rule = ruleOf({ groups: [{ group: "female", thresholds: [0.1], levels: [0, 1] }] });
  const good: DecisionRuleOptions = {
    score: { output: "scores", column: 0 },
    groups: { columns: [1], values: { female: [1] } },
  };
  const done = decisionRuleToOnnx(copyModel(), rule, good);
  const copy = decodeModel(copyModel());
  const taken = copyModel({
    graph: { ...copy.graph, output: [table("scores", "float", 3), table("decision", "float", 1)] },
  });
  const texts = copyModel({ graph: { ...copy.graph, output: [table("scores", "string", 3)] } });
  const [old, early] = [6, 8].map((version) => copyModel({ opsetImport: [{ version }] })) as [
    Uint8Array,
    Uint8Array,
  ];
  const model = copyModel();
  type Case = [Uint8Array, Partial<DecisionRuleOptions>, string, "invalid-model"?];
  const cases: Case[] = [
    [done, {}, "a model without a decision rule; got one that has one", "invalid-model"],
    [taken, {}, "a model without tensors of its own names; got decision", "invalid-model"],
    [old, {}, "a model of opset 7 or later; got opset 6", "invalid-model"],
    [
      early,
      { groups: { columns: [1], values: { female: [NaN] } } },
      "a model of opset 9 or later for a group of missing values; got opset 8",
    ],
    [
      texts,
      {},
      "an output of scores that is a tensor of numbers; got scores, which is another kind",
    ],
    [
      model,
      { score: { output: "scores" } },
      "score.column for output scores, which is a table; got none",
    ],
    [model, { score: { output: "scores", column: 3 } }, "a column of output scores; got 3"],
    [model, { groups: { columns: [3] } }, "columns of input input; got 3"],
    [
      model,
      { groups: { columns: [1] } },
      "groups.values with 1 numbers for group female; got none",
    ],
    [model, { groups: { input: "scores" } }, "a new name for the input of the groups; got scores"],
    [
      model,
      { groups: { input: "input" } },
      "an input of texts for the groups; got input, which holds others",
    ],
  ];
  for (const [each, options, message, code = "invalid-argument"] of cases)
    assert.throws(() => decisionRuleToOnnx(each, rule, { ...good, ...options }), {
      code,
      message: `decisionRuleToOnnx requires ${message}`,
    });
  assert.throws(() => decisionRuleToOnnx(model, rule, { score: good.score }), {
    code: "invalid-argument",
    message: "decisionRuleToOnnx requires groups for a rule that has some; got none",
  });
  for (const [options, message] of [
    [{ score: { output: "x" } }, "unknown output: x; expected one of scores"],
    [
      { groups: { columns: [0], values: { female: [1], male: [0] } } },
      "unknown group: male; expected one of female",
    ],
  ] as const)
    assert.throws(() => decisionRuleToOnnx(model, rule, { ...good, ...options }), {
      code: "invalid-argument",
      message,
    });
});

test("rows have a number and a group each, whatever else the model takes", async () => {
  const random = ruleOf({ otherwise: { thresholds: [], levels: [0.5] } });
  const shifted = encodeModel({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 15 }],
    graph: {
      name: "shifted",
      node: [operator("Add", ["input", "shift"], ["scores"], {}, "")],
      // The first input has one row, however many are asked about.
      input: [
        {
          name: "shift",
          type: {
            tensorType: {
              elemType: elementType.float,
              shape: { dim: [{ dimValue: 1 }, { dimValue: 1 }] },
            },
          },
        },
        table("input", "float", 1),
      ],
      output: [table("scores", "float", 1)],
    },
  });
  const yScore = Array<number>(40).fill(0.5);
  assert.deepEqual(
    await decisionsOf(
      decisionRuleToOnnx(shifted, random, { score: { output: "scores" } }),
      [
        { name: "shift", datatype: "FP32", shape: [1, 1], data: [0] },
        { name: "input", datatype: "FP32", shape: [40, 1], data: yScore },
      ],
      yScore.map((_, i) => `${i}`),
    ),
    [...applyRule(random, { yScore, requestId: yScore.map((_, i) => `${i}`) })],
  );

  const byName = ruleOf({ groups: [{ group: "a", thresholds: [0.9], levels: [0, 1] }] });
  const score = { output: "scores", column: 1 };
  const model = decisionRuleToOnnx(copyModel(), byName, { score, groups: { input: "group" } });
  const names = (data: string[]): InferTensor => ({
    name: "group",
    datatype: "BYTES",
    shape: [data.length],
    data,
  });
  const three = features([0, 0.5, 0, 0, 0.6, 0, 0, 0.7, 0]);
  for (const [input, group] of [
    [three, names(["a"])],
    [features([0, 0.5, 0]), names(["a", "a", "b"])],
  ] as const)
    await assert.rejects(decisionsOf(model, [input, group]), {
      code: "invalid-input",
      message: /Non concat axis dimensions must match/u,
    });
  await assert.rejects(decisionsOf(model, [three, names(["a", "b", "a\0b"])]), {
    code: "invalid-input",
    message:
      'infer requires text without NUL characters as BYTES data of input "group"; got a string at position 2',
  });
});

test("groups that the graph could not tell apart are refused", () => {
  const named = (...groups: string[]) =>
    ruleOf({ groups: groups.map((group) => ({ group, thresholds: [0.5], levels: [0, 1] })) });
  const options = { score: { output: "scores", column: 1 }, groups: { columns: [0] } };
  assert.throws(() => decisionRuleToOnnx(copyModel(), named("0.1", "0.10000000001"), options), {
    code: "invalid-argument",
    message:
      "decisionRuleToOnnx requires values that differ from group to group in the input's datatype; got the same of two",
  });
  decisionRuleToOnnx(copyModel({}, "double"), named("0.1", "0.10000000001"), options);
  assert.throws(
    () =>
      decisionRuleToOnnx(copyModel(), named("constructor"), {
        ...options,
        groups: { columns: [0], values: {} },
      }),
    {
      code: "invalid-argument",
      message:
        "decisionRuleToOnnx requires groups.values with 1 numbers for group constructor; got none",
    },
  );
});

test("a session takes ids of requests in each form, and says when one is missing", async () => {
  const rule = ruleOf({ otherwise: { thresholds: [], levels: [0.5] } });
  const session = await openSession(
    decisionRuleToOnnx(copyModel(), rule, { score: { output: "scores", column: 0 } }),
  );
  assert.deepEqual(
    session.inputs.map(({ name }) => name),
    ["input"],
  );
  const input = features([0, 0, 0, 1, 1, 1]);
  const ids = (data: (string | number)[], shape = [data.length]): InferTensor => ({
    name: "request_id",
    datatype: "BYTES",
    shape,
    data,
  });
  const answer = async (
    ...[inputs, options]: [InferTensor[], { requestId?: string | string[] }?]
  ) => (await session.infer(inputs, ["decision"], options))[0]?.data;
  const yScore = [0, 1];
  for (const name of ["a", "b", "c", "d", "e", "f"]) {
    const two = [`${name}-0`, `${name}-1`];
    const expected = [...applyRule(rule, { yScore, requestId: two })];
    assert.deepEqual(await answer([input], { requestId: name }), expected);
    assert.deepEqual(await answer([input], { requestId: two }), expected);
    assert.deepEqual(await answer([input, ids(two)]), expected);
    assert.deepEqual(await answer([input, ids(two, [2, 1])], { requestId: "other" }), expected);
    const [one] = applyRule(rule, { yScore: [0], requestId: [name] });
    assert.deepEqual(await answer([features([0, 0, 0])], { requestId: name }), [one]);
  }
  const number = { name: "request_number", datatype: "FP64" as const, shape: [2, 1], data: [0, 0] };
  const none =
    "an id of the request, since the model's decision rule draws by it and gives each id one answer; got none";
  const cases: [InferTensor[], { requestId?: string | string[] }, string][] = [
    [[input], {}, none],
    [[input], { requestId: "" }, none],
    [[input], { requestId: ["a"] }, "2 ids of requests; got 1"],
    [[input], { requestId: ["a", ""] }, "ids that are texts; got none for row 1"],
    [[input, ids(["a"])], {}, "input request_id as 2 texts (BYTES); got BYTES [1]"],
    [[input, ids(["a", "b"]), ids(["a", "b"])], {}, "request_id once; got it twice"],
    [[input, ids(["a", 1])], {}, "ids that are texts; got none for row 1"],
    [
      [input, number],
      { requestId: "a" },
      "ids of requests, of which it makes request_number itself; got an input request_number",
    ],
  ];
  for (const [inputs, options, message] of cases)
    await assert.rejects(session.infer(inputs, undefined, options), {
      code: "invalid-input",
      message: `infer requires ${message}`,
    });
  await session.close();
});
