import { createHash } from "node:crypto";
import { AssayerError } from "../errors";
import { repeatSample } from "../onnx/golden";
import { openSession } from "../onnx/session";
import type { GoldenSample } from "../onnx/tensor";
import type { Project } from "../project";
import type { ModelSource, ServedModel } from "./model-source";
import type { Upload } from "./upload";

const production = "production";

/** The models of a project's registry. The version in production is the current one. */
export function projectSource(project: Project): ModelSource {
  // One upload at a time: two of one number must not both find it free.
  let uploads: Promise<void> = Promise.resolve();
  return {
    models: () => listModels(project),
    read: (version) => project.readArtifact(version.digest),
    watch: (listener) => project.watch(listener),
    accept(upload) {
      const accepted = uploads.then(() => accept(project, upload));
      uploads = accepted.catch(() => undefined);
      return accepted;
    },
  };
}

async function listModels({ registry }: Project): Promise<ServedModel[]> {
  const models = await registry.models();
  return Promise.all(
    models.map(async ({ name }) => {
      const versions = await registry.versions(name);
      return { name, versions, current: versions.find(({ stage }) => stage === production) };
    }),
  );
}

async function accept(project: Project, upload: Upload): Promise<void> {
  const { registry } = project;
  const { model, number, onnx, input, output, note } = upload;
  await verify(upload);
  const sample = rowsOf(upload.sample);
  const version = await registry.register(model, onnx, {
    number,
    input,
    output,
    ...(sample === undefined ? {} : { sample }),
    ...(note === null ? {} : { note }),
  });
  const { stage } = await registry.version(model, version.number);
  if (stage === production) return;
  await registry.promote(model, number, production, { reason: `pushed from ${upload.project}` });
}

async function verify({ onnx, sha256, sample }: Upload): Promise<void> {
  const digest = createHash("sha256").update(onnx).digest("hex");
  if (digest !== sha256) {
    throw new AssayerError(
      "invalid-input",
      `load requires a file with SHA-256 ${sha256}; got one with ${digest}`,
    );
  }
  const session = await openSession(onnx);
  try {
    if (sample !== null) await repeatSample(session, sample);
  } finally {
    await session.close();
  }
}

/** The registry takes a sample as rows of one input and computes the answer itself. */
function rowsOf(sample: GoldenSample | null): number[][] | undefined {
  const [input, another] = sample?.inputs ?? [];
  const [rows = 0, columns = 0] = input?.shape ?? [];
  const numbers = (input?.data ?? []).filter((value) => typeof value === "number");
  if (another !== undefined || numbers.length === 0 || numbers.length !== rows * columns) {
    return undefined;
  }
  return Array.from({ length: rows }, (_, i) => numbers.slice(i * columns, (i + 1) * columns));
}
