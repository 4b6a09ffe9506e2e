import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AssayerError, messageOf } from "../errors";
import { createDurably } from "../store/durable-file";

/** A key pair for signing; the curve is P-256. */
export interface SigningKey {
  privateKey: KeyObject;
  publicKey: KeyObject;
}

/**
 * The project's signing key: `keys/signing.pem` in its store, readable by its owner only. Made on
 * first use; whoever has the file can sign for the project, so it is kept out of git.
 *
 * @param store the project's `.assayer` folder
 * @throws AssayerError "invalid-bundle" if the file is there and is no P-256 key
 */
export async function projectKey(store: string): Promise<SigningKey> {
  const path = join(store, "keys", "signing.pem");
  if (!existsSync(path)) {
    await mkdir(join(store, "keys"), { recursive: true, mode: 0o700 });
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    createDurably(path, privateKey.export({ type: "pkcs8", format: "pem" }), 0o600);
  }
  try {
    const privateKey = createPrivateKey(await readFile(path));
    const publicKey = createPublicKey(privateKey);
    requireP256(publicKey);
    return { privateKey, publicKey };
  } catch (error) {
    throw new AssayerError(
      "invalid-bundle",
      `projectKey requires a P-256 private key in ${path}; got none: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/**
 * A public key from PEM text.
 *
 * @throws AssayerError "invalid-bundle" if the text is no public P-256 key
 */
export function readPublicKey(pem: string, source: string): KeyObject {
  try {
    // createPublicKey would also take a private key, which has no business on a device.
    if (!pem.includes("-----BEGIN PUBLIC KEY-----"))
      throw new Error("the text is no public key in PEM");
    const key = createPublicKey(pem);
    requireP256(key);
    return key;
  } catch (error) {
    throw new AssayerError(
      "invalid-bundle",
      `readPublicKey requires a public P-256 key in PEM; got none in ${source}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

export function publicPem(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}

function requireP256(key: KeyObject): void {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve !== "prime256v1")
    throw new Error(`the key is ${curve ?? key.asymmetricKeyType ?? "unknown"}`);
}
