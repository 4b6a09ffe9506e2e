/** The parts of tslab 1.0.22 that are used here; they are internals, so that everything is done without where they differ. */
interface TslabJupyter {
  lastWriteDisplayData?: unknown;
  JupyterHandlerImpl?: {
    prototype: {
      handleExecuteImpl?: (this: unknown, request: { code: string }, ...rest: unknown[]) => unknown;
    };
  };
}

interface RemoteObject {
  objectId?: string;
  value?: unknown;
}

interface Property {
  name: string;
  value?: RemoteObject;
}

const cellsKey = Symbol.for("assayer.notebook.cells");
const lookedAtKey = Symbol.for("assayer.notebook.function");
const globals = globalThis as unknown as Record<symbol, string[] | undefined>;

function tslabJupyter(): TslabJupyter | undefined {
  const cache = require.cache;
  const path = Object.keys(cache).find((key) => /[/\\]tslab[/\\]dist[/\\]jupyter\.js$/u.test(key));
  return path === undefined ? undefined : (cache[path]?.exports as TslabJupyter);
}

/**
 * The code of the cell that runs now. tslab keeps it nowhere but in the message that the function for the cell's
 * output closes over, so it is read out of that closure, as a debugger does.
 */
function runningCell(writeOutput: unknown): string | undefined {
  if (typeof writeOutput !== "function") return undefined;
  const inspector = process.getBuiltinModule("node:inspector") as
    typeof import("node:inspector") | undefined;
  if (!inspector) return undefined;
  const session = new inspector.Session();
  const holder = globalThis as unknown as Record<symbol, unknown>;
  const post = (method: string, params: object): unknown => {
    let answer: unknown;
    // In the same thread the answer comes before `post` returns.
    session.post(method, params, (error: Error | null, result?: object) => {
      if (error === null) answer = result;
    });
    if (answer === undefined) throw new Error(`${method} has no answer`);
    return answer;
  };
  const propertiesOf = (objectId: string | undefined) =>
    post("Runtime.getProperties", { objectId, ownProperties: true }) as {
      result: Property[];
      internalProperties?: Property[];
    };
  const named = (properties: readonly Property[] | undefined, name: string) =>
    properties?.find((each) => each.name === name)?.value;
  try {
    session.connect();
    holder[lookedAtKey] = writeOutput;
    const { result } = post("Runtime.evaluate", {
      expression: 'globalThis[Symbol.for("assayer.notebook.function")]',
    }) as { result: RemoteObject };
    const scopes = named(propertiesOf(result.objectId).internalProperties, "[[Scopes]]");
    const [closure] = propertiesOf(scopes?.objectId).result;
    const message = named(propertiesOf(closure?.value?.objectId).result, "msg");
    const content = named(propertiesOf(message?.objectId).result, "content");
    const code = named(propertiesOf(content?.objectId).result, "code")?.value;
    return typeof code === "string" ? code : undefined;
  } catch {
    return undefined;
  } finally {
    Reflect.deleteProperty(holder, lookedAtKey);
    session.disconnect();
  }
}

/** Keeps the code of the cells of a tslab notebook from the one on that loads this library; once for a process. */
export function watchCells(): void {
  if (!("__tslab__" in globalThis) || globals[cellsKey]) return;
  const jupyter = tslabJupyter();
  const handler = jupyter?.JupyterHandlerImpl?.prototype;
  const execute = handler?.handleExecuteImpl;
  if (!handler || typeof execute !== "function") return;
  const running = runningCell(jupyter.lastWriteDisplayData);
  const cells = running === undefined ? [] : [running];
  globals[cellsKey] = cells;
  handler.handleExecuteImpl = function (request, ...rest) {
    if (typeof request.code === "string") cells.push(request.code);
    return execute.call(this, request, ...rest);
  };
}

/** The cells that were executed so far, in that order, the running one too; undefined outside a notebook. */
export function executedCells(): readonly string[] | undefined {
  return globals[cellsKey];
}
