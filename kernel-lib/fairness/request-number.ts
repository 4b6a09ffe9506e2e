import { hmacSha256 } from "./hmac-sha-256";

/**
 * The number of a request, which a decision rule with randomness compares with a level: evenly spread over ids, the
 * same for the same id wherever it is computed, and not to be told by who does not have the key and cannot guess it.
 *
 * @param key key of the rule
 * @param requestId id of the request, any text
 * @returns a number from 0 up to, not including, 1: the first 53 bits of HMAC-SHA-256 of the id under the key, both as
 *   UTF-8, by 2⁵³
 * @example requestNumber("key", "The quick brown fox jumps over the lazy dog") // 0.967720267406845
 */
export function requestNumber(key: string, requestId: string): number {
  if (lastKey !== key) {
    lastCode = hmacSha256(key);
    lastKey = key;
  }
  const code = lastCode(requestId);
  return (((code[0] as number) >>> 0) * 2 ** 21 + ((code[1] as number) >>> 11)) / 2 ** 53;
}

/** Requests come by the thousand under one key, and what depends on the key costs more than one of them. */
let lastKey = "";
let lastCode = hmacSha256(lastKey);
