import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { hmacSha256 } from "../../kernel-lib/fairness/hmac-sha-256";
import { requestNumber } from "../../kernel-lib/fairness/request-number";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";

function codeOfNode(key: string, message: string): Buffer {
  return createHmac("sha256", Buffer.from(key)).update(message, "utf8").digest();
}

const random = seededRandom(5);
const alphabet = ["a", "Z", "0", " ", "\0", "é", "日", "𝄞", "\ud800"];

function text(length: number): string {
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join("");
}

test("hmacSha256 is node:crypto's HMAC for keys and messages of every length across a block", () => {
  for (let length = 0; length <= 140; length++) {
    for (const [key, message] of [
      ["key", "x".repeat(length)],
      ["k".repeat(length), "message"],
      [text(length), text(140 - length)],
    ] as const) {
      const words = hmacSha256(key)(message);
      const bytes = Buffer.alloc(32);
      words.forEach((word, i) => bytes.writeInt32BE(word, 4 * i));
      assert.equal(bytes.toString("hex"), codeOfNode(key, message).toString("hex"));
    }
  }
});

test("one function of a key serves long messages and short ones by turns", () => {
  const code = hmacSha256("key");
  for (const message of ["a", "é".repeat(100_000), "", "b".repeat(1_000_000), "a"]) {
    const first = codeOfNode("key", message).readInt32BE(0);
    assert.equal(code(message)[0], first);
  }
});

test("requestNumber is the first 53 bits of the code", () => {
  for (let i = 0; i < 2000; i++) {
    const key = i % 3 === 0 ? "one key" : text(i % 70);
    const id = i % 2 === 0 ? `request-${i}` : text(i % 90);
    const bits = codeOfNode(key, id).readBigUInt64BE(0) >> 11n;
    assert.equal(requestNumber(key, id), Number(bits) / 2 ** 53);
  }
  assert.equal(
    requestNumber("key", "The quick brown fox jumps over the lazy dog"),
    Number(0xf7bc83f430538424n >> 11n) / 2 ** 53,
    "the HMAC-SHA-256 that many texts give as an example",
  );
});

test("requestNumber spreads consecutive ids evenly, and apart from those under another key", () => {
  const n = 20_000;
  const tenths = new Array<number>(10).fill(0);
  let product = 0;
  for (let i = 0; i < n; i++) {
    const [a, b] = [requestNumber("one", `id-${i}`), requestNumber("two", `id-${i}`)];
    assert.ok(a >= 0 && a < 1);
    const tenth = Math.floor(a * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    product += (a - 0.5) * (b - 0.5);
  }
  // Chi-square of 9 degrees of freedom: 27.9 is passed once in 1,000 keys.
  const chiSquare = tenths.reduce((sum, count) => sum + (count - n / 10) ** 2 / (n / 10), 0);
  assert.ok(chiSquare < 27.9, `${chiSquare}`);
  assert.ok(Math.abs(product / n) < (4 / 12) * n ** -0.5);
});
