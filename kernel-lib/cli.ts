import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { addExchangeCommands } from "./cli/exchange";
import { addRunsCommands } from "./cli/runs";
import { addUpkeepCommands } from "./cli/upkeep";
import { messageOf } from "./errors";
import {
  AssayerError,
  findStore,
  openProject,
  push,
  startEdge,
  startServer,
  version,
  type Project,
  type Server,
} from "./index";
import { formatRunDetail, formatTable, modelRows, stageRows, versionRows } from "./cli-format";

interface GlobalOptions {
  project?: string;
  json?: boolean;
}

/** Exit codes: 0 done, 1 it failed, 2 the words were off. */
const exitCode = { failed: 1, usage: 2 } as const;

const program = new Command("assayer")
  .description("Experiments, models and serving of one project, from the command line.")
  .version(version)
  .option("-p, --project <folder>", "project folder or a folder in it (default: working directory)")
  .option("--json", "print JSON instead of text")
  .showHelpAfterError("(assayer --help tells the commands)")
  .exitOverride();

function print(value: unknown, text: () => string): void {
  const { json } = program.opts<GlobalOptions>();
  process.stdout.write(`${json ? JSON.stringify(value, jsonValue, 2) : text()}\n`);
}

/** JSON has no NaN, infinities or big integers: they are written as text. */
function jsonValue(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

async function withProject(work: (project: Project) => Promise<void>): Promise<void> {
  const project = await openProject(program.opts<GlobalOptions>().project, { create: false });
  try {
    await work(project);
  } finally {
    await project.close();
  }
}

function wholeNumber(text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError("It must be a whole number of 0 or more.");
  return value;
}

/** What is for the user's eyes goes to standard error, so that standard output stays the answer. */
function tell(message: string): void {
  process.stderr.write(`${message}\n`);
}

/** Stops what is under way at the first Ctrl-C. */
function untilInterrupted(): AbortSignal {
  const stop = new AbortController();
  process.once("SIGINT", () => {
    stop.abort(new Error("stopped"));
  });
  return stop.signal;
}

/** Serves until the process is told to stop, then lets requests that are under way finish. */
async function untilStopped(server: Server): Promise<void> {
  await new Promise<void>((done) => {
    process.once("SIGINT", done);
    process.once("SIGTERM", done);
  });
  await server.close();
}

function token(given: string | undefined): { token?: string } {
  const chosen = given ?? process.env.ASSAYER_TOKEN;
  return chosen === undefined ? {} : { token: chosen };
}

program
  .command("init")
  .description("make a project here")
  .argument("[folder]", "its folder", ".")
  .option("--name <name>", "its name (default: the folder's)")
  .action(async (folder: string, options: { name?: string }) => {
    const existing = findStore(resolve(folder));
    const project = await openProject(resolve(folder), options);
    await project.close();
    print({ directory: project.directory, created: existing === undefined }, () =>
      existing === undefined
        ? `made the project ${project.name} in ${project.directory}`
        : `there is a project already: ${project.directory}`,
    );
  });

addRunsCommands(program, { print, withProject }, wholeNumber);

program
  .command("show")
  .description("show one run")
  .argument("<run>", "its id")
  .action((runId: string) =>
    withProject(async (project) => {
      const run = await project.run(runId);
      print(run, () => formatRunDetail(run));
    }),
  );

program
  .command("sql")
  .description("run a query over the project's tables; it cannot change them")
  .argument("<query>", "SQL of DuckDB, or - to read it from standard input")
  .action((query: string) =>
    withProject(async (project) => {
      const rows = await project.sql(query === "-" ? readFileSync(0, "utf8") : query);
      print(rows, () => (rows.length === 0 ? "no rows" : formatTable(rows)));
    }),
  );

program
  .command("models")
  .description("list models, or the versions and stage changes of one")
  .argument("[model]", "its name")
  .action((model: string | undefined) =>
    withProject(async ({ registry }) => {
      if (model === undefined) {
        const models = await registry.models();
        print(models, () =>
          models.length === 0
            ? "no models yet: register one with run.logModel"
            : formatTable(modelRows(models)),
        );
        return;
      }
      const versions = await registry.versions(model);
      const history = await registry.history(model);
      print({ versions, history }, () =>
        [
          formatTable(versionRows(versions)),
          history.length === 0 ? "no stage changes yet" : formatTable(stageRows(history)),
        ].join("\n\n"),
      );
    }),
  );

program
  .command("promote")
  .description("move a model version into a stage")
  .argument("<version>", "model@number or model@stage, such as wage-model@3")
  .argument("<stage>", "the stage, such as production")
  .requiredOption("-r, --reason <text>", "why; it is kept in the history")
  .action((reference: string, stage: string, options: { reason: string }) =>
    withProject(async ({ registry }) => {
      const { model, number } = await registry.resolve(reference);
      const transition = await registry.promote(model, number, stage, options);
      print(transition, () => `${model}@${number} moved from ${transition.from} to ${stage}`);
    }),
  );

program
  .command("serve")
  .description("serve the models in production over the Open Inference Protocol v2")
  .option("--port <port>", "0 takes a free one", wholeNumber, 8601)
  .option("--host <host>", "address to listen on", "127.0.0.1")
  .option(
    "--token <token>",
    "secret for whatever changes something (or ASSAYER_TOKEN; default: a new one)",
  )
  .action((options: { port: number; host: string; token?: string }) =>
    withProject(async (project) => {
      const { port, host } = options;
      const server = await startServer(project, {
        port,
        host,
        onProblem: tell,
        ...token(options.token),
      });
      print({ url: server.url, token: server.token }, () =>
        [`serving ${project.name} on ${server.url}`, `token: ${server.token}`].join("\n"),
      );
      await untilStopped(server);
    }),
  );

program
  .command("push")
  .description("push a model version to a server or an edge device's folder")
  .argument("<version>", "such as wage-model@production")
  .requiredOption("--to <target>", "http://host:port of an assayer serve, or edge:folder")
  .option("--token <token>", "the server's token (or ASSAYER_TOKEN)")
  .action((reference: string, options: { to: string; token?: string }) =>
    withProject(async (project) => {
      const deployment = await push(project, reference, options.to, {
        ...token(options.token),
        signal: untilInterrupted(),
        onProgress: tell,
      });
      print(
        deployment,
        () => `pushed ${deployment.model}@${deployment.number} to ${deployment.target}`,
      );
    }),
  );

program
  .command("edge")
  .description("run a pushed bundle on a device")
  .command("run")
  .description("verify the bundle in a device's folder and serve it")
  .argument("<folder>", "the device's folder")
  .option("--port <port>", "0 takes a free one", wholeNumber, 8601)
  .option("--host <host>", "address to listen on", "127.0.0.1")
  .option("--public-key <file>", "PEM of the project's key (default: the one the device got first)")
  .option("--token <token>", "asked of every request on another host than this (or ASSAYER_TOKEN)")
  .action(
    async (
      folder: string,
      options: { port: number; host: string; publicKey?: string; token?: string },
    ) => {
      const { port, host, publicKey } = options;
      const server = await startEdge(resolve(folder), {
        port,
        host,
        onProblem: tell,
        ...token(options.token),
        ...(publicKey === undefined ? {} : { publicKey: readFileSync(publicKey, "utf8") }),
      });
      print({ url: server.url, token: server.token }, () =>
        [`verified; serving on ${server.url}`, `token: ${server.token}`].join("\n"),
      );
      await untilStopped(server);
    },
  );

program
  .command("demo")
  .description("make a project on real data: two dozen runs, model versions and their stages")
  .argument("[folder]", "where", "demo-project")
  .action(async (folder: string) => {
    const { createDemo } = await import("./demo/index");
    const result = await createDemo(resolve(folder), {
      signal: untilInterrupted(),
      onProgress(message, fraction) {
        tell(`${String(Math.round(fraction * 100)).padStart(3)} %  ${message}`);
      },
    });
    print(result, () =>
      [
        `made ${result.runs} runs and ${result.versions} versions of ${result.model} in ${folder}`,
        "",
        "Open the folder in VS Code with the Assayer extension, or try:",
        `  npx assayer -p ${folder} runs --order-by "metrics.auc desc"`,
        `  npx assayer -p ${folder} models ${result.model}`,
        `  npx assayer -p ${folder} sql "select experiment, runs from experiments"`,
        `  npx assayer -p ${folder} serve`,
      ].join("\n"),
    );
  });

const longWork = () => ({
  signal: untilInterrupted(),
  onProgress(message: string, fraction: number) {
    tell(`${String(Math.round(fraction * 100)).padStart(3)} %  ${message}`);
  },
});
addUpkeepCommands(program, { print, withProject, longWork });
addExchangeCommands(program, { print, withProject, longWork });

async function main(): Promise<void> {
  // Whoever reads the answer may have had enough, as `head` has.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : exitCode.failed);
  });
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : exitCode.usage;
      return;
    }
    const code = error instanceof AssayerError ? ` [${error.code}]` : "";
    if (program.opts<GlobalOptions>().json)
      process.stderr.write(
        `${JSON.stringify({ error: messageOf(error), code: (error as AssayerError).code })}\n`,
      );
    else process.stderr.write(`assayer: ${messageOf(error)}${code}\n`);
    process.exitCode = exitCode.failed;
  }
}

void main();
