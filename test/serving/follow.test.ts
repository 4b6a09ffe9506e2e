import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { startServer } from "../../kernel-lib/serving/server";
import { openProject, type Project } from "../../kernel-lib/project";
import { columns, rows } from "../onnx/wages";
import { addVersion, Cleanup, post, until, wageTree } from "./wage-project";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

async function serve(project: Project) {
  return cleanup.add(await startServer(project, { port: 0 }), (server) => server.close());
}

function inputs(): object {
  const shape = [1, columns.length];
  return { inputs: [{ name: "input", shape, datatype: "FP32", data: rows[0] }] };
}

test("a promotion by another process is served without a restart and without a failed request", async () => {
  const project = await cleanup.project("wages");
  await addVersion(project, 1, "production");
  await addVersion(project, 5);
  const { url } = await serve(project);
  const seen = new Set<unknown>();
  let going = true;
  const client = async (): Promise<void> => {
    while (going) {
      const answer = await post(`${url}/v2/models/wage-model/infer`, inputs());
      assert.equal(answer.status, 200);
      seen.add(answer.body["model_version"]);
    }
  };
  const clients = [client(), client(), client()];
  const other = fork(join(__dirname, "promote.ts"), [project.root, "2"], {
    execArgv: ["--import", "tsx"],
  });
  const [code] = (await once(other, "exit")) as [number];
  assert.equal(code, 0);
  await until(() => Promise.resolve(seen.has("2")));
  going = false;
  await Promise.all(clients);
  assert.deepEqual([...seen], ["1", "2"]);
});

test("a run being logged costs a server a look at the registry now and then, and no model is read again", async () => {
  const project = await cleanup.project("wages");
  for (const model of ["a", "b", "c"]) await project.registry.register(model, wageTree(1));
  await addVersion(project, 1, "production");
  await addVersion(project, 5);
  const { registry } = project;
  const [models, versions] = [registry.models.bind(registry), registry.versions.bind(registry)];
  let asked: string[] = [];
  registry.models = () => {
    asked.push("models");
    return models();
  };
  registry.versions = (model) => {
    asked.push(model);
    return versions(model);
  };
  const { url } = await serve(project);
  // The server's own first look takes journals in, which it may hear as a change.
  assert.deepEqual(asked.slice(0, 5), ["models", "a", "b", "c", "wage-model"]);
  assert.ok(asked.slice(5).every((name) => name === "models"));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  asked = [];
  const writer = cleanup.add(await openProject(project.root), (opened) => opened.close());
  const run = writer.startRun({ experiment: "wages" });
  const began = performance.now();
  for (let step = 0; step < 20; step++) {
    run.logMetric("loss", 1 / (step + 1), { step });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const most = (performance.now() - began) / 500 + 2;
  assert.ok(asked.length >= 1 && asked.length <= most, asked.join());
  assert.deepEqual([...new Set(asked)], ["models"]);
  await writer.registry.promote("wage-model", 2, "production", { reason: "test" });
  await until(async () => {
    const answer = await post(`${url}/v2/models/wage-model/infer`, inputs());
    return answer.body["model_version"] === "2";
  }, 3000);
  assert.deepEqual(
    asked.filter((name) => name !== "models"),
    ["wage-model"],
  );
});
