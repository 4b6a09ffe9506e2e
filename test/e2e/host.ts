import { execFile, spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { codeServer, nodeBinary } from "./requirements";

/** Quiet, offline, and without what would cover the screenshots. */
const calmSettings = {
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.tips.enabled": false,
  "workbench.enableExperiments": false,
  "chat.disableAIFeatures": true,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "git.enabled": false,
  "remote.autoForwardPorts": false,
  "window.menuBarVisibility": "classic",
  "workbench.colorTheme": "Dark Modern",
};

/** A VS Code server of its own home, with the extension installed. */
export class Host {
  private readonly extensions: string;
  private readonly userData: string;
  private readonly config: string;

  constructor(private readonly home: string) {
    this.extensions = join(home, "extensions");
    this.userData = join(home, "user-data");
    this.config = join(home, "config.yaml");
    mkdirSync(join(this.userData, "User"), { recursive: true });
    mkdirSync(this.extensions, { recursive: true });
    writeFileSync(this.config, "auth: none\ncert: false\n");
    writeFileSync(join(this.userData, "User", "settings.json"), JSON.stringify(calmSettings));
  }

  async install(vsix: string): Promise<void> {
    await promisify(execFile)(
      nodeBinary,
      [codeServer, ...this.folders(), "--install-extension", vsix],
      { env: this.environment() },
    );
  }

  /** @returns the address of a workbench, and how to stop the server with all its processes */
  async start(): Promise<{ url: string; stop(): Promise<void> }> {
    const port = await freePort();
    const log = join(this.home, "server.log");
    const output = openSync(log, "w");
    const quiet = ["--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"];
    const server = spawn(
      nodeBinary,
      [
        codeServer,
        ...this.folders(),
        ...["--auth", "none", "--bind-addr", `127.0.0.1:${port}`],
        ...[...quiet, "--disable-getting-started-override", "--disable-proxy"],
        ...["--log", "debug"],
      ],
      { stdio: ["ignore", output, output], detached: true, env: this.environment() },
    );
    const exited = new Promise<void>((resolve) => {
      server.once("exit", () => {
        resolve();
      });
    });
    const signal = (name: NodeJS.Signals): void => {
      if (server.pid !== undefined && server.exitCode === null) process.kill(-server.pid, name);
    };
    const url = `http://127.0.0.1:${port}`;
    const deadline = Date.now() + 60_000;
    while (!(await answers(`${url}/healthz`))) {
      if (server.exitCode !== null || Date.now() > deadline)
        throw new Error(`the VS Code server did not start:\n${readFileSync(log, "utf8")}`);
      await sleep(50);
    }
    const stop = async () => {
      signal("SIGTERM");
      await Promise.race([exited, sleep(5000)]);
      if (server.exitCode === null && server.signalCode === null) signal("SIGKILL");
    };
    return { url, stop };
  }

  private folders(): string[] {
    return [
      ...["--config", this.config],
      ...["--extensions-dir", this.extensions],
      ...["--user-data-dir", this.userData],
    ];
  }

  private environment(): NodeJS.ProcessEnv {
    const { home } = this;
    return {
      ...process.env,
      HOME: home,
      XDG_DATA_HOME: join(home, "xdg"),
      XDG_CONFIG_HOME: join(home, "xdg"),
      EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    };
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address) resolve(address.port);
        else reject(new Error("the system gave no port"));
      });
    });
  });
}
