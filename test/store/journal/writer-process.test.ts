import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { mayBeAlive, thisProcess } from "../../../kernel-lib/store/journal/writer-process";

const { pid: ended } = spawnSync(process.execPath, ["-e", ""]);

test("a writer is taken for dead only when that is known", () => {
  const self = thisProcess();
  assert.equal(mayBeAlive(self), true);
  assert.equal(mayBeAlive({ ...self, pid: ended }), false);
  assert.equal(mayBeAlive({ ...self, started: null }), true);
  assert.equal(mayBeAlive({ ...self, pid: ended, host: "elsewhere" }), true);
  assert.equal(mayBeAlive({ ...self, pid: ended, namespace: "pid:[1]" }), true);
});

test("a writer out of sight that has not written for a day is taken for dead; one in sight never is", () => {
  const self = thisProcess();
  const days = (count: number) => count * 24 * 3600 * 1000;
  assert.equal(mayBeAlive({ ...self, host: "elsewhere" }, days(0.9)), true);
  assert.equal(mayBeAlive({ ...self, host: "elsewhere" }, days(1.1)), false);
  assert.equal(mayBeAlive({ ...self, namespace: "pid:[1]" }, days(1.1)), false);
  assert.equal(mayBeAlive(self, days(1000)), true);
});

test(
  "a reused process id and an earlier boot do not keep a dead writer alive",
  { skip: process.platform !== "linux" && "needs /proc" },
  () => {
    const self = thisProcess();
    assert.equal(mayBeAlive({ ...self, started: (self.started ?? 0) + 1 }), false);
    assert.equal(mayBeAlive({ ...self, boot: "another" }), false);
  },
);
