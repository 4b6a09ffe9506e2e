import type { KeyObject } from "node:crypto";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { AssayerError, messageOf } from "../errors";
import { repeatSample } from "../onnx/golden";
import { openSession } from "../onnx/session";
import { sampleSchema, tensorSpecSchema, validate } from "../serving/validate";
import { sha256 } from "../store/digest";
import { syncFolder, temporaryName, writeSynced } from "../store/durable-file";
import type { SigningKey } from "./key";
import { signFolder, verifyFolder } from "./signature";

const format = 1;
const modelFile = "model.onnx";
const manifestFile = "manifest.json";
const signatureFile = "model.sig";

const manifestSchema = z.strictObject({
  format: z.literal(format),
  project: z.strictObject({ id: z.string().min(1), name: z.string() }),
  model: z.string().min(1),
  version: z.number().int().positive(),
  /** Rises with every bundle of a project; a device takes none lower than the highest it has seen. */
  counter: z.number().int().positive(),
  createdAt: z.iso.datetime(),
  files: z.record(
    z.string(),
    z.strictObject({
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      size: z.number().int().nonnegative(),
    }),
  ),
  input: z.array(tensorSpecSchema),
  output: z.array(tensorSpecSchema),
  sample: sampleSchema.nullable(),
  note: z.string().nullable(),
});

/** `manifest.json` of an edge bundle. */
export type BundleManifest = z.infer<typeof manifestSchema>;

export interface Bundle {
  manifest: BundleManifest;
  onnx: Uint8Array;
}

/**
 * Writes a bundle as a folder of `model.onnx`, `manifest.json` and `model.sig`: first under another
 * name, synced to disk and verified as a device does, then renamed, so that `folder` holds a whole
 * bundle or does not exist.
 *
 * @throws AssayerError "sample-mismatch" or "invalid-model" if the model does not work here
 */
export async function writeBundle(
  folder: string,
  onnx: Uint8Array,
  about: Omit<BundleManifest, "format" | "files">,
  key: SigningKey,
): Promise<void> {
  const files = { [modelFile]: { sha256: sha256(onnx), size: onnx.byteLength } };
  const manifest: BundleManifest = { format, ...about, files };
  const temporary = temporaryName(folder);
  await mkdir(temporary, { recursive: true });
  try {
    writeSynced(join(temporary, modelFile), onnx);
    writeSynced(join(temporary, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
    const name = `${about.model}@${about.version}`;
    const signature = await signFolder(temporary, key, { name, ignored: [signatureFile] });
    writeSynced(join(temporary, signatureFile), signature);
    syncFolder(temporary);
    await readBundle(temporary, key.publicKey);
    await rename(temporary, folder);
    syncFolder(dirname(folder));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/**
 * Reads a bundle and proves it: the signature of the trusted key over every file, the manifest's
 * digests and sizes, and the golden sample run through the model.
 *
 * @throws AssayerError "invalid-bundle" naming what does not fit, "sample-mismatch" if the model answers otherwise here
 */
export async function readBundle(folder: string, trusted: KeyObject): Promise<Bundle> {
  const signature = (await read(folder, signatureFile)).toString();
  const digests = await verifyFolder(folder, signature, trusted);
  // Read once more and compared in memory: what is used below is what was signed.
  const signed = async (name: string): Promise<Buffer> => {
    const bytes = await read(folder, name);
    if (digests.get(name) === sha256(bytes)) return bytes;
    throw new AssayerError("invalid-bundle", `the bundle requires a signed ${name}; got another`);
  };
  const manifest = parseManifest(await signed(manifestFile));
  const onnx = await signed(modelFile);
  const described = manifest.files[modelFile];
  if (described?.sha256 !== sha256(onnx) || described.size !== onnx.byteLength) {
    throw new AssayerError(
      "invalid-bundle",
      `the bundle requires a manifest that describes its ${modelFile}; got one of another file`,
    );
  }
  const session = await openSession(onnx);
  try {
    if (manifest.sample !== null) await repeatSample(session, manifest.sample);
  } finally {
    await session.close();
  }
  return { manifest, onnx };
}

function parseManifest(bytes: Buffer): BundleManifest {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (error) {
    throw new AssayerError(
      "invalid-bundle",
      `the bundle requires a ${manifestFile} in JSON; got other text: ${messageOf(error)}`,
      { cause: error },
    );
  }
  return validate(manifestSchema, value, manifestFile, "invalid-bundle");
}

async function read(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    throw new AssayerError(
      "invalid-bundle",
      `the bundle requires a readable ${name} in ${folder}; got none`,
      { cause: error },
    );
  }
}
