import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AssayerError, messageOf } from "../errors";
import { validate } from "../serving/validate";
import { writeDurably } from "../store/durable-file";

/** Where the parts of a device's folder are. */
export const devicePaths = {
  /** The public key whose signatures the device takes; pinned by the first push. */
  trustedKey: (device: string) => join(device, "trusted-key.pem"),
  bundles: (device: string) => join(device, "bundles"),
  bundle: (device: string, counter: number) => join(device, "bundles", String(counter)),
  /** Held by the one push that writes to the device. */
  lock: (device: string) => join(device, "push.lock"),
  /** Which bundle is to be served. */
  current: (device: string) => join(device, "current.json"),
  /** The highest counter the device has served. */
  state: (device: string) => join(device, "state.json"),
} as const;

const counter = z.number().int().positive();
const currentSchema = z.strictObject({ format: z.literal(1), counter });
const stateSchema = z.strictObject({ format: z.literal(1), highestCounter: counter });

/** Counter of the bundle to be served, undefined on a device that has none yet. */
export async function readCurrent(device: string): Promise<number | undefined> {
  const current = await readJson(devicePaths.current(device));
  if (current === undefined) return undefined;
  return validate(currentSchema, current, "current.json", "invalid-bundle").counter;
}

export function writeCurrent(device: string, counter: number): void {
  writeDurably(devicePaths.current(device), `${JSON.stringify({ format: 1, counter })}\n`);
}

/** The highest counter the device has served, 0 before the first. */
export async function readHighestCounter(device: string): Promise<number> {
  const state = await readJson(devicePaths.state(device));
  if (state === undefined) return 0;
  return validate(stateSchema, state, "state.json", "invalid-bundle").highestCounter;
}

export function writeHighestCounter(device: string, highestCounter: number): void {
  writeDurably(devicePaths.state(device), `${JSON.stringify({ format: 1, highestCounter })}\n`);
}

async function readJson(path: string): Promise<unknown> {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new AssayerError(
      "invalid-bundle",
      `the device requires JSON in ${path}; got other text: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}
