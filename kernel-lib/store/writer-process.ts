import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** Who writes a segment, well enough to tell later whether that process still lives. */
export interface WriterProcess {
  host: string;
  pid: number;
  /** Start time of the process in clock ticks since boot, where the system tells; guards against reused ids. */
  started: number | null;
}

function startTicks(pid: number): number | null {
  if (process.platform !== "linux") return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  } catch {
    return null;
  }
}

export function thisProcess(): WriterProcess {
  return { host: hostname(), pid: process.pid, started: startTicks(process.pid) };
}

/** False only when the process is known to have ended: one of another host counts as alive. */
export function mayBeAlive(writer: WriterProcess): boolean {
  if (writer.host !== hostname()) return true;
  try {
    process.kill(writer.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return writer.started === null || startTicks(writer.pid) === writer.started;
}
