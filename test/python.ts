import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../kernel-lib/errors";

const cache = join(__dirname, "..", ".cache", "python");

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"], maxBuffer: 1 << 28 });
}

/** A virtual environment in `folder`; as root on Debian the package it needs is installed when missing. */
function createEnvironment(python: string, folder: string): void {
  try {
    run(python, "-m", "venv", folder);
  } catch (error) {
    if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) throw error;
    run("apt-get", "update");
    run("apt-get", "install", "-y", "python3", "python3-venv");
    rmSync(folder, { recursive: true, force: true });
    run(python, "-m", "venv", folder);
  }
}

/**
 * A virtual environment with the packages of a requirements file, made once and kept under `.cache/`.
 *
 * @returns its folder of executables
 * @throws Error that says what is missing and how to get it
 */
export function pythonEnvironment(name: string, requirements: string): string {
  const pinned = readFileSync(requirements, "utf8");
  const key = createHash("sha256").update(pinned).digest("hex").slice(0, 12);
  const folder = join(cache, `${name}-${key}`);
  const done = join(folder, "complete");
  if (existsSync(done)) return join(folder, "bin");
  mkdirSync(cache, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  try {
    createEnvironment(process.env.PYTHON ?? "python3", folder);
    run(join(folder, "bin", "pip"), "install", "--quiet", "-r", requirements);
  } catch (error) {
    throw new Error(
      `${name} requires Python 3.10 or newer with venv and pip (Debian: apt-get install python3 python3-venv), and its package index; got: ${messageOf(error)}`,
      { cause: error },
    );
  }
  run(join(folder, "bin", "python"), "-c", `open(${JSON.stringify(`${done}.part`)}, "w")`);
  renameSync(`${done}.part`, done);
  return join(folder, "bin");
}
