import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { AssayerError } from "../errors";
import { putArtifact, putArtifactFileSync } from "../store/artifacts";
import { requireName } from "../store/check";
import type { Store } from "../store/store";
import type { ArtifactFile } from "./artifact-files";
import { mediaTypeOf } from "./media-type";
import { projectFile } from "./project-file";

/** A file of the project as an artifact: its bytes are never in memory as a whole. */
export interface ProjectFile {
  name: string;
  path: string;
}

export function findProjectFile(root: string, path: string): ProjectFile {
  const { absolute, name } = projectFile(root, path, "logArtifact", "{ name, data }");
  try {
    accessSync(absolute, constants.R_OK);
    if (statSync(absolute).isFile()) return { name, path: absolute };
  } catch (cause) {
    throw unreadable(absolute, cause);
  }
  throw unreadable(absolute);
}

function unreadable(path: string, cause?: unknown): AssayerError {
  return new AssayerError("invalid-argument", `logArtifact requires a readable file; got ${path}`, {
    cause,
  });
}

/**
 * What a run keeps beside records: a mistake of the caller is thrown on; what a fault of the store kept out is told,
 * kept in memory and tried again, and training goes on.
 */
export class RunKeeper {
  /** @param underWay what closing the project waits for */
  constructor(
    private readonly store: Store,
    private readonly runId: string,
    private readonly runName: string,
    private readonly underWay: Set<Promise<void>>,
  ) {}

  /** Keeps bytes or text by their SHA-256. */
  keepFile({ name, data, mediaType }: ArtifactFile, what: string): void {
    requireName(name, what);
    if (mediaType !== undefined) requireName(mediaType, `${what}: mediaType`);
    if (typeof data !== "string" && !(data instanceof Uint8Array))
      throw new AssayerError(
        "invalid-argument",
        `${what} requires text or bytes as data; got ${typeof data}`,
      );
    if (isAbsolute(name) || name.split(/[/\\]/u).includes(".."))
      throw new AssayerError(
        "path-outside-project",
        `${what} requires a relative name without ..; got ${name}`,
      );
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    this.keepArtifact(name, mediaType, () => putArtifact(this.store.directory, bytes));
  }

  /** Keeps a file of the project by its SHA-256. */
  keepProjectFile({ name, path }: ProjectFile): void {
    requireName(name, "logArtifact");
    this.keepArtifact(name, undefined, () => putArtifactFileSync(this.store.directory, path));
  }

  private keepArtifact(
    name: string,
    mediaType: string | undefined,
    put: () => { digest: string; size: number },
  ): void {
    const { log } = this.store;
    this.spareTraining(`artifact ${name}`, () => {
      log.append({
        kind: "artifact",
        runId: this.runId,
        name,
        ...put(),
        mediaType: mediaType ?? mediaTypeOf(name),
        at: Date.now(),
      });
    });
  }

  /** Does work that closing the project waits for. */
  async inBackground(what: string, work: () => Promise<void>): Promise<void> {
    const done = this.store.retries.attemptAsync(this.told(what), work);
    const settled = done.catch(() => undefined);
    this.underWay.add(settled);
    await done.finally(() => this.underWay.delete(settled));
  }

  spareTraining(what: string, work: () => void): void {
    this.store.retries.attempt(this.told(what), work);
  }

  private told(what: string): string {
    return `${what} of run ${this.runName}`;
  }
}
