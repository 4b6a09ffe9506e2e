import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { Explanation } from "../../kernel-lib/explain/explanation";
import { openExplainer } from "../../kernel-lib/explainers/open-explainer";
import { linearRegressor } from "../../kernel-lib/onnx/write-linear";
import { readExplainable } from "../../kernel-lib/onnx/explainable/read-explainable";
import type { Project } from "../../kernel-lib/project";
import { startServer } from "../../kernel-lib/serving/server";
import type { ServedExplanation } from "../../kernel-lib/serving/version-explainers";
import type { TableData } from "../../kernel-lib/store/tables/table-data";
import { fixtureModel, fixtureRows, slice } from "../explainers/fixtures";
import { columns, rows } from "../onnx/wages";
import { Cleanup, post, until, wageTree } from "./wage-project";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

function tableOf(some: readonly (readonly number[])[]): TableData {
  return Object.fromEntries(columns.map((name, c) => [name, some.map((row) => row[c] ?? 0)]));
}

async function register(
  project: Project,
  model: Uint8Array,
  background?: TableData,
): Promise<number> {
  const { number } = await project.registry.register("wage-model", model, {
    input: [{ columns }],
    ...(background && { background }),
  });
  await project.registry.promote("wage-model", number, "production", { reason: "test" });
  return number;
}

async function serve(project: Project): Promise<string> {
  const server = await startServer(project, { port: 0, token: "secret" });
  return cleanup.add(server, () => server.close()).url;
}

function request(some: readonly (readonly unknown[])[], explain: unknown): object {
  const shape = [some.length, columns.length];
  return {
    inputs: [{ name: "input", shape, datatype: "FP32", data: some.flat() }],
    parameters: { explain, client: "a test" },
  };
}

async function explained(url: string, body: object): Promise<ServedExplanation> {
  const answer = await post(`${url}/v2/models/wage-model/infer`, body);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return (answer.body["parameters"] as { explanation: ServedExplanation }).explanation;
}

/** The same but for the order in which trees are added up. */
function near(found: number[][][] | undefined, { shapValues }: Explanation): void {
  const values = found?.flat(2) ?? [];
  assert.equal(values.length, shapValues.length);
  values.forEach((value, i) => {
    assert.ok(Math.abs(value - Number(shapValues[i])) < 1e-12);
  });
}

async function refused(url: string, body: object, message: RegExp): Promise<void> {
  const answer = await post(`${url}/v2/models/wage-model/infer`, body);
  assert.equal(answer.status, 400, JSON.stringify(answer.body));
  assert.match(String(answer.body["error"]), message);
}

test("an answer is explained as openExplainer explains it, against the version's background", async () => {
  const project = await cleanup.project("wages");
  const tree = wageTree(4);
  const background = tableOf(rows.slice(100, 150));
  await register(project, tree, background);
  const url = await serve(project);
  const own = await openExplainer(tree, { columns, background });
  const expected = await own.explain(rows.slice(0, 2));
  await own.close();
  const found = await explained(url, request(rows.slice(0, 2), true));
  assert.deepEqual(
    [found.method, found.output, found.columns, found.outputs],
    ["tree-interventional", "raw", columns, expected.outputs],
  );
  assert.deepEqual(found.base_value, [...expected.baseValue]);
  assert.deepEqual(found.prediction.flat(), [...expected.predictions]);
  near(found.shap_values, expected);
  const plain = await post(`${url}/v2/models/wage-model/infer`, request(rows.slice(0, 2), false));
  assert.equal("parameters" in plain.body, false);
  const all = await post(`${url}/v2/models/wage-model/infer`, request(rows.slice(0, 2), true));
  assert.deepEqual(all.body["outputs"], plain.body["outputs"], "the answer is the same");
});

test("of the columns that add most alone, the others are told as their sum", async () => {
  const project = await cleanup.project("wages");
  await register(project, wageTree(4), tableOf(rows.slice(100, 150)));
  const url = await serve(project);
  const whole = await explained(url, request(rows.slice(0, 1), {}));
  const { top, shap_values: none } = await explained(url, request(rows.slice(0, 1), { top: 2 }));
  assert.equal(none, undefined);
  const values = whole.shap_values?.[0]?.[0] ?? [];
  const ranked = [...values].sort((a, b) => Math.abs(b) - Math.abs(a));
  const [told] = top?.[0] ?? [];
  assert.deepEqual(
    told?.columns.map(({ shap_value }) => shap_value),
    ranked.slice(0, 2),
  );
  const sum = values.reduce((a, b) => a + b, 0);
  assert.ok(told);
  const parts = told.columns.reduce((a, { shap_value: b }) => a + b, told.others);
  assert.ok(Math.abs(sum - parts) < 1e-12);
});

test("a promotion explains the new version, and requests under way finish", async () => {
  const project = await cleanup.project("wages");
  const background = tableOf(rows.slice(100, 120));
  await register(project, wageTree(2), background);
  const url = await serve(project);
  const first = await explained(url, request(rows.slice(0, 1), true));
  const pending = Promise.all(
    Array.from({ length: 20 }, () => explained(url, request(rows.slice(0, 20), true))),
  );
  const number = await register(
    project,
    linearRegressor([columns.map(() => 1)], { intercept: [0] }),
    background,
  );
  await until(async () => {
    const { body } = await post(
      `${url}/v2/models/wage-model/infer`,
      request(rows.slice(0, 1), false),
    );
    return body["model_version"] === String(number);
  });
  assert.equal((await pending).length, 20);
  const second = await explained(url, request(rows.slice(0, 1), true));
  assert.deepEqual([first.method, second.method], ["tree-interventional", "linear"]);
  const old = await post(
    `${url}/v2/models/wage-model/versions/1/infer`,
    request(rows.slice(0, 1), true),
  );
  assert.deepEqual((old.body["parameters"] as { explanation: object }).explanation, first);
});

test("versions that cannot be explained exactly answer 400 with the reason, and still predict", async () => {
  const project = await cleanup.project("wages");
  const ask = request(rows.slice(0, 1), true);
  const url = await serve(project);
  const promoted = async (model: Uint8Array, background?: TableData) => {
    const number = await register(project, model, background);
    await until(async () => {
      const { body } = await post(
        `${url}/v2/models/wage-model/infer`,
        request(rows.slice(0, 1), false),
      );
      return body["model_version"] === String(number);
    });
  };
  await promoted(wageTree(3));
  await refused(url, ask, /^openExplainer requires a background, since the trees hold no covers/u);
  await promoted(linearRegressor([columns.map(() => 1)], { intercept: [0] }));
  await refused(url, ask, /^openExplainer requires a background for a linear model/u);
  await promoted(wageTree(3), tableOf(rows.slice(0, 5)));
  await refused(
    url,
    request(rows.slice(0, 1), { method: "linear" }),
    /requires a linear model for linear; got trees$/u,
  );
});

test("a model that can only be run is not explained here", async () => {
  const project = await cleanup.project("wages");
  const model = fixtureModel("pca-logistic");
  const rowsOf = fixtureRows("pca-logistic", readExplainable(model).columns);
  await project.registry.register("pca", model, { background: slice(rowsOf, 0, 4) });
  await project.registry.promote("pca", 1, "production", { reason: "test" });
  const url = await serve(project);
  const data = Object.values(rowsOf).map(([value]) => value);
  const answer = await post(`${url}/v2/models/pca/infer`, {
    inputs: [{ name: "X", shape: [1, data.length], datatype: "FP32", data }],
    parameters: { explain: true },
  });
  assert.equal(answer.status, 400, JSON.stringify(answer.body));
  assert.match(
    String(answer.body["error"]),
    /^explain requires a version of trees or a linear one, which is explained exactly; got operator MatMul mixes columns/u,
  );
});

test("more rows than a server explains, and wishes that nobody knows, are refused", async () => {
  const project = await cleanup.project("wages");
  await register(project, wageTree(3), tableOf(rows.slice(0, 5)));
  const url = await serve(project);
  const many = Array.from({ length: 101 }, () => rows[0] ?? []);
  await refused(url, request(many, true), /^explain requires at most 100 rows; got 101$/u);
  for (const wish of [
    { method: "permutation" },
    { top: 0 },
    { output: "log-loss" },
    { depth: 3 },
    "yes",
    null,
  ])
    await refused(url, request(rows.slice(0, 1), wish), /^infer requires parameters\.explain/u);
  const gap = rows.slice(0, 1).map((row) => ["NaN", ...row.slice(1)]);
  await refused(url, request(gap, true), /^explain requires a value in .*; got none in row 0$/u);
});

test("text columns are explained in requests with an input for each", async () => {
  const project = await cleanup.project("wages");
  const model = fixtureModel("frame-boosting");
  const read = readExplainable(model);
  const table = fixtureRows("frame-boosting", read.columns);
  const background = slice(table, 1, 5);
  await project.registry.register("frame", model, { background });
  await project.registry.promote("frame", 1, "production", { reason: "test" });
  const url = await serve(project);
  const { input } = await project.registry.version("frame", 1);
  const inputs = input.map(({ name, datatype }) => ({
    name,
    datatype,
    shape: [1, 1],
    data: [table[name]?.[0]],
  }));
  const answer = await post(`${url}/v2/models/frame/infer`, {
    inputs,
    parameters: { explain: true },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const { explanation } = answer.body["parameters"] as { explanation: ServedExplanation };
  const own = await openExplainer(model, { background });
  const expected = await own.explain(slice(table, 0, 1));
  await own.close();
  near(explanation.shap_values, expected);
});

test("a background that is kept while the server runs explains the requests after it", async () => {
  const project = await cleanup.project("wages");
  const tree = wageTree(3);
  const number = await register(project, tree);
  const url = await serve(project);
  const ask = request(rows.slice(0, 1), true);
  await refused(url, ask, /^openExplainer requires a background, /u);
  const background = tableOf(rows.slice(0, 20));
  await project.registry.setBackground("wage-model", number, background);
  await until(async () => {
    const { status } = await post(`${url}/v2/models/wage-model/infer`, ask);
    return status === 200;
  });
  const own = await openExplainer(tree, { columns, background });
  near((await explained(url, ask)).shap_values, await own.explain(rows.slice(0, 1)));
  await own.close();
});
