import type { FromWebview, RequestKind, Requests, ToWebview } from "./protocol";

interface VsCodeApi {
  postMessage(message: FromWebview): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();
const waiting = new Map<number, { settle(answer: unknown): void; refuse(error: Error): void }>();
let lastId = 0;

/** Asks the extension for something and waits for its answer. */
export function request<K extends RequestKind>(
  kind: K,
  ask: Requests[K]["ask"],
): Promise<Requests[K]["answer"]> {
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, {
      settle: (answer) => {
        resolve(answer as Requests[K]["answer"]);
      },
      refuse: reject,
    });
    api.postMessage({ kind: "request", id, request: kind, ask } as FromWebview);
  });
}

/** Asks for something whose faults the extension shows by itself. */
export function order<K extends RequestKind>(kind: K, ask: Requests[K]["ask"]): void {
  void request(kind, ask).catch(() => undefined);
}

/** Listens to what the extension shows, and tells it that the panel can take it. */
export function listen(listener: (message: ToWebview) => void): void {
  window.addEventListener("message", ({ data }: MessageEvent<ToWebview>) => {
    if (data.kind !== "reply" && data.kind !== "refusal") {
      try {
        listener(data);
      } catch (error) {
        // What a file holds can be other than what its format says: better a plain message than half a page.
        report(error, String(error));
        listener({
          kind: "cannot-show",
          message: "It holds something that this panel does not know.",
        });
      }
      return;
    }
    const request = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.kind === "reply") request?.settle(data.answer);
    else request?.refuse(new Error(data.message));
  });
  window.addEventListener("error", ({ message, error }) => {
    report(error, message);
  });
  window.addEventListener("unhandledrejection", ({ reason }) => {
    report(reason, String(reason));
  });
  api.postMessage({ kind: "ready" });
}

function report(error: unknown, message: string): void {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  api.postMessage({ kind: "fault", message, stack });
}

/** What the panel wants to find again when it was hidden, or VS Code reloaded. */
export function keepState(state: Record<string, unknown>): void {
  api.setState(state);
}

/** What the panel kept, as far as there is anything. */
export function keptState(): Record<string, unknown> {
  return (api.getState() ?? {}) as Record<string, unknown>;
}
