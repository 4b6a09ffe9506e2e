import assert from "node:assert/strict";
import { test } from "node:test";
import { formatBytes, formatDuration, formatNumber } from "../../webviews/format";

test("formatNumber keeps five digits, and names what is no number", () => {
  assert.equal(formatNumber(0.123456789), "0.12346");
  assert.equal(formatNumber(-12), "−12");
  assert.equal(formatNumber(0.000012345), "1.234e−5");
  assert.equal(formatNumber(-0.000012345), "−1.234e−5");
  assert.equal(formatNumber("NaN"), "NaN");
  assert.equal(formatNumber("-Infinity"), "−∞");
});

test("formatDuration tells the two largest units", () => {
  assert.equal(formatDuration(850), "850 ms");
  assert.equal(formatDuration(4200), "4.2 s");
  assert.equal(formatDuration(185_000), "3 min 5 s");
  assert.equal(formatDuration(2 * 3_600_000 + 14 * 60_000), "2 h 14 min");
  assert.equal(formatDuration(74 * 3_600_000), "3 d 2 h");
});

test("formatBytes counts in thousands", () => {
  assert.equal(formatBytes(999), "999 B");
  assert.equal(formatBytes(13_240), "13.2 kB");
  assert.equal(formatBytes(41e6), "41.0 MB");
});
