import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { startEdge } from "../../kernel-lib/deploy/edge";
import { push } from "../../kernel-lib/deploy/push";
import { applyRule } from "../../kernel-lib/fairness/apply-rule";
import { readDecisionRule } from "../../kernel-lib/onnx/decision-rule";
import { openSession } from "../../kernel-lib/onnx/session";
import type { Project } from "../../kernel-lib/project";
import { startServer } from "../../kernel-lib/serving/server";
import { columns, rows } from "../onnx/wages";
import { fairWageTree, sex, type FairModel } from "./decision-rule";
import { addVersion, Cleanup, get, post } from "./wage-project";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

async function fairProject(model?: FairModel): Promise<Project> {
  const { onnx } = model ?? (await fairWageTree());
  const project = await cleanup.project("wages");
  const version = await project.registry.register("wage-model", onnx, {
    input: [{ columns }],
    sample: rows.slice(0, 3),
  });
  const reason = "test";
  await project.registry.promote("wage-model", version.number, "production", { reason });
  return project;
}

async function serve(project: Project): Promise<string> {
  const server = await startServer(project, { port: 0, token: "secret" });
  return cleanup.add(server, () => server.close()).url;
}

function input(some: readonly (readonly number[])[]): object {
  return {
    name: "input",
    shape: [some.length, columns.length],
    datatype: "FP32",
    data: some.flat(),
  };
}

function ids(data: readonly string[]): object {
  return { name: "request_id", shape: [data.length], datatype: "BYTES", data };
}

async function decide(url: string, body: object): Promise<unknown> {
  const answer = await post(`${url}/v2/models/wage-model/infer`, {
    ...body,
    outputs: [{ name: "decision" }],
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return (answer.body["outputs"] as { data: unknown }[])[0]?.data;
}

test("a mitigated model gives a request one answer in applyRule, a session, the server and an edge device", async () => {
  const requestId = rows.map((_, i) => `request-${i}`);
  const model = await fairWageTree();
  const { rule, yScore } = model;
  const inputs = { yScore, sensitiveFeatures: { sex }, requestId };
  const expected = [...applyRule(rule, inputs)];
  const unlike = [...applyRule({ ...rule, key: "another" }, inputs)];
  const differing = expected.filter((answer, i) => answer !== unlike[i]).length;
  assert.ok(differing > 50, `${differing} answers hang on the key`);

  const project = await fairProject(model);
  const { digest } = await project.registry.version("wage-model", 1);
  const onnx = await project.readArtifact(digest);
  assert.deepEqual(readDecisionRule(onnx), rule);
  const session = cleanup.add(await openSession(onnx), (open) => open.close());
  assert.deepEqual((await session.predict(rows, { requestId })).at(-1)?.data, expected);
  assert.deepEqual((await session.predict(rows, { requestId: "request" })).at(-1)?.data, expected);

  const device = join(cleanup.folder(), "device");
  await push(project, "wage-model@production", `edge:${device}`);
  const edge = await startEdge(device, { port: 0, token: "secret" });
  cleanup.add(edge, () => edge.close());
  for (const url of [await serve(project), edge.url]) {
    assert.deepEqual(await decide(url, { id: "request", inputs: [input(rows)] }), expected);
    assert.deepEqual(await decide(url, { inputs: [input(rows), ids(requestId)] }), expected);
    // In another order, a few at a time, one alone: a request's answer is its own.
    const turned = { inputs: [input(rows.toReversed()), ids(requestId.toReversed())] };
    assert.deepEqual(await decide(url, turned), expected.toReversed());
    for (let i = 0; i < rows.length; i += 13) {
      const row = rows[i] ?? [];
      const alone = await decide(url, { id: requestId[i], inputs: [input([row])] });
      assert.deepEqual(alone, [expected[i]]);
    }
  }
});

test("a model with randomness asks for ids and makes the numbers itself", async () => {
  const project = await fairProject();
  const url = await serve(project);
  const { body } = await get(`${url}/v2/models/wage-model`);
  assert.deepEqual(body["inputs"], [
    { name: "input", datatype: "FP32", shape: [-1, columns.length], parameters: { columns } },
  ]);
  const two = input(rows.slice(0, 2));
  const number = { name: "request_number", shape: [2, 1], datatype: "FP64", data: [0, 0] };
  for (const [request, message] of [
    [
      { inputs: [two] },
      "an id of the request, since the model's decision rule draws by it and gives each id one answer; got none",
    ],
    [
      { id: "a", inputs: [two, number] },
      "ids of requests, of which it makes request_number itself; got an input request_number",
    ],
    [{ id: "a", inputs: [two, ids(["a"])] }, "input request_id as 2 texts (BYTES); got BYTES [1]"],
  ] as const) {
    const answer = await post(`${url}/v2/models/wage-model/infer`, request);
    assert.equal(answer.status, 400);
    assert.deepEqual(answer.body, { error: `infer requires ${message}` });
  }
});

test("a golden sample keeps the ids of its rows and is repeated with them", async () => {
  const project = await fairProject();
  const { sample } = await project.registry.version("wage-model", 1);
  assert.deepEqual(
    sample?.inputs.map(({ name, data }) => [name, data.length]),
    [
      ["input", 3 * columns.length],
      ["request_id", 3],
    ],
  );
  const again = await cleanup.project("again");
  const { onnx: model } = await fairWageTree();
  await again.registry.register("wage-model", model, { sample });
  const wrong = sample.outputs.map((tensor) =>
    tensor.name === "decision"
      ? { ...tensor, data: tensor.data.map((each) => 1 - Number(each)) }
      : tensor,
  );
  const bad = { ...sample, outputs: wrong };
  await assert.rejects(again.registry.register("wage-model", model, { sample: bad }), {
    code: "sample-mismatch",
    message: /requires output "decision" as it was/,
  });
});

test("models without a rule know no ids", async () => {
  const project = await cleanup.project("wages");
  await addVersion(project, 3, "production");
  const url = await serve(project);
  const request = { id: "a", inputs: [input(rows.slice(0, 1)), ids(["a"])] };
  const answer = await post(`${url}/v2/models/wage-model/infer`, request);
  assert.equal(answer.status, 400);
  assert.deepEqual(answer.body, { error: "unknown input: request_id; expected one of input" });
});
