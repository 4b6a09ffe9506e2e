import {
  errorCodes,
  type FastifyBodyParser,
  type FastifyError,
  type FastifyInstance,
} from "fastify";
import { AssayerError, messageOf, type ErrorCode } from "../errors";

const statuses: Partial<Record<ErrorCode, number>> = {
  "invalid-argument": 400,
  "invalid-input": 400,
  "invalid-model": 400,
  "sample-mismatch": 400,
  unauthorized: 401,
  "unknown-model": 404,
  "unknown-stage": 404,
  "version-conflict": 409,
  closed: 503,
  "store-busy": 503,
};

/** Makes every failure an answer of the protocol: a status, and `{"error": text}`. */
export function addErrorAnswers(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send({ error: `unknown route: ${request.method} ${request.url.split("?")[0]}` }),
  );
  app.setErrorHandler((error: FastifyError | AssayerError, request, reply) => {
    const { status, text } = answerTo(error, request.routeOptions.bodyLimit);
    if (status === 401) reply.header("www-authenticate", 'Bearer realm="assayer"');
    if (status === 503) reply.header("retry-after", "1");
    return reply.code(status).send({ error: text });
  });
}

function answerTo(
  error: FastifyError | AssayerError,
  bodyLimit: number | undefined,
): { status: number; text: string } {
  if (error instanceof AssayerError) {
    return { status: statuses[error.code] ?? 500, text: error.message };
  }
  const status = error.statusCode ?? 500;
  switch (error.code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return {
        status,
        text: `the request requires a body of at most ${bodyLimit ?? 0} bytes; got more`,
      };
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return {
        status,
        text: "the request requires the content type application/json; got another",
      };
    case "FST_ERR_HANDLER_TIMEOUT":
      return {
        status: 503,
        text: "the request requires an answer within the request timeout; got none",
      };
    default:
      return { status, text: status < 500 ? error.message : `internal error: ${messageOf(error)}` };
  }
}

/**
 * Reads JSON bodies. An empty one is no body, since the repository routes need none; one without a
 * content type is JSON, since Triton's clients send none.
 */
export function addJsonParser(app: FastifyInstance): void {
  const parse: FastifyBodyParser<string> = (request, body, done) => {
    if ("inference-header-content-length" in request.headers) {
      done(
        new AssayerError("invalid-input", "infer requires tensors as JSON; got binary tensor data"),
      );
      return;
    }
    try {
      done(null, body === "" ? undefined : JSON.parse(body));
    } catch (error) {
      const text = `the request requires a body of JSON; got other text: ${messageOf(error)}`;
      done(new AssayerError("invalid-input", text));
    }
  };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, parse);
  app.addContentTypeParser("*", { parseAs: "string" }, (request, body: string, done) => {
    const type = request.headers["content-type"];
    if (type === undefined || "inference-header-content-length" in request.headers) {
      parse(request, body, done);
      return;
    }
    done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(type));
  });
}
