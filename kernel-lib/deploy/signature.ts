import { createHash, sign, verify, type KeyObject } from "node:crypto";
import { z } from "zod";
import { AssayerError, messageOf } from "../errors";
import { folderDigests, type FileDigest } from "./folder-digests";
import { publicPem, type SigningKey } from "./key";

const mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";
const payloadType = "application/vnd.in-toto+json";
const statementType = "https://in-toto.io/Statement/v1";
const predicateType = "https://model_signing/signature/v1.0";

// Strict, so that no byte of a signature file can change unnoticed.
const bundleSchema = z.strictObject({
  mediaType: z.literal(mediaType),
  verificationMaterial: z.strictObject({
    publicKey: z.strictObject({ hint: z.string() }),
    tlogEntries: z.array(z.never()),
  }),
  dsseEnvelope: z.strictObject({
    payload: z.string(),
    payloadType: z.literal(payloadType),
    signatures: z.tuple([z.strictObject({ sig: z.string(), keyid: z.literal("") })]),
  }),
});

const hex = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hex digits");

const statementSchema = z.object({
  _type: z.literal(statementType),
  subject: z.tuple([z.object({ name: z.string(), digest: z.object({ sha256: hex }) })]),
  predicateType: z.literal(predicateType),
  predicate: z.object({
    serialization: z.object({
      method: z.literal("files"),
      hash_type: z.literal("sha256"),
      allow_symlinks: z.literal(false),
      ignore_paths: z.array(z.string()).default([]),
    }),
    resources: z.array(z.object({ name: z.string(), algorithm: z.literal("sha256"), digest: hex })),
  }),
});

/**
 * Signs every file of a folder as OpenSSF Model Signing v1.0 does with its key method: a detached
 * Sigstore bundle holding a DSSE envelope around an in-toto statement. Verifiable with
 * `model_signing verify key`.
 *
 * @param options.name what the signature says it is about
 * @param options.ignored paths left out, the signature's own file above all
 * @returns text of the signature file
 * @throws AssayerError "invalid-bundle" if the folder holds something other than files
 * @see https://github.com/ossf/model-signing-spec
 */
export async function signFolder(
  folder: string,
  key: SigningKey,
  options: { name: string; ignored: readonly string[] },
): Promise<string> {
  const files = await folderDigests(folder, options.ignored);
  const statement: z.infer<typeof statementSchema> = {
    _type: statementType,
    subject: [{ name: options.name, digest: { sha256: rootDigest(files) } }],
    predicateType,
    predicate: {
      serialization: {
        method: "files",
        hash_type: "sha256",
        allow_symlinks: false,
        ignore_paths: [...options.ignored],
      },
      resources: files.map(({ name, digest }) => ({ name, algorithm: "sha256", digest })),
    },
  };
  const payload = Buffer.from(JSON.stringify(statement));
  const signature = sign("sha256", preAuthEncoding(payload), key.privateKey);
  const bundle: z.infer<typeof bundleSchema> = {
    mediaType,
    verificationMaterial: { publicKey: { hint: fingerprint(key.publicKey) }, tlogEntries: [] },
    dsseEnvelope: {
      payload: payload.toString("base64"),
      payloadType,
      signatures: [{ sig: signature.toString("base64"), keyid: "" }],
    },
  };
  return JSON.stringify(bundle);
}

/**
 * Verifies a folder against a signature of `signFolder`, or of another implementation of OpenSSF
 * Model Signing v1.0 (key method, P-256, files with SHA-256). Files that were changed, are missing or
 * were added fail.
 *
 * @returns the signed digests by file name
 * @throws AssayerError "invalid-bundle" saying what does not fit
 */
export async function verifyFolder(
  folder: string,
  signature: string,
  publicKey: KeyObject,
): Promise<Map<string, string>> {
  const payload = verifyEnvelope(signature, publicKey);
  const { subject, predicate } = parse(statementSchema, payload.toString(), "statement");
  const signed = predicate.resources;
  if (subject[0].digest.sha256 !== rootDigest(signed)) {
    throw refusal("a subject digest over the resources' digests", "another");
  }
  const expected = new Map(signed.map(({ name, digest }) => [name, digest]));
  const actual = await folderDigests(folder, predicate.serialization.ignore_paths);
  for (const { name, digest } of actual) {
    const wanted = expected.get(name);
    if (wanted === undefined) throw refusal("signed files only", `${name}, which is not signed`);
    if (wanted !== digest) throw refusal(`${name} as it was signed`, "a changed file");
  }
  const missing = signed.find(({ name }) => !actual.some((file) => file.name === name));
  if (missing !== undefined) throw refusal("every signed file", `none named ${missing.name}`);
  return expected;
}

function verifyEnvelope(signature: string, publicKey: KeyObject): Buffer {
  const { verificationMaterial, dsseEnvelope } = parse(bundleSchema, signature, "bundle");
  const hint = fingerprint(publicKey);
  if (verificationMaterial.publicKey.hint !== hint) {
    throw refusal(`the trusted key ${hint.slice(0, 16)}…`, "another key's signature");
  }
  const payload = strictBase64(dsseEnvelope.payload);
  const bytes = strictBase64(dsseEnvelope.signatures[0].sig);
  if (!verify("sha256", preAuthEncoding(payload), publicKey, bytes)) {
    throw refusal("content that its signature is for", "other content or another signature");
  }
  return payload;
}

function parse<T>(schema: z.ZodType<T>, text: string, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refusal(`a Sigstore ${what} in JSON`, messageOf(error));
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw refusal(
    `a ${what} of OpenSSF Model Signing v1.0`,
    `${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? "another form"}`,
  );
}

/** Decoders skip what is no base64 and ignore spare bits; here only the one proper spelling counts. */
function strictBase64(text: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw refusal("base64 text", "other text");
  return bytes;
}

/** @see https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md */
function preAuthEncoding(payload: Buffer): Buffer {
  const head = `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

function rootDigest(files: readonly FileDigest[]): string {
  const hash = createHash("sha256");
  for (const { digest } of files) hash.update(Buffer.from(digest, "hex"));
  return hash.digest("hex");
}

function fingerprint(key: KeyObject): string {
  return createHash("sha256").update(publicPem(key)).digest("hex");
}

function refusal(required: string, got: string): AssayerError {
  return new AssayerError("invalid-bundle", `the signature requires ${required}; got ${got}`);
}
