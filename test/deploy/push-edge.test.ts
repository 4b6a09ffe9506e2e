import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { readBundle } from "../../kernel-lib/deploy/bundle";
import { readCurrent } from "../../kernel-lib/deploy/device";
import { startEdge } from "../../kernel-lib/deploy/edge";
import { readPublicKey } from "../../kernel-lib/deploy/key";
import { push } from "../../kernel-lib/deploy/push";
import { linearRegressor } from "../../kernel-lib/onnx/write-linear";
import type { Deployment } from "../../kernel-lib/registry/registry";
import { thisProcess } from "../../kernel-lib/store/journal/writer-process";
import { addVersion, Cleanup, get, post, until } from "../serving/wage-project";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

async function pushedDevice() {
  const project = await cleanup.project("wages");
  await addVersion(project, 4, "production");
  const device = join(cleanup.folder(), "device");
  await push(project, "wage-model@production", `edge:${device}`);
  return { project, device };
}

async function runEdge(device: string, problems: string[] = []) {
  const server = await startEdge(device, {
    port: 0,
    token: "secret",
    onProblem: (text) => problems.push(text),
  });
  return cleanup.add(server, () => server.close());
}

function flipByte(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

test("a pushed bundle is served over the same protocol and repeats its golden sample", async () => {
  const { project, device } = await pushedDevice();
  const [deployment] = await project.registry.deployments("wage-model");
  assert.deepEqual(
    [deployment?.status, deployment?.target, deployment?.counter, deployment?.detail],
    ["succeeded", `edge:${device}`, 1, "bundle 1 of wage-model@1, signed and checked"],
  );
  assert.deepEqual(readdirSync(join(device, "bundles")), ["1"]);
  assert.deepEqual(readdirSync(join(device, "bundles", "1")).sort(), [
    "manifest.json",
    "model.onnx",
    "model.sig",
  ]);
  const { url } = await runEdge(device);
  const version = await project.registry.version("wage-model", 1);
  const answer = await post(`${url}/v2/models/wage-model/infer`, {
    inputs: version.sample?.inputs,
  });
  assert.deepEqual(answer.body["outputs"], version.sample?.outputs);
  assert.equal((await get(`${url}/v2/models/wage-model`)).status, 200);
  const load = await post(`${url}/v2/repository/models/wage-model/load`, undefined, "secret");
  assert.equal(load.status, 200);
});

test("one changed byte in any file of a bundle, wherever it is, is refused", async () => {
  const { device } = await pushedDevice();
  const folder = join(device, "bundles", "1");
  const trusted = readPublicKey(readFileSync(join(device, "trusted-key.pem"), "utf8"), "key");
  for (const file of ["model.onnx", "manifest.json", "model.sig"]) {
    const path = join(folder, file);
    const { length } = readFileSync(path);
    for (let at = 0; at < length; at += 41) {
      flipByte(path, at);
      await assert.rejects(readBundle(folder, trusted), { code: "invalid-bundle" });
      flipByte(path, at);
    }
  }
  await readBundle(folder, trusted);
});

test("startEdge names what does not fit", async () => {
  const cases: [string, (device: string) => void, RegExp][] = [
    [
      "a changed model",
      (d) => {
        flipByte(join(d, "bundles/1/model.onnx"), 300);
      },
      /^the signature requires model.onnx as it was signed; got a changed file$/,
    ],
    [
      "a changed manifest",
      (d) => {
        flipByte(join(d, "bundles/1/manifest.json"), 30);
      },
      /^the signature requires manifest.json as it was signed; got a changed file$/,
    ],
    [
      "a file added",
      (d) => {
        writeFileSync(join(d, "bundles/1/extra"), "");
      },
      /^the signature requires signed files only; got extra, which is not signed$/,
    ],
    [
      "no signature",
      (d) => {
        rmSync(join(d, "bundles/1/model.sig"));
      },
      /^the bundle requires a readable model.sig in .*; got none$/,
    ],
    [
      "a changed trusted key",
      (d) => {
        flipByte(join(d, "trusted-key.pem"), 100);
      },
      /^readPublicKey requires a public P-256 key|^the signature requires the trusted key/,
    ],
    [
      "a changed current.json",
      (d) => {
        flipByte(join(d, "current.json"), 5);
      },
      /^current.json requires/,
    ],
    [
      "a torn current.json",
      (d) => {
        writeFileSync(join(d, "current.json"), '{"form');
      },
      /^the device requires JSON in .*current.json; got other text/,
    ],
    [
      "a torn state.json",
      (d) => {
        writeFileSync(join(d, "state.json"), "");
      },
      /^the device requires JSON in .*state.json; got other text/,
    ],
    [
      "no bundle",
      (d) => {
        rmSync(join(d, "bundles"), { recursive: true });
      },
      /^the bundle requires a readable model.sig/,
    ],
    [
      "an empty device",
      (d) => {
        rmSync(d, { recursive: true });
      },
      /^startEdge requires a device folder with a bundle and trusted-key.pem; got .*: push a model there first$/,
    ],
  ];
  const { device } = await pushedDevice();
  for (const [name, change, message] of cases) {
    const copy = join(cleanup.folder(), "device");
    cpSync(device, copy, { recursive: true });
    change(copy);
    await assert.rejects(startEdge(copy, { port: 0 }), { code: "invalid-bundle", message }, name);
  }
});

test("an older bundle put back is refused once a newer one was served", async () => {
  const { project, device } = await pushedDevice();
  const older = cleanup.folder();
  cpSync(device, older, { recursive: true });
  await addVersion(project, 6, "production");
  await push(project, "wage-model@production", `edge:${device}`);
  const server = await startEdge(device, { port: 0 });
  await server.close();
  writeFileSync(join(device, "current.json"), readFileSync(join(older, "current.json")));
  await assert.rejects(startEdge(device, { port: 0 }), {
    code: "invalid-bundle",
    message:
      "startEdge requires a bundle with counter 2 or higher, the highest this device has served; got 1, an older one",
  });
  // The old bundle under a new number says in its signed manifest what it is.
  rmSync(join(device, "bundles", "2"), { recursive: true });
  cpSync(join(older, "bundles", "1"), join(device, "bundles", "2"), { recursive: true });
  writeFileSync(join(device, "current.json"), '{"format":1,"counter":2}');
  await assert.rejects(startEdge(device, { port: 0 }), {
    code: "invalid-bundle",
    message: "startEdge requires a bundle with counter 2, as current.json says; got 1",
  });
});

test("a running edge takes a newer bundle over, and keeps the old one when the newer one was changed", async () => {
  const { project, device } = await pushedDevice();
  const problems: string[] = [];
  const { url } = await runEdge(device, problems);
  const served = async () =>
    (await get(`${url}/v2/models/wage-model`)).body["versions"] as string[];
  assert.deepEqual(await served(), ["1"]);
  await addVersion(project, 6, "production");
  await push(project, "wage-model@production", `edge:${device}`);
  await until(async () => (await served())[0] === "2");
  const good = readFileSync(join(device, "current.json"));
  cpSync(join(device, "bundles", "2"), join(device, "bundles", "3"), { recursive: true });
  flipByte(join(device, "bundles", "3", "model.onnx"), 200);
  writeFileSync(join(device, "current.json"), String(good).replace("2", "3"));
  await until(() => Promise.resolve(problems.length > 0));
  assert.match(problems[0] ?? "", /model.onnx as it was signed; got a changed file$/);
  assert.deepEqual(await served(), ["2"]);
});

test("a device pinned to one project refuses another's push, and an edge with its own key another's bundle", async () => {
  const { device } = await pushedDevice();
  const other = await cleanup.project("other");
  await addVersion(other, 2, "production");
  const before = readFileSync(join(device, "current.json"), "utf8");
  await assert.rejects(push(other, "wage-model@production", `edge:${device}`), {
    code: "unauthorized",
    message:
      /^push requires a device that trusts this project's key; got .*, which trusts another: remove/,
  });
  assert.equal(readFileSync(join(device, "current.json"), "utf8"), before);
  const [failed] = await other.registry.deployments();
  assert.equal(failed?.status, "failed");
  const second = join(cleanup.folder(), "device");
  await push(other, "wage-model", `edge:${second}`);
  const publicKey = readFileSync(join(second, "trusted-key.pem"), "utf8");
  await assert.rejects(startEdge(device, { port: 0, publicKey }), {
    code: "invalid-bundle",
    message: /^the signature requires the trusted key/,
  });
});

test("a push that is stopped, or goes where nothing can be written, leaves no half bundle", async () => {
  const project = await cleanup.project("wages");
  await addVersion(project, 3, "production");
  const device = join(cleanup.folder(), "device");
  const signal = AbortSignal.abort();
  await assert.rejects(push(project, "wage-model", `edge:${device}`, { signal }), {
    code: "aborted",
  });
  assert.deepEqual(readdirSync(join(device, "bundles")), []);
  assert.equal(existsSync(join(device, "current.json")), false);
  const file = join(cleanup.folder(), "file");
  writeFileSync(file, "");
  await assert.rejects(push(project, "wage-model", `edge:${file}`), {
    code: "deployment-failed",
    message: /^push requires a target it can write to; got: /,
  });
});

test("a device keeps the bundle it serves and the one before", async () => {
  const { project, device } = await pushedDevice();
  for (let i = 0; i < 3; i++) await push(project, "wage-model", `edge:${device}`);
  assert.deepEqual(readdirSync(join(device, "bundles")).sort(), ["3", "4"]);
});

test("of pushes at the same time each is whole, and the device serves the one that came last", async () => {
  const project = await cleanup.project("wages");
  await addVersion(project, 1);
  await project.registry.register("large", linearRegressor(Array<number>(1_000_000).fill(0.5)));
  const device = join(cleanup.folder(), "device");
  const small = await project.registry.version("wage-model", 1);
  let later: Promise<Deployment> | undefined;
  const onProgress = () => {
    // Nothing to wait for: unless it is kept back, the small model is there before the large one.
    project.registry.resolve = () => Promise.resolve(small);
    later = push(project, "wage-model", `edge:${device}`);
  };
  const first = await push(project, "large", `edge:${device}`, { onProgress });
  const second = await later;
  assert.deepEqual([first.counter, second?.counter], [1, 2]);
  assert.equal(await readCurrent(device), 2);
  assert.deepEqual(readdirSync(join(device, "bundles")).sort(), ["1", "2"]);
  assert.equal(existsSync(join(device, "push.lock")), false);
  const { url } = await runEdge(device);
  assert.equal((await get(`${url}/v2/models/wage-model`)).status, 200);
});

test("a push waits for one under way, and takes over from one whose process has ended", async () => {
  const { project, device } = await pushedDevice();
  const lock = join(device, "push.lock");
  const writer = thisProcess();
  writeFileSync(lock, JSON.stringify(writer));
  const unfinished = join(device, "bundles", "2.0b0f.tmp");
  mkdirSync(unfinished);
  await assert.rejects(
    push(project, "wage-model", `edge:${device}`, { signal: AbortSignal.timeout(200) }),
    { code: "aborted", message: "push requires time to finish; got a signal to stop" },
  );
  assert.equal(existsSync(unfinished), true);
  writeFileSync(lock, JSON.stringify({ ...writer, pid: 2 ** 22 + 1 }));
  const { status, counter } = await push(project, "wage-model", `edge:${device}`);
  assert.deepEqual([status, counter], ["succeeded", 2]);
  assert.deepEqual(readdirSync(join(device, "bundles")).sort(), ["1", "2"]);
  assert.equal(existsSync(lock), false);
});

test("a push that finds a newer bundle than its own at the end takes its own back", async () => {
  const { project, device } = await pushedDevice();
  const overtake = () => {
    writeFileSync(join(device, "current.json"), '{"format":1,"counter":7}');
  };
  await assert.rejects(push(project, "wage-model", `edge:${device}`, { onProgress: overtake }), {
    code: "version-conflict",
    message: /^push requires a counter above the device's 7; got 2: this copy of the project/,
  });
  assert.deepEqual(readdirSync(join(device, "bundles")), ["1"]);
});
