import { mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { createDurably } from "../store/durable-file";

/** How long a number that was taken counts as being registered, in milliseconds. */
const beingRegistered = 60_000;

/** Creates the file of the lowest number above all there are; creating it is what takes the number. */
export function nextNumber(path: (number: number) => string): number {
  const folder = dirname(path(1));
  mkdirSync(folder, { recursive: true });
  let number = Math.max(0, ...readdirSync(folder).map(Number).filter(Number.isSafeInteger)) + 1;
  while (!createDurably(path(number), "")) number++;
  return number;
}

/** Takes a number that nobody has; one that was taken just now may be about to be used. */
export function takeNumber(path: string): boolean {
  return createDurably(path, "") || Date.now() - statSync(path).mtimeMs > beingRegistered;
}
