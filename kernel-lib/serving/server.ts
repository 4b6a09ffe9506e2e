import { randomBytes } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { AssayerError, messageOf } from "../errors";
import type { Project } from "../project";
import { ModelHost } from "./host";
import { isLoopback, letThrough, limitConcurrency, requireToken } from "./limits";
import type { ModelSource } from "./model-source";
import { projectSource } from "./project-source";
import { addRoutes } from "./routes";

export interface ServerOptions {
  /** Address to listen on, default 127.0.0.1. On others every request about models needs the token. */
  host?: string;
  /** Default 8601; 0 takes a free one. */
  port?: number;
  /** Needed for whatever changes something. Default the environment's ASSAYER_TOKEN, else a new one. */
  token?: string;
  /** Bytes of a request, default 8 MiB. */
  bodyLimit?: number;
  /** Bytes of an uploaded model's request (base64), default 64 MiB. */
  uploadLimit?: number;
  /** POST requests at a time, default 64; more are answered 503. */
  concurrency?: number;
  /** Milliseconds for receiving a request, and again for answering it; default 30 000. */
  requestTimeout?: number;
  /** Hears why a promoted version or a pushed bundle could not take over; the old one stays. */
  onProblem?: (message: string) => void;
}

/** A running server. */
export interface Server {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** Stops listening, lets requests under way finish for up to 3 seconds, frees the models. */
  close(): Promise<void>;
}

const mebibyte = 1024 * 1024;
const closePatience = 3000;

/**
 * Serves a project's models over the Open Inference Protocol v2 (REST). `/v2/models/{name}` is the
 * version in production; a promotion, by this process or another, takes effect without a restart and
 * without a dropped request. Other versions are served under `/versions/{number}`.
 *
 * Models run in this process, one at a time.
 *
 * @throws AssayerError "port-in-use"
 * @example const server = await startServer(project, { port: 0 }); console.log(server.url);
 */
export async function startServer(project: Project, options: ServerOptions = {}): Promise<Server> {
  const host = new ModelHost(projectSource(project), options.onProblem);
  try {
    await host.sync();
    return await listen(host, options);
  } catch (error) {
    await host.close();
    throw error;
  }
}

/**
 * Serves the models of any source; fails if the source cannot be read or one of its models not be loaded.
 *
 * @throws AssayerError "port-in-use", "invalid-model", or what the source throws
 */
export async function serveSource(
  source: ModelSource,
  options: ServerOptions = {},
): Promise<Server> {
  const host = new ModelHost(source, options.onProblem);
  try {
    await host.sync();
    const problem = host.firstProblem();
    if (problem !== undefined) throw problem;
    return await listen(host, options);
  } catch (error) {
    await host.close();
    throw error;
  }
}

async function listen(models: ModelHost, options: ServerOptions): Promise<Server> {
  const { host = "127.0.0.1", port = 8601, requestTimeout = 30_000 } = options;
  const token =
    options.token ?? process.env["ASSAYER_TOKEN"] ?? randomBytes(24).toString("base64url");
  if (!/^\S+$/.test(token)) {
    throw new AssayerError(
      "invalid-argument",
      "startServer requires a token without spaces; got an empty one or one with",
    );
  }
  // Loaded here, so that programs which never serve do not load the HTTP server.
  const { default: fastify } = await import("fastify");
  const { addErrorAnswers, addJsonParser } = await import("./errors-json");
  const app = fastify({
    bodyLimit: options.bodyLimit ?? 8 * mebibyte,
    requestTimeout,
    handlerTimeout: requestTimeout,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 500 },
  });
  addErrorAnswers(app);
  addJsonParser(app);
  limitConcurrency(app, options.concurrency ?? 64);
  const guard = requireToken(token);
  addRoutes(app, models, {
    guardChange: guard,
    guardUse: isLoopback(host) ? letThrough : guard,
    uploadLimit: options.uploadLimit ?? 64 * mebibyte,
  });
  let closing = false;
  app.addHook("onSend", (_request, reply, payload, done) => {
    // A connection kept alive would hold up the close until its client lets go.
    if (closing) reply.header("connection", "close");
    done(null, payload);
  });
  await startListening(app, host, port);
  const address = app.server.address();
  const taken = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}`,
    port: taken,
    token,
    close: async () => {
      closing = true;
      const timer = setTimeout(() => {
        app.server.closeAllConnections();
      }, closePatience);
      await app.close();
      clearTimeout(timer);
      await models.close();
    },
  };
}

async function startListening(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const inUse = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    throw new AssayerError(
      inUse ? "port-in-use" : "invalid-argument",
      inUse
        ? `startServer requires a free port; got ${port}, which another program listens on`
        : `startServer requires an address it can listen on; got ${host}:${port}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
