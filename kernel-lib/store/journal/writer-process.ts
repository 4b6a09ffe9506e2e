import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Who writes a segment, well enough to tell later whether that process still lives. */
export interface WriterProcess {
  host: string;
  pid: number;
  /** Start of the process in clock ticks since boot, against reused ids; null where the system does not tell. */
  started: number | null;
  /** The boot it runs in, and the namespace its id belongs to: containers can share a host's name. */
  boot: string | null;
  namespace: string | null;
}

function tellOrNull(read: () => string): string | null {
  try {
    return read().trim();
  } catch {
    return null;
  }
}

function startTicks(pid: number): number | null {
  const stat = tellOrNull(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  return stat === null ? null : Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
}

const boot = tellOrNull(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1"));
const namespace = tellOrNull(() => readlinkSync("/proc/self/ns/pid"));

export function thisProcess(): WriterProcess {
  const { pid } = process;
  return { host: hostname(), pid, started: startTicks(pid), boot, namespace };
}

/** How long a writer that cannot be seen from here counts as alive after it last wrote, in milliseconds. */
const unseenPatience = 24 * 3600 * 1000;

/**
 * False when the process is known to have ended. One that cannot be seen from here, on another host or in another
 * container, counts as alive for a day after it last wrote; should it write again, its records are taken in still.
 *
 * @param idle milliseconds since it last wrote, default 0
 */
export function mayBeAlive(writer: WriterProcess, idle = 0): boolean {
  if (writer.host !== hostname()) return idle < unseenPatience;
  if (writer.boot !== null && boot !== null && writer.boot !== boot) return false;
  if (writer.namespace !== namespace) return idle < unseenPatience;
  try {
    process.kill(writer.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const now = startTicks(writer.pid);
  return writer.started === null || now === null || now === writer.started;
}
