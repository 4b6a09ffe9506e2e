import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { AssayerError } from "../errors";
import { putArtifact } from "../store/artifacts";
import { requireName } from "../store/check";
import type { Store } from "../store/store";
import type { ArtifactFile } from "./artifact-files";
import { mediaTypeOf } from "./media-type";
import { projectFile } from "./project-file";

/** A file of the project as an artifact. */
export function readProjectFile(root: string, path: string): ArtifactFile {
  const { absolute, name } = projectFile(root, path, "logArtifact", "{ name, data }");
  try {
    return { name, data: readFileSync(absolute) };
  } catch (cause) {
    throw new AssayerError(
      "invalid-argument",
      `logArtifact requires a readable file; got ${absolute}`,
      { cause },
    );
  }
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

  /** Keeps a file by its SHA-256. */
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
    const { log, directory } = this.store;
    this.spareTraining(`artifact ${name}`, () => {
      log.append({
        kind: "artifact",
        runId: this.runId,
        name,
        ...putArtifact(directory, bytes),
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
