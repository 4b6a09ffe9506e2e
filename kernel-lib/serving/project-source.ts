import { sha256 } from "../store/digest";
import { AssayerError } from "../errors";
import type { Project } from "../project";
import type { ModelSource, ServedModel } from "./model-source";
import type { Upload } from "./upload";

const production = "production";
/** At most one look at the registry in this time, in ms, however much is logged meanwhile. */
const watchInterval = 500;

/** The models of a project's registry. The version in production is the current one. */
export function projectSource(project: Project): ModelSource {
  // One upload at a time: two of one number must not both find it free.
  let uploads: Promise<void> = Promise.resolve();
  return {
    models: listModels(project),
    read: (version) => project.readArtifact(version.digest),
    background: (model, { number }) => project.registry.background(model, number),
    watch: (listener) => watchSparingly(project, listener),
    accept(upload) {
      const accepted = uploads.then(() => accept(project, upload));
      uploads = accepted.catch(() => undefined);
      return accepted;
    },
  };
}

/**
 * Most changes of a store are runs being logged. The registry's overview tells whether a model has
 * changed: versions are immutable, and a stage that one version holds is in it.
 */
function listModels({ registry, stages }: Project): () => Promise<ServedModel[]> {
  const overviewTellsAll = stages.slice(1, -1).includes(production);
  let known = new Map<string, { overview: string; served: ServedModel }>();
  return async () => {
    const models = await registry.models();
    const read = await Promise.all(
      models.map(async (model) => {
        const { name } = model;
        const overview = JSON.stringify(model);
        const before = known.get(name);
        if (overviewTellsAll && before?.overview === overview) return before;
        // A version that was brought over from MLflow in another format is kept, not served.
        const versions = (await registry.versions(name)).filter(({ format }) => format === "onnx");
        const current = versions.find(({ stage }) => stage === production);
        return { overview, served: { name, versions, current } };
      }),
    );
    known = new Map(read.map((model) => [model.served.name, model]));
    return read.map(({ served }) => served).filter(({ versions }) => versions.length > 0);
  };
}

/** The first change after a quiet time is told at once, those that follow it together. */
function watchSparingly(project: Project, listener: () => void): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  let told = -Infinity;
  const watcher = project.watch(() => {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        told = performance.now();
        listener();
      },
      Math.max(0, told + watchInterval - performance.now()),
    ).unref();
  });
  return {
    close() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}

async function accept(project: Project, upload: Upload): Promise<void> {
  const { registry } = project;
  const { model, number, onnx, input, output, sample, note } = upload;
  requireDigest(upload);
  const version = await registry.register(model, onnx, {
    number,
    input,
    output,
    ...(sample === null ? {} : { sample }),
    ...(note === null ? {} : { note }),
  });
  const { stage } = await registry.version(model, version.number);
  if (stage === production) return;
  await registry.promote(model, number, production, { reason: `pushed from ${upload.project}` });
}

/** The rest is proved by the registry, which opens the model and repeats its sample before it keeps them. */
function requireDigest({ onnx, sha256: wanted }: Upload): void {
  const digest = sha256(onnx);
  if (digest === wanted) return;
  throw new AssayerError(
    "invalid-input",
    `load requires a file with SHA-256 ${wanted}; got one with ${digest}`,
  );
}
