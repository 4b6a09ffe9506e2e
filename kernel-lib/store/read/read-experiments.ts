import { AssayerError } from "../../errors";
import { queryRows, type Connection } from "../connection";

export interface Experiment {
  name: string;
  runs: number;
  /** Of them, those that go on. */
  running: number;
  lastStartedAt: Date;
}

/** Experiments with the runs that `condition`, SQL over `runs r`, lets count; the one that was used last first. */
export function listExperiments(connection: Connection, condition: string): Promise<Experiment[]> {
  return queryRows<Experiment>(
    connection,
    `select r.experiment as name, count(*) as runs, count(*) filter (r.status = 'running') as running,
        max(r.started_at) as "lastStartedAt"
      from runs r where ${condition} group by r.experiment order by "lastStartedAt" desc, name`,
  );
}

/** @throws AssayerError "unknown-experiment" for one that has no runs, not even hidden or deleted ones */
export async function requireExperiment(connection: Connection, name: string): Promise<void> {
  const known = await listExperiments(connection, "true");
  if (known.some((experiment) => experiment.name === name)) return;
  throw new AssayerError(
    "unknown-experiment",
    `unknown experiment: ${name}; expected one of ${known.map((each) => each.name).join(", ") || "none yet"}`,
  );
}
