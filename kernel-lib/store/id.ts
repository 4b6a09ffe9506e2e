import { randomBytes } from "node:crypto";

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
  let time = "";
  for (let rest = last.time, digit = 0; digit < 10; digit++) {
    time = alphabet.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  return time + last.random;
}
