import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, onRequestHookHandler } from "fastify";
import { AssayerError } from "../errors";

/** Lets requests through that carry the token as a bearer token; compared in constant time. */
export function requireToken(token: string): onRequestHookHandler {
  const expected = digest(token);
  return (request, _reply, done) => {
    const given = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (given !== undefined && timingSafeEqual(digest(given), expected)) {
      done();
      return;
    }
    const came = given === undefined ? "none" : "another";
    done(
      new AssayerError(
        "unauthorized",
        `the request requires the server's token as Authorization: Bearer; got ${came}`,
      ),
    );
  };
}

/** Digests have one length, which the comparison needs and which tells nothing about the token's. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

export const letThrough: onRequestHookHandler = (_request, _reply, done) => {
  done();
};

/** Refuses POST requests above `concurrency` at a time with 503, before their bodies are read. */
export function limitConcurrency(app: FastifyInstance, concurrency: number): void {
  let underWay = 0;
  app.addHook("onRequest", (request, reply, done) => {
    if (request.method !== "POST") {
      done();
      return;
    }
    if (underWay >= concurrency) {
      reply
        .code(503)
        .header("retry-after", "1")
        .send({ error: `the server requires at most ${concurrency} requests at a time; got more` });
      return;
    }
    underWay += 1;
    // Comes once for answers that were sent and for connections that went away.
    reply.raw.once("close", () => {
      underWay -= 1;
    });
    done();
  });
}

/** Whether only this machine can reach what listens there. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}
