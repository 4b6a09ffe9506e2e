import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { mayBeAlive, thisProcess } from "../../kernel-lib/store/writer-process";

const { pid: ended } = spawnSync(process.execPath, ["-e", ""]);

test("a writer is taken for dead only when that is known", () => {
  const self = thisProcess();
  assert.equal(mayBeAlive(self), true);
  assert.equal(mayBeAlive({ ...self, pid: ended }), false);
  assert.equal(mayBeAlive({ ...self, started: null }), true);
  assert.equal(mayBeAlive({ ...self, pid: ended, host: "elsewhere" }), true);
  assert.equal(mayBeAlive({ ...self, pid: ended, namespace: "pid:[1]" }), true);
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
