import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { afterEach, test } from "node:test";
import { startServer, type ServerOptions } from "../../kernel-lib/serving/server";
import type { Project } from "../../kernel-lib/project";
import { columns, rows } from "../onnx/wages";
import { addVersion, Cleanup, get, post, until, wageTree } from "./wage-project";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

async function serve(project: Project, options: ServerOptions = {}) {
  const server = await startServer(project, { port: 0, token: "secret", ...options });
  return cleanup.add(server, () => server.close());
}

function inputs(data: unknown = rows[0], shape = [1, columns.length]): object {
  return { inputs: [{ name: "input", shape, datatype: "FP32", data }] };
}

test("the server answers the protocol's health and metadata routes", async () => {
  const project = await cleanup.project("wages");
  await addVersion(project, 3);
  await addVersion(project, 4, "production");
  const { url } = await serve(project);
  assert.deepEqual((await get(`${url}/v2/health/live`)).body, { live: true });
  assert.deepEqual((await get(`${url}/v2/health/ready`)).body, { ready: true });
  const server = await get(`${url}/v2`);
  assert.equal(server.body["name"], "assayer");
  assert.deepEqual(server.body["extensions"], ["model_repository"]);
  for (const path of ["", "/versions/2"]) {
    assert.deepEqual((await get(`${url}/v2/models/wage-model${path}`)).body, {
      name: "wage-model",
      versions: ["2", "1"],
      platform: "onnx_onnxv1",
      inputs: [{ name: "input", datatype: "FP32", shape: [-1, 7], parameters: { columns } }],
      outputs: [
        { name: "label", datatype: "INT64", shape: [-1] },
        { name: "probabilities", datatype: "FP32", shape: [-1, 2] },
      ],
    });
    assert.deepEqual((await get(`${url}/v2/models/wage-model${path}/ready`)).body, {
      name: "wage-model",
      ready: true,
    });
  }
  assert.deepEqual((await post(`${url}/v2/repository/index`)).body, [
    { name: "wage-model", version: "2", state: "READY", reason: "" },
    {
      name: "wage-model",
      version: "1",
      state: "UNAVAILABLE",
      reason: "loaded when a request names it",
    },
  ]);
  assert.equal((await post(`${url}/v2/repository/index`, { ready: true })).body["length"], 1);
});

test("infer takes flat and nested data, echoes the id, picks outputs and versions", async () => {
  const project = await cleanup.project("wages");
  await addVersion(project, 1);
  await addVersion(project, 6, "production");
  const { url } = await serve(project);
  const infer = `${url}/v2/models/wage-model/infer`;
  const two = [...(rows[0] ?? []), ...(rows[1] ?? [])];
  const flat = await post(infer, { id: "42", ...inputs(two, [2, 7]) });
  assert.equal(flat.status, 200);
  assert.equal(flat.body["id"], "42");
  assert.equal(flat.body["model_version"], "2");
  const nested = await post(infer, {
    ...inputs(rows.slice(0, 2), [2, 7]),
    outputs: [{ name: "probabilities" }],
  });
  const [, probabilities] = flat.body["outputs"] as object[];
  assert.deepEqual(nested.body, {
    model_name: "wage-model",
    model_version: "2",
    outputs: [probabilities],
  });
  const older = await post(`${url}/v2/models/wage-model/versions/1/infer`, inputs());
  assert.equal(older.body["model_version"], "1");
});

test("bad requests are answered with a status and what was required", async () => {
  const project = await cleanup.project("wages");
  await addVersion(project, 2, "production");
  await project.registry.register("idle", wageTree(1));
  const { url } = await serve(project);
  const infer = `${url}/v2/models/wage-model/infer`;
  const tensor = { name: "input", shape: [1, 7], datatype: "FP32", data: rows[0] };
  const cases: [number, string, string, unknown][] = [
    [400, infer, "unknown input: x; expected one of input", { inputs: [{ ...tensor, name: "x" }] }],
    [
      400,
      infer,
      'infer requires datatype FP32 for input "input"; got INT64',
      { inputs: [{ ...tensor, datatype: "INT64" }] },
    ],
    [
      400,
      infer,
      'infer requires inputs.0.datatype: Invalid option: expected one of "BOOL"|"UINT8"|"UINT16"|"UINT32"|"UINT64"|"INT8"|"INT16"|"INT32"|"INT64"|"FP16"|"FP32"|"FP64"|"BYTES"',
      { inputs: [{ ...tensor, datatype: "FLOAT" }] },
    ],
    [
      400,
      infer,
      'infer requires shape [-1, 7] for input "input"; got [7]',
      { inputs: [{ ...tensor, shape: [7] }] },
    ],
    [
      400,
      infer,
      'infer requires 14 values for shape [2, 7] of input "input"; got 7',
      { inputs: [{ ...tensor, shape: [2, 7] }] },
    ],
    [
      400,
      infer,
      'infer requires data of input "input" that is flat or nested as its shape [2, 7]; got data nested otherwise',
      { inputs: [{ ...tensor, shape: [2, 7], data: [rows[0], [1]] }] },
    ],
    [
      400,
      infer,
      'infer requires numbers as FP32 data of input "input"; got null at position 0',
      { inputs: [{ ...tensor, data: [null, 1, 2, 3, 4, 5, 6] }] },
    ],
    [
      400,
      infer,
      "infer requires inputs.0.data: expected an array of values",
      { inputs: [{ ...tensor, data: 3 }] },
    ],
    [
      400,
      infer,
      "infer requires inputs.0.shape.0: Too small: expected number to be >=0",
      { inputs: [{ ...tensor, shape: [-1, 7] }] },
    ],
    [
      400,
      infer,
      "unknown output: y; expected one of label, probabilities",
      { ...inputs(), outputs: [{ name: "y" }] },
    ],
    [400, infer, "infer requires inputs: expected array, received undefined", {}],
    [400, infer, "infer requires a JSON object: expected object, received array", []],
    [
      404,
      `${url}/v2/models/nope/infer`,
      "unknown model: nope; expected one of idle, wage-model",
      inputs(),
    ],
    [
      404,
      `${url}/v2/models/wage-model/versions/9/infer`,
      "unknown version: wage-model@9; expected one of 1",
      inputs(),
    ],
    [
      404,
      `${url}/v2/models/wage-model/versions/x/infer`,
      "unknown version: wage-model@x; expected a whole number",
      inputs(),
    ],
    [
      404,
      `${url}/v2/models/idle/infer`,
      "model idle requires a version in production; got none: promote one of 1",
      inputs(),
    ],
    [404, `${url}/v3`, "unknown route: POST /v3", {}],
  ];
  for (const [status, address, error, body] of cases) {
    const answer = await post(address, body);
    assert.deepEqual([answer.status, answer.body], [status, { error }]);
  }
  const broken = await post(infer, '{"inputs": [');
  assert.equal(broken.status, 400);
  assert.match(
    String(broken.body["error"]),
    /^the request requires a body of JSON; got other text/,
  );
  const form = await fetch(infer, { method: "POST", body: new URLSearchParams({ a: "1" }) });
  assert.equal(form.status, 415);
});

test("a body without a content type is read as JSON, as Triton's clients send it; binary tensors are refused", async () => {
  const project = await cleanup.project("wages");
  await addVersion(project, 2, "production");
  const { url } = await serve(project);
  const send = async (headers: Record<string, string>): Promise<[number | undefined, string]> => {
    const request = httpRequest(`${url}/v2/models/wage-model/infer`, { method: "POST", headers });
    request.end(JSON.stringify(inputs()));
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return [response.statusCode, Buffer.concat(await response.toArray()).toString()];
  };
  assert.equal((await send({}))[0], 200);
  assert.deepEqual(
    await send({
      "content-type": "application/octet-stream",
      "inference-header-content-length": "90",
    }),
    [400, '{"error":"infer requires tensors as JSON; got binary tensor data"}'],
  );
});

test("numbers that JSON has no form for travel as text", async () => {
  const project = await cleanup.project("wages");
  await addVersion(project, 2, "production");
  const { url } = await serve(project);
  const data = ["NaN", "Infinity", "-Infinity", 1, 2, 3, 4];
  const answer = await post(`${url}/v2/models/wage-model/infer`, inputs(data));
  assert.equal(answer.status, 200);
});

test("a body above the limit is refused with 413, loading and inferring each by its own limit", async () => {
  const project = await cleanup.project("wages");
  await addVersion(project, 2, "production");
  const { url } = await serve(project, { bodyLimit: 1000, uploadLimit: 2000 });
  const large = { text: "x".repeat(1500) };
  const infer = await post(`${url}/v2/models/wage-model/infer`, large);
  assert.deepEqual(
    [infer.status, infer.body],
    [413, { error: "the request requires a body of at most 1000 bytes; got more" }],
  );
  const load = `${url}/v2/repository/models/wage-model/load`;
  assert.equal((await post(load, large, "secret")).status, 200);
  assert.equal((await post(load, { text: "x".repeat(2500) }, "secret")).status, 413);
});

test("requests above the concurrency limit get 503 and when to come back, and places come free again", async () => {
  const project = await cleanup.project("wages");
  await addVersion(project, 2, "production");
  const { url } = await serve(project, { concurrency: 1 });
  const infer = `${url}/v2/models/wage-model/infer`;
  const slow = httpRequest(infer, {
    method: "POST",
    headers: { "content-type": "application/json" },
  });
  slow.on("error", () => undefined);
  slow.write("{");
  await until(async () => (await post(infer, inputs())).status === 503);
  const refused = await post(infer, inputs());
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.deepEqual(refused.body, {
    error: "the server requires at most 1 requests at a time; got more",
  });
  assert.equal((await get(`${url}/v2/health/live`)).status, 200);
  slow.destroy();
  await until(async () => (await post(infer, inputs())).status === 200);
});

test("whatever changes something needs the token, and unload and load do what they say", async () => {
  const project = await cleanup.project("wages");
  await addVersion(project, 2, "production");
  const { url } = await serve(project);
  for (const [route, token, came] of [
    ["load", undefined, "none"],
    ["unload", undefined, "none"],
    ["unload", "wrong", "another"],
  ] as const) {
    const answer = await post(`${url}/v2/repository/models/wage-model/${route}`, undefined, token);
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get("www-authenticate"), 'Bearer realm="assayer"');
    assert.deepEqual(answer.body, {
      error: `the request requires the server's token as Authorization: Bearer; got ${came}`,
    });
  }
  const infer = `${url}/v2/models/wage-model/infer`;
  await post(`${url}/v2/repository/models/wage-model/unload`, undefined, "secret");
  assert.equal((await get(`${url}/v2/models/wage-model/ready`)).status, 503);
  assert.deepEqual((await post(infer, inputs())).body, {
    error: "model wage-model requires loading first; got an unloaded one",
  });
  const load = await post(`${url}/v2/repository/models/wage-model/load`, undefined, "secret");
  assert.deepEqual([load.body["version"], load.body["state"]], ["1", "READY"]);
  assert.equal((await post(infer, inputs())).status, 200);
  assert.equal(
    (await post(`${url}/v2/repository/models/nope/load`, undefined, "secret")).status,
    404,
  );
});

test("a server that others can reach needs the token for inferring too", async () => {
  const project = await cleanup.project("wages");
  await addVersion(project, 2, "production");
  const { port } = await serve(project, { host: "0.0.0.0" });
  const url = `http://127.0.0.1:${port}`;
  assert.equal((await post(`${url}/v2/models/wage-model/infer`, inputs())).status, 401);
  assert.equal((await get(`${url}/v2/models/wage-model`)).status, 401);
  assert.equal((await get(`${url}/v2/health/ready`)).status, 200);
  assert.equal((await post(`${url}/v2/models/wage-model/infer`, inputs(), "secret")).status, 200);
});

test("a token is made when none is given, and a taken port is told", async () => {
  const project = await cleanup.project("wages");
  const server = await startServer(project, { port: 0 });
  cleanup.add(server, () => server.close());
  assert.match(server.token, /^[\w-]{32}$/);
  await assert.rejects(startServer(project, { port: server.port }), {
    code: "port-in-use",
    message: `startServer requires a free port; got ${server.port}, which another program listens on`,
  });
});

test("closing lets requests under way finish", async () => {
  const project = await cleanup.project("wages");
  await addVersion(project, 6, "production");
  const server = await startServer(project, { port: 0, concurrency: 1 });
  const infer = `${server.url}/v2/models/wage-model/infer`;
  const body = JSON.stringify(inputs());
  const slow = httpRequest(infer, {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
  });
  slow.write(body.slice(0, 10));
  await until(async () => (await post(infer, inputs())).status === 503);
  const closed = server.close();
  slow.end(body.slice(10));
  const [response] = (await once(slow, "response")) as [IncomingMessage];
  assert.equal(response.statusCode, 200);
  response.resume();
  await closed;
  await assert.rejects(fetch(`${server.url}/v2`));
});

test("closing gives up on requests that do not come to their end", async () => {
  const project = await cleanup.project("wages");
  await addVersion(project, 2, "production");
  const server = await startServer(project, { port: 0, concurrency: 1 });
  const infer = `${server.url}/v2/models/wage-model/infer`;
  const slow = httpRequest(infer, {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": 100 },
  });
  const failed = once(slow, "error");
  slow.write("{");
  await until(async () => (await post(infer, inputs())).status === 503);
  const begin = performance.now();
  await server.close();
  assert.ok(performance.now() - begin < 5000);
  await failed;
});
