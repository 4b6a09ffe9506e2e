import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultMethod } from "../../../kernel-lib/drift/methods/default-method";
import { featureType } from "../../../kernel-lib/drift/compare/feature-type";

test("types are inferred as Evidently 0.7.21 infers them", () => {
  const of = (
    type: "number" | "boolean" | "text" | "time",
    integer: boolean,
    distinct: number,
    present = 100,
  ) => featureType({ type, integer, distinct, present });
  assert.equal(of("number", true, 10), "categorical");
  assert.equal(of("number", true, 11), "numerical");
  assert.equal(of("number", false, 2), "numerical");
  assert.equal(of("boolean", false, 2), "categorical");
  assert.equal(of("text", false, 50), "categorical");
  assert.equal(of("text", false, 51), "text");
  assert.equal(of("time", false, 100), "timestamp");
});

test("the default method follows Evidently's table at its edges", () => {
  assert.equal(defaultMethod("numerical", 1000, 6), "ks");
  assert.equal(defaultMethod("numerical", 1001, 6), "wasserstein");
  assert.equal(defaultMethod("numerical", 1000, 5), "chisquare");
  assert.equal(defaultMethod("numerical", 1000, 2), "z");
  assert.equal(defaultMethod("numerical", 1001, 5), "jensenshannon");
  assert.equal(defaultMethod("categorical", 1000, 3), "chisquare");
  assert.equal(defaultMethod("categorical", 1000, 2), "z");
  assert.equal(defaultMethod("categorical", 1001, 2), "jensenshannon");
});
