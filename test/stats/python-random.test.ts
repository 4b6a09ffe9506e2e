import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PythonRandom } from "../../kernel-lib/stats/python-random";

const { samples } = JSON.parse(
  readFileSync(join(__dirname, "../parity/golden/streaming.json"), "utf8"),
) as {
  samples: { seed: number; population: number; size: number; sample: number[]; then: number[] }[];
};

test("PythonRandom samples as random.Random(seed).sample of Python 3.11 does, and goes on the same when it was saved", () => {
  assert.equal(samples.length, 5);
  for (const { seed, population, size, sample, then } of samples) {
    const random = PythonRandom.ofSeed(seed);
    assert.deepEqual(random.sample(population, size), sample);
    const saved = PythonRandom.fromState(random.toState());
    for (const next of [random, saved])
      assert.deepEqual(
        then.map(() => next.below(1000)),
        then,
      );
  }
});
