import { openAsBlob } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { AssayerError, messageOf } from "../errors";

const requestTimeout = 60_000;
const uploadTimeout = 30 * 60_000;
const mostTries = 5;

/** Answers that another try can change. */
const passing = new Set([408, 429, 500, 502, 503, 504]);

/** An MLflow server's answer that says no. */
export class MlflowRefusal extends AssayerError {
  constructor(
    readonly status: number,
    readonly errorCode: string,
    message: string,
  ) {
    super(status === 401 || status === 403 ? "unauthorized" : "export-failed", message);
  }
}

function credentials(token: string | undefined): Record<string, string> {
  const { MLFLOW_TRACKING_TOKEN, MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD } = process.env;
  const bearer = token ?? MLFLOW_TRACKING_TOKEN;
  if (bearer !== undefined) return { authorization: `Bearer ${bearer}` };
  if (MLFLOW_TRACKING_USERNAME === undefined || MLFLOW_TRACKING_PASSWORD === undefined) return {};
  const pair = Buffer.from(`${MLFLOW_TRACKING_USERNAME}:${MLFLOW_TRACKING_PASSWORD}`);
  return { authorization: `Basic ${pair.toString("base64")}` };
}

/** MLflow's REST API 2.0: requests in JSON, tried again while the server or the network is at fault. */
export class MlflowApi {
  private readonly address: string;
  private readonly headers: Record<string, string>;

  constructor(
    url: string,
    token: string | undefined,
    private readonly signal: AbortSignal | undefined,
  ) {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    if (
      !parsed ||
      !/^https?:$/u.test(parsed.protocol) ||
      parsed.username !== "" ||
      parsed.search !== "" ||
      parsed.hash !== ""
    )
      throw new AssayerError(
        "invalid-argument",
        "exportToMlflow requires an address like http://host:port, the token apart; got one with more or less in it",
      );
    this.address = `${parsed.origin}${parsed.pathname}`.replace(/\/+$/u, "");
    this.headers = credentials(token);
  }

  get(path: string, query: Record<string, string>): Promise<unknown> {
    return this.call(`/api/2.0/mlflow/${path}?${new URLSearchParams(query).toString()}`, {
      method: "GET",
    });
  }

  post(path: string, body: object, method: "POST" | "PATCH" = "POST"): Promise<unknown> {
    return this.call(`/api/2.0/mlflow/${path}`, {
      method,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  /** Sends a file, or text, through the server's artifact proxy. */
  async upload(path: string, data: { file: string } | { text: string }): Promise<void> {
    const escaped = path.split("/").map(encodeURIComponent).join("/");
    const body = "file" in data ? await openAsBlob(data.file) : new Blob([data.text]);
    await this.call(
      `/api/2.0/mlflow-artifacts/artifacts/${escaped}`,
      { method: "PUT", headers: { "content-type": "application/octet-stream" }, body },
      uploadTimeout,
    );
  }

  private async call(
    path: string,
    request: RequestInit,
    timeout = requestTimeout,
  ): Promise<unknown> {
    for (let tries = 1; ; tries++) {
      let wait = Math.min(250 * 2 ** tries, 8000) * (0.5 + Math.random());
      try {
        const response = await this.fetch(path, request, timeout);
        const text = await response.text();
        if (response.ok) return text === "" ? {} : JSON.parse(text);
        if (!passing.has(response.status) || tries >= mostTries)
          throw this.refusal(response.status, text);
        const told = Number(response.headers.get("retry-after"));
        if (told > 0) wait = Math.min(told * 1000, 60_000);
      } catch (error) {
        this.requireTime();
        if (error instanceof AssayerError) throw error;
        if (tries >= mostTries)
          throw new AssayerError(
            "unreachable",
            `exportToMlflow requires a running MLflow server at ${this.address}; got ${causeOf(error)}`,
            { cause: error },
          );
      }
      await sleep(wait, undefined, this.signal ? { signal: this.signal } : {}).catch(() => {
        this.requireTime();
      });
    }
  }

  private fetch(path: string, request: RequestInit, timeout: number): Promise<Response> {
    const limit = AbortSignal.timeout(timeout);
    return fetch(this.address + path, {
      ...request,
      headers: { ...this.headers, ...(request.headers as Record<string, string> | undefined) },
      // A redirect would carry the runs somewhere the user has not named.
      redirect: "error",
      signal: this.signal ? AbortSignal.any([this.signal, limit]) : limit,
    });
  }

  private requireTime(): void {
    if (this.signal?.aborted === true)
      throw new AssayerError(
        "aborted",
        "exportToMlflow requires time to finish; got a signal to stop",
      );
  }

  private refusal(status: number, text: string): MlflowRefusal {
    let told: { error_code?: unknown; message?: unknown } = {};
    try {
      told = JSON.parse(text) as typeof told;
    } catch {
      // Not MLflow's own answer.
    }
    const code = typeof told.error_code === "string" ? told.error_code : "";
    const reason = typeof told.message === "string" ? told.message.slice(0, 500) : "no reason";
    return new MlflowRefusal(
      status,
      code,
      `exportToMlflow requires an MLflow server that takes it at ${this.address}; got status ${status}${code === "" ? "" : ` ${code}`}: ${reason}`,
    );
  }
}

/** undici says only "fetch failed"; the reason is in the cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : messageOf(cause);
}
