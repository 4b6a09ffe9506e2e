import { mkdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { AssayerError } from "../errors";
import type { Project } from "../project";
import { putArtifact, putArtifactFile } from "../store/artifacts";
import { createDurably } from "../store/durable-file";
import type { JournalEvent } from "../store/journal/events";
import { seriesBytes } from "../store/journal/frame";
import { newId } from "../store/id";
import { createStore, readManifest, storePaths } from "../store/layout";
import type { LongWork } from "../store/long-work";
import { Store } from "../store/store";
import type { MergeReport } from "../store/upkeep/merge";
import { mediaTypeOf } from "../tracking/media-type";

/** How much of each kind was read from the source; `metrics` counts values. */
export interface ImportCounts {
  runs: number;
  params: number;
  metrics: number;
  tags: number;
  notes: number;
  datasets: number;
  artifacts: number;
  modelVersions: number;
  stageTransitions: number;
}

/** Something of the source that has no place in a project, or could not be read. */
export interface NotBrought {
  what: string;
  count: number;
  /** Why, and what to do about it. */
  why: string;
}

export interface ImportReport {
  /** What the source holds and the import read. */
  read: ImportCounts;
  /** What of it is new in the project: nothing when the same source was imported before. */
  added: MergeReport;
  notBrought: NotBrought[];
}

const counted: Partial<Record<JournalEvent["kind"], keyof ImportCounts>> = {
  "run-start": "runs",
  param: "params",
  tag: "tags",
  note: "notes",
  dataset: "datasets",
  artifact: "artifacts",
  "model-version": "modelVersions",
};

/** Files up to this many bytes are read at once. */
const smallFile = 4 * 1024 * 1024;

/** Where an import writes: a store of its own, with the journal and the artifacts of any other. */
export class ImportTarget {
  readonly read: ImportCounts = {
    runs: 0,
    params: 0,
    metrics: 0,
    tags: 0,
    notes: 0,
    datasets: 0,
    artifacts: 0,
    modelVersions: 0,
    stageTransitions: 0,
  };
  private readonly missing = new Map<string, NotBrought>();

  constructor(
    readonly store: Store,
    private readonly caller: string,
    private readonly options: LongWork,
  ) {}

  append(event: JournalEvent): void {
    this.store.log.append(event);
    const kind = counted[event.kind];
    if (kind !== undefined) this.read[kind]++;
    if (event.kind === "stage") this.read.stageTransitions += event.moves.length;
  }

  /** Values of one metric, in the order given; timestamps in milliseconds since the epoch. */
  points(
    runId: string,
    key: string,
    values: Float64Array,
    steps: Float64Array,
    timestamps: Float64Array,
  ): void {
    this.store.log.appendMetrics(seriesBytes(runId, key), values, steps, timestamps);
    this.read.metrics += values.length;
  }

  /** Keeps bytes, or a file by its path, and returns their digest. */
  async keep(data: Uint8Array | { path: string; size: number }) {
    if (data instanceof Uint8Array) return putArtifact(this.store.directory, data);
    if (data.size > smallFile) return putArtifactFile(this.store.directory, data.path);
    return putArtifact(this.store.directory, await readFile(data.path));
  }

  async artifact(
    runId: string,
    name: string,
    data: Uint8Array | { path: string; size: number },
    at: number,
  ): Promise<void> {
    const kept = await this.keep(data);
    this.append({ kind: "artifact", runId, name, ...kept, mediaType: mediaTypeOf(name), at });
  }

  /** Counts what is left behind. */
  leave(what: string, why: string, count = 1): void {
    const known = this.missing.get(what);
    if (known) known.count += count;
    else if (count > 0) this.missing.set(what, { what, count, why });
  }

  get notBrought(): NotBrought[] {
    return [...this.missing.values()];
  }

  /** Says how far the import is, and lets others have a turn; called about once for each run. */
  async step(message: string, fraction: number): Promise<void> {
    this.options.onProgress?.(message, fraction);
    await nextTurn();
    this.requireTime();
  }

  /** @throws AssayerError "aborted" once the signal says so */
  requireTime(): void {
    if (this.options.signal?.aborted === true)
      throw new AssayerError(
        "aborted",
        `${this.caller} requires time to finish; got a signal to stop`,
      );
  }
}

async function merge(
  project: Project,
  folder: string,
  target: ImportTarget,
  { onProgress, signal }: LongWork,
): Promise<MergeReport> {
  // A merge counts each kind of file from the start.
  let reached = 0.9;
  try {
    return await project.merge(folder, {
      ...(signal && { signal }),
      onProgress: (message, fraction) =>
        onProgress?.(message, (reached = Math.max(reached, 0.9 + fraction / 10))),
    });
  } catch (error) {
    target.requireTime();
    throw error;
  }
}

/**
 * Lets `work` fill a fresh store beside the project's tables, then merges it in one transaction: an import that fails
 * or is killed leaves the project as it was. Records with the same ids are the same records, so that importing the
 * same source again adds nothing.
 */
export async function importInto(
  project: Project,
  caller: string,
  options: LongWork,
  work: (target: ImportTarget) => Promise<void>,
): Promise<ImportReport> {
  const folder = join(project.directory, `import-${newId()}.tmp`);
  mkdirSync(folder);
  try {
    const directory = join(folder, ".assayer");
    const manifest = readManifest(project.directory);
    mkdirSync(directory);
    createDurably(storePaths.manifest(directory), JSON.stringify({ ...manifest, id: newId() }));
    const store = new Store(createStore(folder));
    const target = new ImportTarget(store, caller, options);
    try {
      await target.step("reading", 0);
      await work(target);
    } finally {
      await store.close();
    }
    await target.step("taking it into the project", 0.9);
    const added = await merge(project, folder, target, options);
    options.onProgress?.("done", 1);
    return { read: target.read, added, notBrought: target.notBrought };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
