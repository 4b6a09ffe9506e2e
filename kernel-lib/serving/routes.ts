import type { FastifyInstance, onRequestHookHandler } from "fastify";
import { z } from "zod";
import { AssayerError } from "../errors";
import { jsonTensors } from "../onnx/convert";
import type { TensorSpec } from "../onnx/tensor";
import { version as libraryVersion } from "../version";
import type { ModelHost } from "./host";
import { readInferRequest } from "./infer-json";
import { readLoadRequest } from "./upload";
import { validate } from "./validate";

export interface RouteOptions {
  /** Runs before anything that changes something. */
  guardChange: onRequestHookHandler;
  /** Runs before anything that tells about models or runs them. */
  guardUse: onRequestHookHandler;
  uploadLimit: number;
}

interface ModelParams {
  model: string;
  version?: string;
}

const indexSchema = z.object({ ready: z.boolean().optional() });

/**
 * The routes of the Open Inference Protocol v2 and of its model repository extension.
 *
 * @see https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
 */
export function addRoutes(app: FastifyInstance, host: ModelHost, options: RouteOptions): void {
  const use = { onRequest: options.guardUse };
  const change = { onRequest: options.guardChange };

  app.get("/v2", () => ({
    name: "assayer",
    version: libraryVersion,
    extensions: ["model_repository"],
  }));
  app.get("/v2/health/live", () => ({ live: true }));
  app.get("/v2/health/ready", (_, reply) =>
    reply.code(host.ready ? 200 : 503).send({ ready: host.ready }),
  );

  for (const path of ["/v2/models/:model", "/v2/models/:model/versions/:version"]) {
    app.get<{ Params: ModelParams }>(path, use, ({ params }) => {
      const { model, version } = host.find(params.model, versionNumber(params));
      return {
        name: model.name,
        versions: model.versions.map(({ number }) => String(number)),
        platform: "onnx_onnxv1",
        inputs: version.input.map(describe),
        outputs: version.output.map(describe),
      };
    });
    app.get<{ Params: ModelParams }>(`${path}/ready`, use, ({ params }, reply) => {
      const ready = host.isReady(params.model, versionNumber(params));
      return reply.code(ready ? 200 : 503).send({ name: params.model, ready });
    });
    app.post<{ Params: ModelParams }>(`${path}/infer`, use, async ({ params, body }) => {
      const { id, inputs, outputs, explain } = readInferRequest(body);
      const number = versionNumber(params);
      const options = id === undefined ? {} : { requestId: id };
      const answer = await host.infer(params.model, number, inputs, outputs, options, explain);
      const { explanation } = answer;
      return {
        model_name: params.model,
        model_version: String(answer.version.number),
        ...(id === undefined ? {} : { id }),
        ...(explanation === null ? {} : { parameters: { explanation } }),
        outputs: jsonTensors(answer.outputs),
      };
    });
  }

  app.post("/v2/repository/index", use, ({ body }) => {
    const { ready } = validate(indexSchema, body ?? {}, "index");
    return host.states().filter(({ state }) => ready !== true || state === "READY");
  });
  app.post<{ Params: ModelParams }>(
    "/v2/repository/models/:model/load",
    { ...change, bodyLimit: options.uploadLimit },
    async ({ params: { model }, body }) => {
      const upload = readLoadRequest(model, body);
      if (upload !== undefined) {
        if (host.source.accept === undefined) {
          throw new AssayerError(
            "invalid-input",
            "load requires a server of a project to send a model to; got a server of an edge bundle",
          );
        }
        await host.source.accept(upload);
      }
      await host.load(model);
      const { version } = host.find(model);
      return {
        name: model,
        version: String(version.number),
        sha256: version.digest,
        state: "READY",
      };
    },
  );
  app.post<{ Params: ModelParams }>(
    "/v2/repository/models/:model/unload",
    change,
    ({ params: { model } }) => {
      host.unload(model);
      return { name: model, state: "UNAVAILABLE" };
    },
  );
}

function versionNumber({ model, version }: ModelParams): number | undefined {
  if (version === undefined) return undefined;
  if (/^[1-9]\d{0,14}$/.test(version)) return Number(version);
  throw new AssayerError(
    "unknown-model",
    `unknown version: ${model}@${version}; expected a whole number`,
  );
}

function describe({ columns, ...spec }: TensorSpec): object {
  return columns === undefined ? spec : { ...spec, parameters: { columns } };
}
