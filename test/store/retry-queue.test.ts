import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError } from "../../kernel-lib/errors";
import { RetryQueue } from "../../kernel-lib/store/retry-queue";

function disk() {
  const done: string[] = [];
  const state = { isFull: true };
  const write = (text: string) => () => {
    if (state.isFull) throw new Error("ENOSPC");
    done.push(text);
  };
  return { done, state, write };
}

test("work of one name stays in order, and other work does not wait for it", async () => {
  const { done, state, write } = disk();
  const queue = new RetryQueue();
  queue.attempt("artifact a", write("old a"));
  state.isFull = false;
  queue.attempt("artifact a", write("new a"));
  queue.attempt("artifact b", write("b"));
  await queue.attemptAsync("artifact a", () => {
    write("newest a")();
    return Promise.resolve();
  });
  assert.deepEqual(done, ["b"]);
  await queue.flush();
  assert.deepEqual(done, ["b", "old a", "new a", "newest a"]);
});

test("work that never can be done holds up nothing but its own name", async () => {
  const { done, state, write } = disk();
  const queue = new RetryQueue();
  const never = () => {
    throw new Error("EPERM");
  };
  queue.attempt("artifact a", never);
  queue.attempt("artifact b", write("b"));
  state.isFull = false;
  queue.attempt("artifact a", write("a"));
  await queue.flush();
  assert.deepEqual(done, ["b"]);
  queue.tellLost();
});

test("a mistake of the caller is thrown on, and one that shows itself later is told and dropped", async () => {
  const queue = new RetryQueue();
  const mistake = new AssayerError("invalid-argument", "wrong");
  assert.throws(() => {
    queue.attempt("x", () => {
      throw mistake;
    });
  }, mistake);
  let tries = 0;
  queue.attempt("x", () => {
    throw tries++ === 0 ? new Error("ENOSPC") : mistake;
  });
  await queue.flush();
  await queue.flush();
  assert.equal(tries, 2);
});
