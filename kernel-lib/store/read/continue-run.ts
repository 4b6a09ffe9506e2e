import { AssayerError } from "../../errors";
import type { Connection } from "../connection";
import type { ParamValue } from "../journal/events";
import { readRun } from "./read-runs";
import type { Store } from "../store";

/** What a run needs to know of itself to go on. */
export interface EndedRun {
  runId: string;
  experiment: string;
  name: string;
  params: Record<string, ParamValue>;
  /** Of each metric the highest step. */
  lastSteps: Map<string, number>;
}

async function requireEnded(connection: Connection, runId: string): Promise<EndedRun> {
  const { name, experiment, params, series, status, deletedAt } = await readRun(connection, runId);
  if (deletedAt !== null)
    throw new AssayerError(
      "run-deleted",
      `resumeRun requires a run that is not deleted; got ${name}: restore it first`,
    );
  if (status === "running")
    throw new AssayerError(
      "run-running",
      `resumeRun requires a run that has ended; got ${name}, which is running elsewhere`,
    );
  const lastSteps = new Map(series.map(({ key, lastStep }) => [key, lastStep]));
  return { runId, experiment, name, params, lastSteps };
}

/**
 * Makes an ended run go on, in this process; of several that try at once, one does.
 *
 * @throws AssayerError "unknown-run", "run-deleted", or "run-running" when it goes on elsewhere
 */
export function continueRun(store: Store, runId: string): Promise<EndedRun> {
  return store.decide(async (connection) => {
    const run = await requireEnded(connection, runId);
    const status = { kind: "run-status", runId, status: "running", error: null } as const;
    store.log.appendDurably({ ...status, at: Date.now() });
    return run;
  });
}
