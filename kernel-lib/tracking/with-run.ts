import type { Run } from "./run";

/**
 * Does `work` with a new run, and ends it: finished, or failed with what was thrown, which is thrown on. A run that
 * `work` ended itself stays as it is.
 */
export async function withRun<T>(start: () => Run, work: (run: Run) => T | Promise<T>): Promise<T> {
  const run = start();
  let result: T;
  try {
    result = await work(run);
  } catch (error) {
    await run.fail(error);
    throw error;
  }
  await run.end();
  return result;
}
