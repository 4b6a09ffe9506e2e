import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { accuracy, AssayerError, logLoss, rocAuc } from "../../kernel-lib/index";

interface Golden {
  versions: Record<string, string>;
  yTrue: number[];
  cases: { name: string; yScore: number[]; accuracy: number; rocAuc: number; logLoss: number }[];
}

const golden = JSON.parse(
  readFileSync(join(__dirname, "../parity/golden/evaluate.json"), "utf8"),
) as Golden;

function assertClose(actual: number, expected: number): void {
  assert.ok(
    Math.abs(actual - expected) <= 1e-12 * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );
}

for (const { name, yScore, ...expected } of golden.cases)
  test(`accuracy, rocAuc and logLoss equal scikit-learn ${golden.versions["scikit-learn"] ?? ""} within 1e-12: ${name}`, () => {
    const { yTrue } = golden;
    assertClose(
      accuracy(
        yTrue,
        yScore.map((score) => Number(score > 0.5)),
      ),
      expected.accuracy,
    );
    assertClose(rocAuc(yTrue, yScore), expected.rocAuc);
    assertClose(logLoss(yTrue, yScore), expected.logLoss);
  });

test("rocAuc is NaN when there is one class, and does not depend on a monotone change of scores", () => {
  assert.ok(Number.isNaN(rocAuc([1, 1], [0.1, 0.2])));
  const { yTrue, cases } = golden;
  const scores = cases[0]?.yScore ?? [];
  assert.equal(
    rocAuc(yTrue, scores),
    rocAuc(
      yTrue,
      scores.map((score) => Math.exp(3 * score)),
    ),
  );
});

test("bad input is named", () => {
  const refused = (work: () => void, message: string) => {
    assert.throws(work, new AssayerError("invalid-argument", message));
  };
  refused(() => accuracy([], []), "accuracy requires arrays of one length, 1 or more; got 0 and 0");
  refused(
    () => rocAuc([0, 1], [1]),
    "rocAuc requires arrays of one length, 1 or more; got 2 and 1",
  );
  refused(
    () => logLoss([0, 2], [0, 1]),
    "logLoss requires labels of two classes, 1 and 0; got 2 at position 1",
  );
});
