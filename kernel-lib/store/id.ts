import { createHash, randomBytes } from "node:crypto";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const last = { time: 0, random: "" };

/** The next text of the same length in this alphabet; the first again after the last. */
function successor(text: string): string {
  const digits = Array.from(text);
  for (let i = digits.length - 1; i >= 0; i--) {
    const value = (alphabet.indexOf(digits[i] ?? "") + 1) % 32;
    digits[i] = alphabet.charAt(value);
    if (value !== 0) break;
  }
  return digits.join("");
}

/**
 * A ULID in lower case: 48 bits of time, then 80 random bits, in Crockford's base 32. Text order is order of
 * creation: to the millisecond between processes, always within one.
 *
 * @see https://github.com/ulid/spec
 */
export function newId(): string {
  const now = Date.now();
  if (now > last.time) {
    last.time = now;
    last.random = Array.from(randomBytes(16), (byte) => alphabet.charAt(byte & 31)).join("");
  } else {
    last.random = successor(last.random);
  }
  return timeDigits(last.time) + last.random;
}

/** As `newId`, but the same for the same time and texts: 80 bits of their SHA-256 stand where the random ones are. */
export function idFrom(at: number, ...texts: readonly string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(texts)).digest().subarray(0, 16);
  const time = Math.min(Math.max(Math.floor(at), 0), 2 ** 48 - 1);
  return timeDigits(time) + Array.from(digest, (byte) => alphabet.charAt(byte & 31)).join("");
}

function timeDigits(time: number): string {
  let digits = "";
  for (let rest = time, digit = 0; digit < 10; digit++) {
    digits = alphabet.charAt(rest % 32) + digits;
    rest = Math.floor(rest / 32);
  }
  return digits;
}
