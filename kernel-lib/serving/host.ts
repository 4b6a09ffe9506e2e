import { AssayerError, messageOf } from "../errors";
import { repeatSample } from "../onnx/golden";
import { openSession, type InferOptions, type Session } from "../onnx/session";
import type { InferTensor } from "../onnx/tensor";
import type { ExplainWish } from "./explain-wish";
import type { ModelSource, ServedModel, ServedVersion } from "./model-source";
import { VersionExplainers, type ServedExplanation } from "./version-explainers";

/** Versions besides the current ones that are kept loaded after a request named them. */
const keptOnRequest = 8;
const shortestRetry = 1000;
const longestRetry = 60_000;

interface Loaded {
  version: ServedVersion;
  session: Session;
  explainers: VersionExplainers;
  users: number;
  retired: boolean;
}

export interface VersionState {
  name: string;
  version: string;
  state: "READY" | "UNAVAILABLE";
  reason: string;
}

/**
 * Keeps one loaded session for the current version of every model, and follows its source: a new
 * current version is loaded and its golden sample repeated before it takes over; requests under way
 * finish on the old one. A version that cannot be loaded leaves the old one in its place.
 */
export class ModelHost {
  private catalog: ServedModel[] = [];
  private readonly current = new Map<string, Loaded>();
  private readonly onRequest = new Map<string, Promise<Loaded>>();
  private readonly unloaded = new Set<string>();
  private readonly problems = new Map<string, Error>();
  private syncing: Promise<void> = Promise.resolve();
  /** A sync that has not begun yet; whoever asks for one meanwhile shares it. */
  private nextSync: Promise<void> | undefined;
  private readonly watcher: { close(): void };
  private retry: NodeJS.Timeout | undefined;
  private retryDelay = shortestRetry;
  private lastProblem: string | undefined;
  private closed = false;

  /** @param onProblem hears why a change of the source could not be followed */
  constructor(
    readonly source: ModelSource,
    private readonly onProblem: (message: string) => void = () => undefined,
  ) {
    this.watcher = source.watch(() => {
      this.follow();
    });
  }

  /** Brings what is loaded in line with the source. */
  sync(): Promise<void> {
    if (this.nextSync !== undefined) return this.nextSync;
    const synced = this.syncing.then(() => {
      this.nextSync = undefined;
      return this.syncNow();
    });
    this.nextSync = synced;
    this.syncing = synced.catch(() => undefined);
    return synced;
  }

  /** Whether every model that should be served is, if need be in the version before. */
  get ready(): boolean {
    return this.catalog.every(
      ({ name, current }) =>
        current === undefined || this.current.has(name) || this.unloaded.has(name),
    );
  }

  /** What kept a model from being served, the first one if several. */
  firstProblem(): Error | undefined {
    return this.problems.values().next().value;
  }

  /** @throws AssayerError "unknown-model" */
  find(name: string, number?: number): { model: ServedModel; version: ServedVersion } {
    const model = this.catalog.find((candidate) => candidate.name === name);
    if (model === undefined) {
      const names = this.catalog.map((candidate) => candidate.name).join(", ");
      throw new AssayerError(
        "unknown-model",
        `unknown model: ${name}; expected one of ${names || "none yet"}`,
      );
    }
    const version =
      number === undefined
        ? (this.current.get(name)?.version ?? model.current)
        : model.versions.find((candidate) => candidate.number === number);
    if (version !== undefined) return { model, version };
    const numbers = model.versions.map((candidate) => candidate.number).join(", ");
    throw new AssayerError(
      "unknown-model",
      number === undefined
        ? `model ${name} requires a version in production; got none: promote one of ${numbers}`
        : `unknown version: ${name}@${number}; expected one of ${numbers}`,
    );
  }

  isReady(name: string, number?: number): boolean {
    const { version } = this.find(name, number);
    if (this.unloaded.has(name)) return false;
    return number === undefined ? this.current.get(name)?.version === version : true;
  }

  /** State of every version, as the protocol's repository index tells it. */
  states(): VersionState[] {
    return this.catalog.flatMap(({ name, versions, current }) =>
      versions.map((version) => {
        const ready = this.current.get(name)?.version.number === version.number;
        const idle = this.unloaded.has(name) ? "unloaded" : "loaded when a request names it";
        const reason = version === current ? (this.problems.get(name)?.message ?? idle) : idle;
        return {
          name,
          version: String(version.number),
          state: ready ? ("READY" as const) : ("UNAVAILABLE" as const),
          reason: ready ? "" : reason,
        };
      }),
    );
  }

  async infer(
    name: string,
    number: number | undefined,
    inputs: readonly InferTensor[],
    outputs?: readonly string[],
    options?: InferOptions,
    explain?: ExplainWish,
  ): Promise<{
    version: ServedVersion;
    outputs: InferTensor[];
    explanation: ServedExplanation | null;
  }> {
    const loaded = await this.acquire(name, number);
    try {
      const { version, session, explainers } = loaded;
      const answers = await session.infer(inputs, outputs, options);
      const explanation = explain ? await explainers.explain(inputs, explain) : null;
      return { version, outputs: answers, explanation };
    } finally {
      loaded.users -= 1;
      this.releaseUnused(loaded);
    }
  }

  /** Makes a model available again, after `unload` or a failure. */
  async load(name: string): Promise<void> {
    this.unloaded.delete(name);
    await this.sync();
    const { version } = this.find(name);
    const problem = this.problems.get(name);
    if (problem !== undefined) throw problem;
    if (this.current.get(name)?.version.number !== version.number) {
      throw new AssayerError(
        "unknown-model",
        `model ${name} requires a version in production; got none`,
      );
    }
  }

  /** Makes a model unavailable in this server until `load`, and frees its memory. */
  unload(name: string): void {
    this.find(name);
    this.unloaded.add(name);
    this.replace(name, undefined);
    for (const key of this.onRequest.keys()) {
      if (key.startsWith(`${name}@`)) this.dropOnRequest(key);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    this.watcher.close();
    clearTimeout(this.retry);
    await this.syncing;
    for (const name of [...this.current.keys()]) this.replace(name, undefined);
    for (const key of [...this.onRequest.keys()]) this.dropOnRequest(key);
  }

  /** A source that cannot be read for a while, or that holds something bad, is asked again, ever more rarely. */
  private follow(): void {
    clearTimeout(this.retry);
    if (this.closed) return;
    this.sync().then(
      () => {
        this.retryDelay = shortestRetry;
        this.lastProblem = undefined;
      },
      (error: unknown) => {
        if (this.closed) return;
        const problem = messageOf(error);
        if (problem !== this.lastProblem) this.onProblem(problem);
        this.lastProblem = problem;
        this.retry = setTimeout(() => {
          this.follow();
        }, this.retryDelay).unref();
        this.retryDelay = Math.min(2 * this.retryDelay, longestRetry);
      },
    );
  }

  private async syncNow(): Promise<void> {
    this.catalog = await this.source.models();
    for (const name of this.current.keys()) {
      if (!this.catalog.some((model) => model.name === name)) this.replace(name, undefined);
    }
    for (const { name, current } of this.catalog) {
      if (this.unloaded.has(name)) continue;
      const loaded = this.current.get(name);
      if (
        loaded?.version.number === current?.number &&
        loaded?.version.digest === current?.digest
      ) {
        this.problems.delete(name);
        continue;
      }
      try {
        this.replace(name, current === undefined ? undefined : await this.open(name, current));
        this.problems.delete(name);
      } catch (error) {
        this.onProblem(`model ${name}: ${messageOf(error)}`);
        this.problems.set(name, error instanceof Error ? error : new Error(messageOf(error)));
      }
    }
  }

  private async open(name: string, version: ServedVersion): Promise<Loaded> {
    const session = await openSession(await this.source.read(version));
    try {
      if (version.sample !== null) await repeatSample(session, version.sample);
    } catch (error) {
      await session.close();
      throw error;
    }
    const explainers = new VersionExplainers({
      inputs: session.inputs,
      columns: version.input.length === 1 ? version.input[0]?.columns : undefined,
      read: () => this.source.read(version),
      background: () => this.source.background?.(name, version) ?? Promise.resolve(null),
    });
    return { version, session, explainers, users: 0, retired: false };
  }

  private replace(name: string, next: Loaded | undefined): void {
    const former = this.current.get(name);
    if (next === undefined) this.current.delete(name);
    else this.current.set(name, next);
    if (former !== undefined) this.retire(former);
  }

  private async acquire(name: string, number: number | undefined): Promise<Loaded> {
    const { version } = this.find(name, number);
    if (this.unloaded.has(name)) {
      throw new AssayerError(
        "unknown-model",
        `model ${name} requires loading first; got an unloaded one`,
      );
    }
    const current = this.current.get(name);
    if (current?.version.number !== version.number) {
      return this.acquireOnRequest(name, version);
    }
    current.users += 1;
    return current;
  }

  private async acquireOnRequest(name: string, version: ServedVersion): Promise<Loaded> {
    const key = `${name}@${version.number}`;
    const opening = this.onRequest.get(key) ?? this.open(name, version);
    // Taken out and put back: the map's order is the order of last use.
    this.onRequest.delete(key);
    this.onRequest.set(key, opening);
    for (const oldest of [...this.onRequest.keys()].slice(0, -keptOnRequest))
      this.dropOnRequest(oldest);
    try {
      const loaded = await opening;
      loaded.users += 1;
      return loaded;
    } catch (error) {
      this.onRequest.delete(key);
      throw error;
    }
  }

  private dropOnRequest(key: string): void {
    const opening = this.onRequest.get(key);
    this.onRequest.delete(key);
    opening?.then(
      (loaded) => {
        this.retire(loaded);
      },
      () => undefined,
    );
  }

  private retire(loaded: Loaded): void {
    loaded.retired = true;
    this.releaseUnused(loaded);
  }

  private releaseUnused(loaded: Loaded): void {
    if (!loaded.retired || loaded.users > 0) return;
    void loaded.session.close();
    void loaded.explainers.close();
  }
}
