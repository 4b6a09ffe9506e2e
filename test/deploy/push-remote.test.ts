import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, test } from "node:test";
import { push } from "../../kernel-lib/deploy/push";
import { parseTarget } from "../../kernel-lib/deploy/target";
import type { Project } from "../../kernel-lib/project";
import { startServer } from "../../kernel-lib/serving/server";
import { addVersion, Cleanup, get } from "../serving/wage-project";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

async function sender(): Promise<Project> {
  const project = await cleanup.project("sender");
  await addVersion(project, 2);
  await addVersion(project, 5, "production");
  return project;
}

async function receiver() {
  const project = await cleanup.project("receiver");
  const server = await startServer(project, { port: 0, token: "secret" });
  return { project, server: cleanup.add(server, () => server.close()) };
}

/** A server that answers as it is told, whatever it is asked. */
async function pretender(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanup.add(server, () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a push registers, promotes, checks the golden sample, and is recorded", async () => {
  const [project, { project: there, server }] = [await sender(), await receiver()];
  const steps: string[] = [];
  const deployment = await push(project, "wage-model@production", `${server.url}/`, {
    token: "secret",
    onProgress: (message) => steps.push(message),
  });
  assert.equal(deployment.status, "succeeded");
  assert.equal(deployment.target, server.url);
  assert.deepEqual(await project.registry.deployments("wage-model"), [deployment]);
  assert.equal(steps.length, 3);
  const version = await there.registry.version("wage-model", 2);
  assert.deepEqual([version.stage, version.createdBy !== ""], ["production", true]);
  assert.equal((await get(`${server.url}/v2/models/wage-model`)).status, 200);
  const again = await push(project, "wage-model@2", server.url, { token: "secret" });
  assert.equal(again.status, "succeeded");
});

test("pushing an older version puts it back into production there", async () => {
  const [project, { project: there, server }] = [await sender(), await receiver()];
  await push(project, "wage-model@2", server.url, { token: "secret" });
  await push(project, "wage-model@1", server.url, { token: "secret" });
  await push(project, "wage-model@2", server.url, { token: "secret" });
  assert.equal((await there.registry.resolve("wage-model@production")).number, 2);
});

test("every way a push can fail is told in its own words, and recorded as failed", async () => {
  const project = await sender();
  const { project: there, server } = await receiver();
  await addVersion(there, 1, "production");
  await addVersion(there, 1);
  const page = await pretender((_, response) => response.end("<html>hello</html>"));
  const broken = await pretender((_, response) => response.writeHead(500).end("oops"));
  const silent = await pretender((request) => request.socket.destroy());
  const other = await pretender((_, response) =>
    response.end('{"name":"triton","version":"2","extensions":[]}'),
  );
  const liar = await pretender((request, response) => {
    const model = { name: "liar", version: "1", extensions: ["model_repository"] };
    const wrong = { model_name: "wage-model", model_version: "2", outputs: [] };
    request
      .resume()
      .on("end", () => response.end(JSON.stringify(request.url === "/v2" ? model : wrong)));
  });
  const moved = await pretender((_, response) =>
    response.writeHead(302, { location: server.url }).end(),
  );
  const cases: [string, string | undefined, string, RegExp][] = [
    [
      "http://127.0.0.1:9",
      "secret",
      "unreachable",
      /^push requires a running server at http:\/\/127.0.0.1:9; got /,
    ],
    [silent, "secret", "unreachable", /^push requires a running server/],
    [moved, "secret", "unreachable", /redirect/],
    [page, "secret", "deployment-failed", /got an answer of another form$/],
    [broken, "secret", "deployment-failed", /got status 500: no reason$/],
    [other, "secret", "deployment-failed", /got triton, which takes no models$/],
    [
      liar,
      "secret",
      "sample-mismatch",
      /^the golden sample requires output "label" .*; got no such output$/,
    ],
    [
      server.url,
      undefined,
      "unauthorized",
      /^push requires the token of the server at .*; got none$/,
    ],
    [server.url, "wrong", "unauthorized", /got one it refuses$/],
    [server.url, "secret", "version-conflict", /wage-model@2/],
  ];
  for (const [target, token, code, message] of cases) {
    const options = token === undefined ? {} : { token };
    await assert.rejects(push(project, "wage-model@production", target, options), {
      code,
      message,
    });
    const [newest] = await project.registry.deployments();
    assert.deepEqual([newest?.status, newest?.target], ["failed", target]);
    assert.match(newest?.detail ?? "", message);
  }
  assert.equal((await project.registry.deployments()).length, cases.length);
  assert.equal((await there.registry.resolve("wage-model@production")).number, 1);
});

test("a push can be stopped while it waits", async () => {
  const project = await sender();
  const stalled = await pretender(() => undefined);
  await assert.rejects(push(project, "wage-model", stalled, { signal: AbortSignal.timeout(50) }), {
    code: "aborted",
    message: "push requires time to finish; got a signal to stop",
  });
});

test("parseTarget reads both kinds and refuses the rest before anything is done", async () => {
  assert.deepEqual(parseTarget("http://127.0.0.1:8602/"), {
    kind: "remote",
    address: "http://127.0.0.1:8602",
  });
  assert.deepEqual(parseTarget("edge:/tmp/device"), { kind: "edge", address: "/tmp/device" });
  for (const [target, message] of [
    ["device", "unknown target: device; expected one of http://host:port, edge:folder"],
    ["edge:", "push requires a folder after edge:; got none"],
    [
      "http://user:pass@host",
      /^push requires an address like http:\/\/host:port, the token apart; got one/,
    ],
    ["http://", /^push requires an address like/],
  ] as const) {
    assert.throws(() => parseTarget(target), { code: "invalid-argument", message });
  }
  const project = await sender();
  await assert.rejects(push(project, "nope@production", "edge:/tmp/x"), { code: "unknown-model" });
  await assert.rejects(push(project, "wage-model@staging", "edge:/tmp/x"), {
    code: "unknown-stage",
  });
  assert.deepEqual(await project.registry.deployments(), []);
});

test("a model of a name that cannot be in an address is not pushed", async () => {
  const project = await sender();
  const version = await project.registry.resolve("wage-model");
  for (const model of [".", "..", "half \ud83d"]) {
    // Stores of earlier versions can hold such names; the registry takes them no more.
    project.registry.resolve = () => Promise.resolve({ ...version, model });
    for (const target of ["http://127.0.0.1:9", "edge:/tmp/x"]) {
      await assert.rejects(push(project, model, target), {
        code: "invalid-argument",
        message: `push requires a model with a name that can be in an address; got ${JSON.stringify(model)}: register it under another`,
      });
    }
  }
  assert.deepEqual(await project.registry.deployments(), []);
});
