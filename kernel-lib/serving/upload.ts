import { z } from "zod";
import { AssayerError } from "../errors";
import type { GoldenSample, TensorSpec } from "../onnx/tensor";
import { sampleSchema, tensorSpecSchema, validate } from "./validate";

/** A model version on its way to another server, in the form of the protocol's repository extension. */
export interface Upload {
  model: string;
  number: number;
  onnx: Uint8Array;
  /** SHA-256 of `onnx`, hex. */
  sha256: string;
  input: TensorSpec[];
  output: TensorSpec[];
  sample: GoldenSample | null;
  note: string | null;
  /** Name of the project it comes from. */
  project: string;
}

const platform = "onnx_onnxv1";
/** The registry keeps numbers in 32 bits. */
const highestNumber = 2 ** 31 - 1;

const configSchema = z.object({
  name: z.string(),
  platform: z.literal(platform),
  version: z.number().int().min(1).max(highestNumber),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hex digits"),
  input: z.array(tensorSpecSchema),
  output: z.array(tensorSpecSchema),
  sample: sampleSchema.nullable(),
  note: z.string().nullable(),
  project: z.string().min(1),
});

const requestSchema = z.object({
  parameters: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Body of `POST /v2/repository/models/{model}/load` that brings the model with it: `config` as JSON
 * text and the file as base64 under `file:<version>/model.onnx`.
 *
 * @see https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_model_repository.md
 */
export function writeLoadRequest(upload: Upload): { parameters: Record<string, string> } {
  const { model, number, onnx, ...rest } = upload;
  const config: z.infer<typeof configSchema> = { name: model, platform, version: number, ...rest };
  return {
    parameters: {
      config: JSON.stringify(config),
      [`file:${number}/model.onnx`]: Buffer.from(onnx).toString("base64"),
    },
  };
}

/**
 * Reads such a body; undefined when it brings no model, so that one already here is to be loaded.
 *
 * @throws AssayerError "invalid-input" if parts are missing or do not fit each other
 */
export function readLoadRequest(model: string, body: unknown): Upload | undefined {
  const { parameters = {} } = validate(requestSchema, body ?? {}, "load");
  const files = Object.keys(parameters).filter((name) => name.startsWith("file:"));
  if (files.length === 0 && !("config" in parameters)) return undefined;
  const { name, version, sha256, input, output, sample, note, project } = readConfig(
    parameters["config"],
  );
  if (name !== model) {
    throw new AssayerError(
      "invalid-input",
      `load requires a config of model ${model}; got ${name}`,
    );
  }
  const wanted = `file:${version}/model.onnx`;
  const content = parameters[wanted];
  if (files.length !== 1 || typeof content !== "string") {
    throw new AssayerError(
      "invalid-input",
      `load requires one file named ${wanted}; got ${files.join(", ") || "none"}`,
    );
  }
  const onnx = Buffer.from(content, "base64");
  return { model, number: version, onnx, sha256, input, output, sample, note, project };
}

function readConfig(text: unknown): z.infer<typeof configSchema> {
  if (typeof text !== "string") {
    throw new AssayerError(
      "invalid-input",
      `load requires parameters.config as JSON text; got ${typeof text}`,
    );
  }
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (cause) {
    throw new AssayerError(
      "invalid-input",
      "load requires parameters.config as JSON text; got other text",
      {
        cause,
      },
    );
  }
  return validate(configSchema, config, "load: config");
}
