import { randomBytes } from "node:crypto";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * A ULID in lower case: 48 bits of time, then 80 random bits, in Crockford's base 32.
 * Text order is order of creation, to the millisecond.
 *
 * @param now milliseconds since the epoch
 * @see https://github.com/ulid/spec
 */
export function newId(now = Date.now()): string {
  let time = "";
  for (let rest = now, digit = 0; digit < 10; digit++) {
    time = alphabet.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let random = "";
  for (const byte of randomBytes(16)) random += alphabet.charAt(byte & 31);
  return time + random;
}
