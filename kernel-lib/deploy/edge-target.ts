import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AssayerError } from "../errors";
import { writeBundle } from "./bundle";
import { devicePaths, readCurrent, readHighestCounter, writeCurrent } from "./device";
import { requireTime, withDeviceLock } from "./device-lock";
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
  await mkdir(devicePaths.bundles(device), { recursive: true });
  return withDeviceLock(device, job.signal, () => writeToDevice(job, device));
}

async function writeToDevice(job: PushJob, device: string): Promise<PushOutcome> {
  const { project, version, onnx, progress, signal } = job;
  await dropUnfinished(device);
  const key = await projectKey(project.directory);
  await pinKey(device, publicPem(key.publicKey));
  const counter = await project.registry.reserveCounter();
  await requireNewest(device, counter);
  const { model, number, input, output, sample, note } = version;
  progress(`writing and checking bundle ${counter} of ${model}@${number}`);
  const about = {
    project: { id: project.id, name: project.name },
    ...{ model, version: number, counter, createdAt: new Date().toISOString() },
    ...{ input, output, sample, note },
  };
  const bundle = devicePaths.bundle(device, counter);
  await writeBundle(bundle, onnx, about, key);
  try {
    requireTime(signal);
    // Again, for whoever writes to a device without holding its lock.
    await requireNewest(device, counter);
  } catch (error) {
    await rm(bundle, { recursive: true });
    throw error;
  }
  const former = await readCurrent(device);
  writeCurrent(device, counter);
  await dropOlder(device, [counter, former ?? counter]);
  return { detail: `bundle ${counter} of ${model}@${number}, signed and checked`, counter };
}

/** A device never goes back: what it is to serve next has a higher counter than all before. */
async function requireNewest(device: string, counter: number): Promise<void> {
  const highest = Math.max(await readHighestCounter(device), (await readCurrent(device)) ?? 0);
  if (counter > highest) return;
  throw new AssayerError(
    "version-conflict",
    `push requires a counter above the device's ${highest}; got ${counter}: this copy of the project is older than the one that pushed before`,
  );
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

/** Takes away what pushes left that did not get to their end; only while the device is locked. */
async function dropUnfinished(device: string): Promise<void> {
  const bundles = devicePaths.bundles(device);
  for (const name of await readdir(bundles)) {
    if (name.endsWith(".tmp")) await rm(join(bundles, name), { recursive: true, force: true });
  }
}

/** Keeps the bundle served and the one before it. */
async function dropOlder(device: string, kept: readonly number[]): Promise<void> {
  const bundles = devicePaths.bundles(device);
  for (const name of await readdir(bundles)) {
    const isOld = /^\d+$/.test(name) && Number(name) < Math.min(...kept);
    if (isOld) await rm(join(bundles, name), { recursive: true, force: true });
  }
}
