import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { projectKey, readPublicKey, type SigningKey } from "../../kernel-lib/deploy/key";
import { signFolder, verifyFolder } from "../../kernel-lib/deploy/signature";
import { Cleanup } from "../serving/wage-project";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

/** Signed by model-signing 1.1.1 (Python): test/parity/model-signing.py sign. */
const peer = join(__dirname, "..", "fixtures", "model-signing");
const peerSignature = readFileSync(join(peer, "model.sig"), "utf8");
const peerKey = (): KeyObject =>
  readPublicKey(readFileSync(join(peer, "key.pub"), "utf8"), "key.pub");

function newKey(): SigningKey {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function sampleFolder(): string {
  const folder = cleanup.folder();
  mkdirSync(join(folder, "part"));
  writeFileSync(join(folder, "b.txt"), "b");
  writeFileSync(join(folder, "part", "a.bin"), Buffer.alloc(100_000, 7));
  return folder;
}

test("a folder signed by the Python package model-signing verifies", async () => {
  const digests = await verifyFolder(join(peer, "model"), peerSignature, peerKey());
  // The package sorts part by part, the specification by code point; either order verifies.
  assert.deepEqual([...digests.keys()].sort(), [
    "Zeta.txt",
    "alpha.txt",
    "weights.json",
    "weights/größe.bin",
  ]);
});

test("a folder signed by model-signing with a changed, missing or added file fails", async () => {
  const changes: [(folder: string) => void, string][] = [
    [
      (f) => {
        appendFileSync(join(f, "alpha.txt"), "!");
      },
      "the signature requires alpha.txt as it was signed; got a changed file",
    ],
    [
      (f) => {
        rmSync(join(f, "alpha.txt"));
      },
      "the signature requires every signed file; got none named alpha.txt",
    ],
    [
      (f) => {
        writeFileSync(join(f, "new.txt"), "");
      },
      "the signature requires signed files only; got new.txt, which is not signed",
    ],
    [
      (f) => {
        symlinkSync("alpha.txt", join(f, "link"));
      },
      "a signed folder requires plain files only; got link, which is a link or a device",
    ],
  ];
  for (const [change, message] of changes) {
    const folder = cleanup.folder();
    cpSync(join(peer, "model"), folder, { recursive: true });
    change(folder);
    await assert.rejects(verifyFolder(folder, peerSignature, peerKey()), {
      code: "invalid-bundle",
      message,
    });
  }
});

test("signFolder gives what verifyFolder takes, with the ignored file left out", async () => {
  const folder = sampleFolder();
  const key = newKey();
  const signature = await signFolder(folder, key, { name: "m@1", ignored: ["model.sig"] });
  writeFileSync(join(folder, "model.sig"), signature);
  const digests = await verifyFolder(folder, signature, key.publicKey);
  assert.deepEqual([...digests.keys()], ["b.txt", "part/a.bin"]);
});

test("another key is refused by its fingerprint, and one that claims the fingerprint by the signature", async () => {
  const folder = sampleFolder();
  const [key, other] = [newKey(), newKey()];
  const signature = await signFolder(folder, key, { name: "m@1", ignored: [] });
  await assert.rejects(verifyFolder(folder, signature, other.publicKey), {
    code: "invalid-bundle",
    message: /^the signature requires the trusted key [0-9a-f]{16}…; got another key's signature$/,
  });
  const hint = (text: string) => /"hint":"(\w+)"/.exec(text)?.[1] ?? "";
  const claimed = hint(await signFolder(folder, other, { name: "m@1", ignored: [] }));
  await assert.rejects(
    verifyFolder(folder, signature.replace(hint(signature), claimed), other.publicKey),
    {
      code: "invalid-bundle",
      message:
        "the signature requires content that its signature is for; got other content or another signature",
    },
  );
});

test("no byte of a signature file can change unnoticed", async () => {
  const folder = sampleFolder();
  const key = newKey();
  const signature = Buffer.from(await signFolder(folder, key, { name: "m@1", ignored: [] }));
  for (let i = 0; i < signature.length; i++) {
    for (const flip of [0x01, 0x20]) {
      const changed = Buffer.from(signature);
      changed[i] = (changed[i] ?? 0) ^ flip;
      await assert.rejects(verifyFolder(folder, changed.toString("latin1"), key.publicKey), {
        code: "invalid-bundle",
      });
    }
  }
});

test("a project's key is made once, for its owner only, and processes that race get the same one", async () => {
  const store = cleanup.folder();
  const keys = await Promise.all([projectKey(store), projectKey(store), projectKey(store)]);
  const pems = keys.map(({ privateKey }) => privateKey.export({ type: "pkcs8", format: "pem" }));
  assert.deepEqual(new Set(pems).size, 1);
  assert.equal(statSync(join(store, "keys", "signing.pem")).mode & 0o777, 0o600);
  writeFileSync(join(store, "keys", "signing.pem"), "junk");
  await assert.rejects(projectKey(store), {
    code: "invalid-bundle",
    message: /^projectKey requires a P-256 private key in /,
  });
});

test("readPublicKey takes neither a private key nor another curve", () => {
  const pem = (curve: string, kind: "public" | "private"): string => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: curve });
    return kind === "public"
      ? publicKey.export({ type: "spki", format: "pem" }).toString()
      : privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  };
  for (const text of [pem("P-384", "public"), pem("P-256", "private"), "junk"]) {
    assert.throws(() => readPublicKey(text, "key.pub"), {
      code: "invalid-bundle",
      message: /^readPublicKey requires a public P-256 key in PEM; got none in key.pub/,
    });
  }
});
