import assert from "node:assert/strict";
import { test } from "node:test";
import { textDrift, wordsOf } from "../../../kernel-lib/drift/compare/text-drift";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";

const vocabulary = "delay gate weather crew late early fuel cabin seat refund".split(" ");

function texts(seed: number, rows: number, words: readonly string[]): string[] {
  const random = seededRandom(seed);
  return Array.from({ length: rows }, () =>
    Array.from({ length: 6 }, () => words[Math.floor(random() * words.length)]).join(" "),
  );
}

test("words are of letters and digits of any script, in lower case", () => {
  assert.deepEqual(wordsOf("Straße 12, ДОМ—née!"), ["straße", "12", "дом", "née"]);
});

test("texts of one vocabulary are not told apart, texts of another are", () => {
  const reference = texts(1, 1500, vocabulary);
  const same = textDrift(reference, texts(2, 1500, vocabulary));
  assert.ok(Math.abs(same.auc - 0.5) < 0.04, String(same.auc));
  const moved = textDrift(reference, texts(3, 1500, [...vocabulary, "strike", "strike", "union"]));
  assert.ok(moved.auc > 0.75, String(moved.auc));
  assert.deepEqual(textDrift(reference, texts(2, 1500, vocabulary)), same);
  assert.equal(same.reference + same.current < 3000, true);
});

test("identifiers that never come again are not told apart", () => {
  const ids = (start: number) =>
    Array.from({ length: 2000 }, (_, i) => `order-${start + i * 7919}`);
  const { auc } = textDrift(ids(1), ids(3));
  assert.ok(Math.abs(auc - 0.5) < 0.04, String(auc));
});

test("without rows on a side there is no answer", () => {
  assert.equal(textDrift([], ["a", "b", "c"]).auc, NaN);
});
