import { AssayerError, messageOf } from "../errors";
import type { Project } from "../project";
import type { Deployment } from "../registry/registry";
import { findTarget } from "./target";

export interface PushOptions {
  /** The remote server's token; default the environment's ASSAYER_TOKEN. */
  token?: string;
  signal?: AbortSignal;
  /** Hears a line at each step. */
  onProgress?: (message: string) => void;
}

/**
 * Sends a model version where it is to run, and checks that it answers there as it did here: FP32
 * outputs of the golden sample within 1e-6 × max(1, |expected|), labels exactly.
 *
 * `http://host:port` is a running `assayer serve`: the version is registered in its project under
 * the same number and promoted to production. `edge:folder` is a device's folder: a signed bundle is
 * written into it, whole or not at all.
 *
 * Every push that found its version is recorded in the project, as succeeded or failed.
 *
 * @param reference `model@production`, `model@3`, or `model` for the newest
 * @throws AssayerError "unknown-model", "unknown-stage", "invalid-argument", "invalid-model" before anything is done
 * @throws AssayerError "unreachable", "unauthorized", "version-conflict", "sample-mismatch",
 * "deployment-failed" or "aborted" if the push fails
 * @example await push(project, "wage-model@production", "edge:./device");
 */
export async function push(
  project: Project,
  reference: string,
  target: string,
  options: PushOptions = {},
): Promise<Deployment> {
  const { registry } = project;
  const { kind, address } = findTarget(target);
  const version = await registry.resolve(reference);
  const { model, number } = version;
  requireAddressable(model);
  if (version.format !== "onnx")
    throw new AssayerError(
      "invalid-model",
      `push requires a version in ONNX; got ${model}@${number}, which is kept as MLflow saved it`,
    );
  const record = {
    model,
    number,
    target: kind.kind === "remote" ? address : `${kind.kind}:${address}`,
  };
  try {
    const outcome = await kind.push(
      {
        project,
        version,
        onnx: await project.readArtifact(version.digest),
        token: options.token ?? process.env["ASSAYER_TOKEN"],
        signal: options.signal,
        progress: options.onProgress ?? (() => undefined),
      },
      address,
    );
    return await registry.recordDeployment({ ...record, status: "succeeded", ...outcome });
  } catch (error) {
    const detail = messageOf(error);
    // A store that cannot take the record must not hide why the push failed.
    await registry.recordDeployment({ ...record, status: "failed", detail }).catch(() => undefined);
    if (error instanceof AssayerError) throw error;
    throw new AssayerError(
      "deployment-failed",
      `push requires a target it can write to; got: ${detail}`,
      {
        cause: error,
      },
    );
  }
}

/** A model is a part of an address wherever it is served, which "." and ".." cannot be, nor half a character. */
function requireAddressable(model: string): void {
  if (model !== "." && model !== ".." && !/\p{Cs}/u.test(model)) return;
  throw new AssayerError(
    "invalid-argument",
    `push requires a model with a name that can be in an address; got ${JSON.stringify(model)}: register it under another`,
  );
}
