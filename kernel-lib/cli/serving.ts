import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { push, startEdge, startServer, type Server } from "../index";
import { tell, token, wholeNumber, type CommandLine } from "./command-line";

/** Serves until the process is told to stop, then lets requests that are under way finish. */
async function untilStopped(server: Server): Promise<void> {
  await new Promise<void>((done) => {
    process.once("SIGINT", done);
    process.once("SIGTERM", done);
  });
  await server.close();
}

/** Commands that serve models, and bring them to where they are served. */
export function addServingCommands(
  program: Command,
  { print, withProject, longWork }: CommandLine,
): void {
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
          signal: longWork().signal,
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
    .option(
      "--public-key <file>",
      "PEM of the project's key (default: the one the device got first)",
    )
    .option(
      "--token <token>",
      "asked of every request on another host than this (or ASSAYER_TOKEN)",
    )
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
}
