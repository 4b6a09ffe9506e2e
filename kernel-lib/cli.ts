import { Command, CommanderError } from "commander";
import { longWork } from "./cli/command-line";
import { addConvertCommand } from "./cli/convert";
import { addDriftCommands } from "./cli/drift";
import { addExchangeCommands } from "./cli/exchange";
import { addExplainCommand } from "./cli/explain";
import { addFairnessCommand } from "./cli/fairness";
import { addProfileCommand } from "./cli/profile";
import { addProjectCommands } from "./cli/project";
import { addQualityCommand } from "./cli/quality";
import { addRegistryCommands } from "./cli/registry";
import { addReportsCommands } from "./cli/reports";
import { addRunsCommands } from "./cli/runs";
import { addServingCommands } from "./cli/serving";
import { addUpkeepCommands } from "./cli/upkeep";
import { messageOf } from "./errors";
import { AssayerError, openProject, version, type Project } from "./index";

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

const commandLine = { print, withProject, longWork };
addProjectCommands(program, commandLine);
addRunsCommands(program, commandLine);
addRegistryCommands(program, commandLine);
addReportsCommands(program, commandLine);
addServingCommands(program, commandLine);
addUpkeepCommands(program, commandLine);
addExchangeCommands(program, commandLine);
addQualityCommand(program, commandLine);
addDriftCommands(program, commandLine);
addProfileCommand(program, commandLine);
addFairnessCommand(program, commandLine);
addExplainCommand(program, commandLine);
addConvertCommand(program, commandLine);

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
