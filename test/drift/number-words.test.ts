import assert from "node:assert/strict";
import { test } from "node:test";
import { apart, numberWords, shareWords } from "../../kernel-lib/drift/number-words";

test("two values are told in as many digits as tell them apart", () => {
  assert.deepEqual(apart(shareWords, 0.12, 0.3), ["12 %", "30 %"]);
  assert.deepEqual(apart(shareWords, 0.1418, 0.1443), ["14.2 %", "14.4 %"]);
  assert.deepEqual(apart(shareWords, 0.00004, 0.0004), ["under 0.01 %", "0.04 %"]);
  assert.deepEqual(apart(shareWords, 0.9999, 0.9995), ["99.99 %", "99.95 %"]);
  assert.deepEqual(apart(numberWords, 1500.1, 1500.4), ["1,500.1", "1,500.4"]);
  assert.deepEqual(apart(numberWords, 0.5001, 0.5002), ["0.5001", "0.5002"]);
  assert.equal(apart(numberWords, 0.5, 0.5 + 1e-12), null);
});
