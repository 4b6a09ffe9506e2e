import { InvalidArgumentError } from "commander";
import type { LongWork, Project, SqlSource } from "../index";

/** What commands share: how they answer, and whose project they work on. */
export interface CommandLine {
  /** The answer, on standard output: as JSON or as text. */
  print: (value: unknown, text: () => string) => void;
  withProject: (work: (project: Project) => Promise<void>) => Promise<void>;
  /** Progress on standard error, and the first Ctrl-C. */
  longWork: () => Required<LongWork>;
}

/** What is for the user's eyes goes to standard error, so that standard output stays the answer. */
export function tell(message: string): void {
  process.stderr.write(`${message}\n`);
}

const progressPause = 200;

/** Progress as a line that is written over on a terminal, and as a line now and then elsewhere. */
function progress(): (message: string, fraction: number) => void {
  const isTerminal = process.stderr.isTTY;
  let next = 0;
  return (message, fraction) => {
    const now = Date.now();
    if (now < next && fraction < 1) return;
    next = now + progressPause;
    const line = `${String(Math.round(fraction * 100)).padStart(3)} %  ${message}`;
    if (isTerminal) process.stderr.write(`\r\u001B[K${line}${fraction >= 1 ? "\n" : ""}`);
    else tell(line);
  };
}

export function longWork(): Required<LongWork> {
  const stop = new AbortController();
  process.once("SIGINT", () => {
    stop.abort(new Error("stopped"));
  });
  return { signal: stop.signal, onProgress: progress() };
}

export function decimal(text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}

export function wholeNumber(text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError("It must be a whole number of 0 or more.");
  return value;
}

/** The token that was given, or that of the environment. */
export function token(given: string | undefined): { token?: string } {
  const chosen = given ?? process.env.ASSAYER_TOKEN;
  return chosen === undefined ? {} : { token: chosen };
}

/** What a table is in words of the command line: the path of a file, or a query that begins as one. */
export function tableOf(words: string): string | SqlSource {
  return /^\s*(select|from|with)\s/iu.test(words) ? { sql: words } : words;
}
