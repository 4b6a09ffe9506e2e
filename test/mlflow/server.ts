import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { mlflowEnvironment } from "./environment";

const quiet = { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true", GIT_PYTHON_REFRESH: "quiet" };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** A real MLflow server over SQLite in `folder`, on a free port of this machine. */
export async function startMlflow(
  folder: string,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    join(mlflowEnvironment(), "mlflow"),
    [
      ...["server", "--host", "127.0.0.1", "--port", String(port), "--workers", "1"],
      ...["--backend-store-uri", `sqlite:///${join(folder, "mlflow.db")}`],
      ...["--artifacts-destination", join(folder, "mlartifacts")],
    ],
    { cwd: folder, env: quiet, stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => {
      output += text.toString();
    });
  const ended = once(child, "exit");
  const stop = async () => {
    // The server has workers of its own: they are its group.
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
    const forced = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, 10_000);
    await ended;
    clearTimeout(forced);
  };
  const patience = Date.now() + 120_000;
  while (Date.now() < patience) {
    await sleep(300);
    if (child.exitCode !== null) break;
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok === true) return { url, stop };
  }
  await stop();
  throw new Error(`mlflow server did not start: ${output.slice(-2000)}`);
}

/** What MLflow's own client reads from a server. */
export async function readWithMlflow<T>(url: string): Promise<T> {
  const python = join(mlflowEnvironment(), "python");
  const { stdout } = await promisify(execFile)(python, [join(__dirname, "read.py"), url], {
    env: quiet,
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout) as T;
}
