import { readFileSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { AssayerError } from "../errors";
import { createDurably } from "../store/durable-file";
import { mayBeAlive, thisProcess, type WriterProcess } from "../store/journal/writer-process";
import { devicePaths } from "./device";

const holderSchema: z.ZodType<WriterProcess> = z.object({
  host: z.string(),
  pid: z.number().int().positive(),
  started: z.number().nullable(),
  boot: z.string().nullable(),
  namespace: z.string().nullable(),
});

const patience = 60_000;
const pollDelay = 50;

/**
 * Runs `work` while no other push writes to the device: creating `push.lock` is what makes a push
 * the one. The lock of a process that has ended is taken away.
 *
 * @throws AssayerError "deployment-failed" if another push holds the device for a minute, "aborted"
 */
export async function withDeviceLock<T>(
  device: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const path = devicePaths.lock(device);
  const end = Date.now() + patience;
  while (!createDurably(path, JSON.stringify(thisProcess()))) {
    const holder = readHolder(path);
    if (holder !== undefined && !mayBeAlive(holder)) {
      rmSync(path, { force: true });
      continue;
    }
    requireTime(signal);
    if (Date.now() > end) {
      const who = holder === undefined ? "unknown" : `${holder.pid} of ${holder.host}`;
      throw new AssayerError(
        "deployment-failed",
        `push requires a device that no other push writes to; got one held by process ${who}: remove ${path} if that is not so`,
      );
    }
    await delay(pollDelay);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** @throws AssayerError "aborted" once the push was told to stop */
export function requireTime(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new AssayerError("aborted", "push requires time to finish; got a signal to stop");
}

/** Undefined when the lock was given back just now, or somebody wrote something else there. */
function readHolder(path: string): WriterProcess | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(readFileSync(path, "utf8"))).data;
  } catch {
    return undefined;
  }
}
