import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AssayerError } from "../errors";
import { writeBundle } from "./bundle";
import { devicePaths, readCurrent, readHighestCounter, writeCurrent } from "./device";
import { createDurably } from "../store/durable-file";
import type { PushJob, PushOutcome, TargetKind } from "./job";
import { projectKey, publicPem } from "./key";

/** A device's folder, on this machine or mounted, that `assayer edge run` serves from. */
export const edgeTarget: TargetKind = {
  kind: "edge",
  form: "edge:folder",
  parse(target) {
    if (!target.startsWith("edge:")) return undefined;
    const path = target.slice("edge:".length);
    if (path === "")
      throw new AssayerError("invalid-argument", "push requires a folder after edge:; got none");
    return resolve(path);
  },
  push: pushEdge,
};

async function pushEdge(job: PushJob, device: string): Promise<PushOutcome> {
  const { project, version, onnx, progress, signal } = job;
  await mkdir(join(device, "bundles"), { recursive: true });
  const key = await projectKey(project.directory);
  await pinKey(device, publicPem(key.publicKey));
  const counter = await project.registry.reserveCounter();
  const highest = Math.max(await readHighestCounter(device), (await readCurrent(device)) ?? 0);
  if (counter <= highest) {
    throw new AssayerError(
      "version-conflict",
      `push requires a counter above the device's ${highest}; got ${counter}: this copy of the project is older than the one that pushed before`,
    );
  }
  const { model, number, input, output, sample, note } = version;
  progress(`writing and checking bundle ${counter} of ${model}@${number}`);
  const about = {
    project: { id: project.id, name: project.name },
    ...{ model, version: number, counter, createdAt: new Date().toISOString() },
    ...{ input, output, sample, note },
  };
  await writeBundle(devicePaths.bundle(device, counter), onnx, about, key);
  if (signal?.aborted === true) {
    await rm(devicePaths.bundle(device, counter), { recursive: true });
    throw new AssayerError("aborted", "push requires time to finish; got a signal to stop");
  }
  const former = await readCurrent(device);
  writeCurrent(device, counter);
  await dropOlder(device, [counter, former ?? counter]);
  return { detail: `bundle ${counter} of ${model}@${number}, signed and checked`, counter };
}

/** The first project to push to a device is the one it trusts from then on. */
async function pinKey(device: string, pem: string): Promise<void> {
  const path = devicePaths.trustedKey(device);
  if (!existsSync(path)) createDurably(path, pem);
  if ((await readFile(path, "utf8")) !== pem) {
    throw new AssayerError(
      "unauthorized",
      `push requires a device that trusts this project's key; got ${device}, which trusts another: remove its trusted-key.pem and state.json to hand it over`,
    );
  }
}

/** Keeps the bundle served and the one before it. */
async function dropOlder(device: string, kept: readonly number[]): Promise<void> {
  for (const name of await readdir(join(device, "bundles"))) {
    const isOld = /^\d+$/.test(name) && Number(name) < Math.min(...kept);
    if (isOld) await rm(join(device, "bundles", name), { recursive: true, force: true });
  }
}
