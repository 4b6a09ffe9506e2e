import { z } from "zod";
import { AssayerError, messageOf } from "../errors";
import { jsonTensors } from "../onnx/convert";
import { compareOutputs } from "../onnx/golden";
import { writeLoadRequest } from "../serving/upload";
import { tensorSchema } from "../serving/validate";
import type { PushJob, PushOutcome, TargetKind } from "./job";

const shortTimeout = 10_000;
const uploadTimeout = 120_000;

const serverSchema = z.object({ name: z.string(), extensions: z.array(z.string()) });
const inferSchema = z.object({ model_version: z.string(), outputs: z.array(tensorSchema) });
const errorSchema = z.object({ error: z.string() });

/** A running `assayer serve`, here or on another machine. */
export const remoteTarget: TargetKind = {
  kind: "remote",
  form: "http://host:port",
  parse(target) {
    if (!/^https?:\/\//i.test(target)) return undefined;
    const url = URL.canParse(target) ? new URL(target) : undefined;
    if (url === undefined || url.username !== "" || url.search !== "" || url.hash !== "") {
      throw new AssayerError(
        "invalid-argument",
        "push requires an address like http://host:port, the token apart; got one with more or less in it",
      );
    }
    return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
  },
  push: pushRemote,
};

async function pushRemote(job: PushJob, address: string): Promise<PushOutcome> {
  const { project, version, onnx, progress } = job;
  const { model, number, digest, input, output, sample, note } = version;
  const path = `/v2/models/${encodeURIComponent(model)}/versions/${number}`;
  progress(`asking ${address} what it is`);
  const server = parse(serverSchema, await ask(job, address, "/v2"), address);
  if (!server.extensions.includes("model_repository")) {
    throw refusal(address, `${server.name}, which takes no models`);
  }
  progress(`sending ${model}@${number}, ${onnx.byteLength} bytes`);
  const upload = { model, number, onnx, sha256: digest, input, output, sample, note };
  await ask(
    job,
    address,
    `/v2/repository/models/${encodeURIComponent(model)}/load`,
    writeLoadRequest({ ...upload, project: project.name }),
    uploadTimeout,
  );
  if (sample === null) {
    await ask(job, address, `${path}/ready`);
    return { detail: `${model}@${number} is loaded; the version has no golden sample to check` };
  }
  progress("checking the golden sample's answer");
  const body = {
    inputs: jsonTensors(sample.inputs),
    outputs: sample.outputs.map(({ name }) => ({ name })),
  };
  const answer = parse(inferSchema, await ask(job, address, `${path}/infer`, body), address);
  if (answer.model_version !== String(number)) {
    throw refusal(address, `an answer of version ${answer.model_version}`);
  }
  compareOutputs(sample.outputs, answer.outputs);
  return { detail: `${model}@${number} is in production there and repeats its golden sample` };
}

async function ask(
  { token, signal }: PushJob,
  address: string,
  path: string,
  body?: object,
  timeout = shortTimeout,
): Promise<unknown> {
  const limit = AbortSignal.timeout(timeout);
  let response: Response;
  let text: string;
  try {
    response = await fetch(address + path, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A redirect would carry the model somewhere the user has not named.
      redirect: "error",
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted === true) {
      throw new AssayerError("aborted", "push requires time to finish; got a signal to stop", {
        cause: error,
      });
    }
    const why = limit.aborted ? `no answer within ${timeout / 1000} s` : causeOf(error);
    throw new AssayerError(
      "unreachable",
      `push requires a running server at ${address}; got ${why}`,
      { cause: error },
    );
  }
  const answer = jsonOf(text);
  if (response.ok) return answer;
  throw answerError(response.status, answer, address, token);
}

function answerError(
  status: number,
  answer: unknown,
  address: string,
  token: string | undefined,
): AssayerError {
  if (status === 401 || status === 403) {
    const came = token === undefined ? "none" : "one it refuses";
    return new AssayerError(
      "unauthorized",
      `push requires the token of the server at ${address}; got ${came}`,
    );
  }
  const told = errorSchema.safeParse(answer);
  const text = told.success ? told.data.error.slice(0, 500) : "no reason";
  if (status === 409) return new AssayerError("version-conflict", text);
  return refusal(address, `status ${status}: ${text}`);
}

/** undici says only "fetch failed"; the reason is in the cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED") {
    return "a refused connection: nothing listens there";
  }
  return cause === undefined ? messageOf(error) : messageOf(cause);
}

function jsonOf(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

function parse<T>(schema: z.ZodType<T>, answer: unknown, address: string): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  throw refusal(address, "an answer of another form");
}

function refusal(address: string, got: string): AssayerError {
  return new AssayerError(
    "deployment-failed",
    `push requires an Open Inference Protocol server that takes models at ${address}; got ${got}`,
  );
}
