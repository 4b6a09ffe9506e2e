import assert from "node:assert/strict";

export function assertNear(actual: number, expected: number, tolerance: number, what = ""): void {
  assert.ok(
    Math.abs(actual - expected) <= tolerance,
    `${what} ${actual} is not ${expected} within ${tolerance}`,
  );
}
