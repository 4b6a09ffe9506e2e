import { readFileSync, statfsSync } from "node:fs";
import { cpus, freemem, totalmem } from "node:os";
import { AssayerError } from "../errors";

/** Busy and all time of the machine's processors since it was started, in one unit of time. */
interface ProcessorTime {
  busy: number;
  all: number;
}

const megabyte = 1e6;

/** What a file of /proc says; undefined where there is none. */
function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

/** One line of /proc/stat is cheaper than `os.cpus`, which asks for each processor's frequency. */
function processorTime(): ProcessorTime {
  const line = readProc("/proc/stat")?.split("\n", 1)[0];
  if (line?.startsWith("cpu ")) {
    // user nice system idle iowait irq softirq steal; guests are in user.
    const ticks = line.trim().split(/\s+/u).slice(1, 9).map(Number);
    const all = ticks.reduce((sum, each) => sum + each, 0);
    return { busy: all - (ticks[3] ?? 0) - (ticks[4] ?? 0), all };
  }
  let [busy, all] = [0, 0];
  for (const { times } of cpus()) {
    const sum = times.user + times.nice + times.sys + times.idle + times.irq;
    busy += sum - times.idle;
    all += sum;
  }
  return { busy, all };
}

/** Bytes that all interfaces but the loopback took in and sent since the machine was started. */
function networkBytes(): { received: number; sent: number } | undefined {
  const text = readProc("/proc/net/dev");
  if (text === undefined) return undefined;
  let [received, sent] = [0, 0];
  for (const line of text.split("\n").slice(2)) {
    const [name, rest] = line.split(":");
    if (rest === undefined || name?.trim() === "lo") continue;
    const numbers = rest.trim().split(/\s+/u).map(Number);
    received += numbers[0] ?? 0;
    sent += numbers[8] ?? 0;
  }
  return { received, sent };
}

function diskMetrics(folder: string): Record<string, number> {
  try {
    const { blocks, bfree, bavail, bsize } = statfsSync(folder);
    const used = blocks - bfree;
    return {
      "system/disk_usage_megabytes": (used * bsize) / megabyte,
      // As `df` has it: of what a user can have.
      "system/disk_usage_percentage": (used / (used + bavail)) * 100,
      "system/disk_available_megabytes": (bavail * bsize) / megabyte,
    };
  } catch {
    return {};
  }
}

/**
 * Measures the machine and this process, with the keys and units that MLflow has for what it measures too:
 * percentages of all processors, megabytes of 10^6 bytes, the network since the sampler was made. A processor's
 * share is that since the sample before; `system/process_cpu_percentage` is 100 for one processor that is busy.
 */
export class SystemSampler {
  private processors = processorTime();
  private process = process.cpuUsage();
  private time = performance.now();
  private readonly network = networkBytes();

  /** @param folder whose disk is measured */
  constructor(private readonly folder: string) {}

  /** The metrics now; a share over no time at all is left out. */
  sample(): Record<string, number> {
    const metrics: Record<string, number> = {};
    const [before, processBefore, timeBefore] = [this.processors, this.process, this.time];
    this.processors = processorTime();
    this.process = process.cpuUsage();
    this.time = performance.now();
    const all = this.processors.all - before.all;
    if (all > 0)
      metrics["system/cpu_utilization_percentage"] =
        ((this.processors.busy - before.busy) / all) * 100;
    const micros = (this.time - timeBefore) * 1000;
    const used =
      this.process.user + this.process.system - processBefore.user - processBefore.system;
    if (micros > 0) metrics["system/process_cpu_percentage"] = (used / micros) * 100;
    const [total, free] = [totalmem(), freemem()];
    metrics["system/system_memory_usage_megabytes"] = (total - free) / megabyte;
    metrics["system/system_memory_usage_percentage"] = ((total - free) / total) * 100;
    metrics["system/process_memory_megabytes"] = process.memoryUsage.rss() / megabyte;
    const network = this.network && networkBytes();
    if (this.network && network) {
      metrics["system/network_receive_megabytes"] =
        (network.received - this.network.received) / megabyte;
      metrics["system/network_transmit_megabytes"] = (network.sent - this.network.sent) / megabyte;
    }
    return Object.assign(metrics, diskMetrics(this.folder));
  }
}

/** Seconds between samples; undefined when none are wanted. */
export function samplingSeconds(
  option: boolean | { everySeconds: number } | undefined,
): number | undefined {
  if (option === undefined || option === false) return undefined;
  const seconds = option === true ? 10 : (option as Partial<typeof option> | null)?.everySeconds;
  if (typeof seconds === "number" && seconds >= 0.1 && seconds <= 86_400) return seconds;
  throw new AssayerError(
    "invalid-argument",
    `startRun: systemMetrics requires true, or everySeconds of 0.1 to 86400; got ${String(seconds)}`,
  );
}

/**
 * Hands a sample to `log` every so often, in the background; `stop` hands out a last one. The timer keeps no
 * process from leaving.
 */
export function sampleSystem(
  folder: string,
  seconds: number,
  log: (metrics: Record<string, number>) => void,
): { stop: () => void } {
  const sampler = new SystemSampler(folder);
  const timer = setInterval(() => {
    log(sampler.sample());
  }, seconds * 1000).unref();
  return {
    stop() {
      clearInterval(timer);
      log(sampler.sample());
    },
  };
}
