import { existsSync, watch } from "node:fs";
import { readFile } from "node:fs/promises";
import type { KeyObject } from "node:crypto";
import { AssayerError } from "../errors";
import type { ModelSource, ServedModel } from "../serving/model-source";
import { serveSource, type Server, type ServerOptions } from "../serving/server";
import { readBundle, type Bundle } from "./bundle";
import { devicePaths, readCurrent, readHighestCounter, writeHighestCounter } from "./device";
import { readPublicKey } from "./key";

export interface EdgeOptions extends ServerOptions {
  /** The trusted key as PEM text; default the device's `trusted-key.pem`, which the first push pinned. */
  publicKey?: string;
}

const settleDelay = 150;

/**
 * Serves the bundle of a device folder over the same protocol as `startServer`, after it proved it:
 * signature of the trusted key, digest of every file, golden sample, and a counter not lower than
 * the highest this device has served (state.json), so that an older bundle cannot be put back.
 * A bundle pushed while it runs is proved the same way and then takes over; one that fails leaves
 * the old one in its place.
 *
 * @param directory the device's folder, as `push` to `edge:…` makes it
 * @throws AssayerError "invalid-bundle" if a byte of the bundle was changed, or there is none
 * @throws AssayerError "sample-mismatch" if the model answers otherwise on this machine
 * @example const server = await startEdge("./device", { port: 8603 });
 */
export async function startEdge(directory: string, options: EdgeOptions = {}): Promise<Server> {
  const { publicKey, ...serverOptions } = options;
  if (!existsSync(directory)) throw noBundle(directory);
  return serveSource(edgeSource(directory, await trustedKey(directory, publicKey)), serverOptions);
}

async function trustedKey(device: string, given: string | undefined): Promise<KeyObject> {
  if (given !== undefined) return readPublicKey(given, "options.publicKey");
  const path = devicePaths.trustedKey(device);
  const pem = await readFile(path, "utf8").catch((cause: unknown) => {
    throw noBundle(device, cause);
  });
  return readPublicKey(pem, path);
}

function noBundle(device: string, cause?: unknown): AssayerError {
  return new AssayerError(
    "invalid-bundle",
    `startEdge requires a device folder with a bundle and trusted-key.pem; got ${device}: push a model there first`,
    { cause },
  );
}

function edgeSource(device: string, trusted: KeyObject): ModelSource {
  let proved: Bundle | undefined;
  return {
    async models() {
      const counter = await readCurrent(device);
      if (counter === undefined) throw noBundle(device);
      if (proved?.manifest.counter !== counter) proved = await prove(device, counter, trusted);
      return [servedModel(proved)];
    },
    read: () =>
      proved === undefined
        ? Promise.reject(
            new AssayerError("invalid-bundle", "read requires a proved bundle; got none"),
          )
        : Promise.resolve(proved.onnx),
    watch(listener) {
      let timer: NodeJS.Timeout | undefined;
      const watcher = watch(device, { persistent: false }, (_, file) => {
        if (file !== "current.json") return;
        timer ??= setTimeout(() => {
          timer = undefined;
          listener();
        }, settleDelay).unref();
      });
      watcher.on("error", () => undefined);
      return {
        close: () => {
          clearTimeout(timer);
          watcher.close();
        },
      };
    },
  };
}

async function prove(device: string, counter: number, trusted: KeyObject): Promise<Bundle> {
  const highest = await readHighestCounter(device);
  if (counter < highest) {
    throw new AssayerError(
      "invalid-bundle",
      `startEdge requires a bundle with counter ${highest} or higher, the highest this device has served; got ${counter}, an older one`,
    );
  }
  const bundle = await readBundle(devicePaths.bundle(device, counter), trusted);
  if (bundle.manifest.counter !== counter) {
    throw new AssayerError(
      "invalid-bundle",
      `startEdge requires a bundle with counter ${counter}, as current.json says; got ${bundle.manifest.counter}`,
    );
  }
  if (counter > highest) writeHighestCounter(device, counter);
  return bundle;
}

function servedModel({ manifest }: Bundle): ServedModel {
  const { model, version, files, input, output, sample } = manifest;
  const digest = files["model.onnx"]?.sha256 ?? "";
  const current = { number: version, digest, input, output, sample };
  return { name: model, versions: [current], current };
}
