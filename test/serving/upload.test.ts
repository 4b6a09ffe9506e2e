import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { afterEach, test } from "node:test";
import { startServer } from "../../kernel-lib/serving/server";
import { writeLoadRequest, type Upload } from "../../kernel-lib/serving/upload";
import type { Project } from "../../kernel-lib/project";
import { columns, rows } from "../onnx/wages";
import { addVersion, Cleanup, get, post, until, wageTree } from "./wage-project";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

async function uploadOf(maxDepth: number, number: number): Promise<Upload> {
  const project = await cleanup.project("sender");
  await addVersion(project, maxDepth);
  const version = await project.registry.version("wage-model", 1);
  const { model, input, output, sample, note, digest } = version;
  const onnx = await project.readArtifact(digest);
  return {
    model,
    number,
    onnx,
    sha256: digest,
    input,
    output,
    sample,
    note,
    project: project.name,
  };
}

async function receiver() {
  const project = await cleanup.project("receiver");
  const server = await startServer(project, { port: 0, token: "secret" });
  cleanup.add(server, () => server.close());
  const load = (body: unknown) =>
    post(`${server.url}/v2/repository/models/wage-model/load`, body, "secret");
  return { project, url: server.url, load };
}

async function stateOf({ registry }: Project): Promise<unknown> {
  const models = await registry.models();
  return Promise.all(
    models.map(async ({ name }) => [await registry.versions(name), await registry.history(name)]),
  );
}

test("an uploaded model is registered under its number, promoted with its origin, and served", async () => {
  const { project, url, load } = await receiver();
  const upload = await uploadOf(4, 7);
  const answer = await load(writeLoadRequest(upload));
  assert.deepEqual(
    [answer.status, answer.body],
    [200, { name: "wage-model", version: "7", sha256: upload.sha256, state: "READY" }],
  );
  const version = await project.registry.version("wage-model", 7);
  assert.deepEqual(
    [version.stage, version.digest, version.note, version.sample, version.input[0]?.columns],
    ["production", upload.sha256, "depth 4", upload.sample, columns],
  );
  const [transition] = await project.registry.history("wage-model");
  assert.equal(transition?.reason, "pushed from sender");
  const infer = await post(`${url}/v2/models/wage-model/infer`, { inputs: upload.sample?.inputs });
  assert.deepEqual(infer.body["outputs"], upload.sample?.outputs);
});

test("the same upload again changes nothing; another model under the same number is a conflict", async () => {
  const { project, url, load } = await receiver();
  const upload = await uploadOf(4, 7);
  await load(writeLoadRequest(upload));
  const before = await stateOf(project);
  assert.equal((await load(writeLoadRequest(upload))).status, 200);
  const conflict = await load(writeLoadRequest(await uploadOf(2, 7)));
  assert.equal(conflict.status, 409);
  assert.match(String(conflict.body["error"]), /wage-model@7/);
  assert.deepEqual(await stateOf(project), before);
  const answer = await post(`${url}/v2/models/wage-model/infer`, { inputs: upload.sample?.inputs });
  assert.deepEqual(answer.body["outputs"], upload.sample?.outputs);
});

test("an upload that does not fit is refused, and store and server stay as they were", async () => {
  const { project, url, load } = await receiver();
  const good = await uploadOf(4, 1);
  await load(writeLoadRequest(good));
  const before = await stateOf(project);
  const junk = Buffer.from("not a model");
  const junkDigest = createHash("sha256").update(junk).digest("hex");
  const [label, probabilities] = good.sample?.outputs ?? [];
  assert.ok(label && probabilities && good.sample);
  const wrongSample = {
    inputs: good.sample.inputs,
    outputs: [{ ...label, data: label.data.map((value) => 1 - Number(value)) }, probabilities],
  };
  const request = writeLoadRequest(good);
  const cases: [object, RegExp][] = [
    [
      writeLoadRequest({ ...good, number: 2, sha256: "0".repeat(64) }),
      /^load requires a file with SHA-256 0{64}; got one with/,
    ],
    [
      writeLoadRequest({ ...good, number: 2, onnx: junk, sha256: junkDigest }),
      /^decodeModel requires the bytes of an ONNX model; got 11 bytes/,
    ],
    [
      writeLoadRequest({ ...good, number: 2, sample: wrongSample }),
      /^the golden sample requires output "label" as it was .*; got another value at position 0$/,
    ],
    [
      writeLoadRequest({ ...good, model: "other" }),
      /^load requires a config of model wage-model; got other$/,
    ],
    [writeLoadRequest({ ...good, number: 0 }), /^load: config requires version: Too small/],
    [
      writeLoadRequest({ ...good, number: 2 ** 31 }),
      /^load: config requires version: Too big: expected number to be <=2147483647$/,
    ],
    [
      writeLoadRequest({
        ...good,
        number: 2,
        input: [{ name: "x", datatype: "FP32", shape: [1] }],
      }),
      /requires the name input/,
    ],
    [
      { parameters: { ...request.parameters, "file:9/model.onnx": "" } },
      /^load requires one file named file:1\/model.onnx; got file:1\/model.onnx, file:9\/model.onnx$/,
    ],
    [
      { parameters: { config: "{" } },
      /^load requires parameters.config as JSON text; got other text$/,
    ],
    [
      { parameters: { "file:1/model.onnx": "" } },
      /^load requires parameters.config as JSON text; got undefined$/,
    ],
  ];
  for (const [body, message] of cases) {
    const answer = await load(body);
    assert.equal(answer.status, 400);
    assert.match(String(answer.body["error"]), message);
  }
  assert.deepEqual(await stateOf(project), before);
  const ready = await get(`${url}/v2/models/wage-model/ready`);
  assert.deepEqual(ready.body, { name: "wage-model", ready: true });
});

test("a golden sample with values that JSON has no numbers for comes through as it was", async () => {
  const { project, load } = await receiver();
  const sender = await cleanup.project("sender");
  const [first = [], second = []] = rows;
  const { sample, digest, ...rest } = await sender.registry.register("wage-model", wageTree(3), {
    sample: [first, [NaN, Infinity, ...second.slice(2)]],
  });
  assert.deepEqual(sample?.inputs[0]?.data.slice(7, 9), ["NaN", "Infinity"]);
  const onnx = await sender.readArtifact(digest);
  const upload = { ...rest, sample, onnx, sha256: digest, number: 2, project: "sender" };
  assert.equal((await load(writeLoadRequest(upload))).status, 200);
  assert.deepEqual((await project.registry.version("wage-model", 2)).sample, sample);
});

test("a name that cannot be in an address is refused, and nothing is kept", async () => {
  const { project, url } = await receiver();
  const upload = await uploadOf(2, 1);
  const { port } = new URL(url);
  for (const [model, path, status] of [
    [".", ".", 400],
    ["..", "..", 400],
    ["..", "%2e%2e", 400],
    ["\ud800", "%ED%A0%80", 400],
    ["\ud800", "%EF%BF%BD", 400],
  ] as const) {
    // Not with fetch, which takes dots out of an address itself.
    const request = httpRequest({
      ...{ port, method: "POST", path: `/v2/repository/models/${path}/load` },
      headers: { authorization: "Bearer secret", "content-type": "application/json" },
    });
    request.end(JSON.stringify(writeLoadRequest({ ...upload, model })));
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const answer = Buffer.concat(await response.toArray()).toString();
    assert.equal(response.statusCode, status, `${path}: ${answer}`);
    assert.match(answer, /^\{"error":"/);
  }
  assert.deepEqual(await project.registry.models(), []);
});

test("a promoted version that cannot be loaded is told of, and the one before stays", async () => {
  const problems: string[] = [];
  const project = await cleanup.project("wages");
  await addVersion(project, 2, "production");
  const next = await project.registry.register("wage-model", wageTree(5));
  const server = await startServer(project, { port: 0, onProblem: (text) => problems.push(text) });
  cleanup.add(server, () => server.close());
  const path = project.registry.modelPath(next);
  rmSync(path);
  writeFileSync(path, "damaged");
  await project.registry.promote("wage-model", next.number, "production", { reason: "test" });
  await until(() => Promise.resolve(problems.length > 0));
  const states = (await post(`${server.url}/v2/repository/index`)).body as unknown as {
    state: string;
    reason: string;
  }[];
  assert.equal(states[0]?.state, "UNAVAILABLE");
  assert.match(states[0].reason, /the file was changed$/);
  assert.equal(states[1]?.state, "READY");
  const body = { inputs: [{ name: "input", shape: [1, 7], datatype: "FP32", data: rows[0] }] };
  const answer = await post(`${server.url}/v2/models/wage-model/infer`, body);
  assert.equal(answer.body["model_version"], "1");
});
