/** Bytes of a block, which the key is padded to. */
const blockBytes = 64;

let constants: { start: Int32Array; rounds: Int32Array } | undefined;

/** The first 32 bits of the fractions of roots of primes: square roots to start from, cube roots for the rounds. */
function sha256Constants(): { start: Int32Array; rounds: Int32Array } {
  const primes: bigint[] = [];
  for (let n = 2n; primes.length < 64; n++) if (primes.every((p) => n % p !== 0n)) primes.push(n);
  const fractions = (degree: bigint, count: number) =>
    Int32Array.from(primes.slice(0, count), (prime) =>
      Number(BigInt.asIntN(32, root(prime << (32n * degree), degree))),
    );
  return { start: fractions(2n, 8), rounds: fractions(3n, 64) };
}

/** The largest whole number whose power is not above `value`, by Newton's method in exact arithmetic. */
function root(value: bigint, degree: bigint): bigint {
  let guess = 1n << (BigInt(value.toString(2).length) / degree + 1n);
  for (;;) {
    const next = ((degree - 1n) * guess + value / guess ** (degree - 1n)) / degree;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** One step of SHA-256: mixes a block of 64 bytes into the state. `schedule` is room for 64 words. */
function mix(
  state: Int32Array,
  rounds: Int32Array,
  block: DataView,
  offset: number,
  schedule: Int32Array,
): void {
  for (let t = 0; t < 16; t++) schedule[t] = block.getInt32(offset + 4 * t);
  for (let t = 16; t < 64; t++) {
    const x = schedule[t - 15] as number;
    const y = schedule[t - 2] as number;
    const small0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const small1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    schedule[t] = (schedule[t - 16] as number) + small0 + (schedule[t - 7] as number) + small1;
  }
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let t = 0; t < 64; t++) {
    const big1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const choice = (e & f) ^ (~e & g);
    const one = (h + big1 + choice + (rounds[t] as number) + (schedule[t] as number)) | 0;
    const big0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + big0 + majority) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
}

/**
 * HMAC of SHA-256 with one key for many messages, both UTF-8: what depends on the key alone is computed once.
 *
 * @returns a function from a message to the eight 32-bit words of its code, which the next call overwrites
 * @see FIPS 180-4 for SHA-256, RFC 2104 for HMAC
 */
export function hmacSha256(key: string): (message: string) => Int32Array {
  constants ??= sha256Constants();
  const { start, rounds } = constants;
  const encoder = new TextEncoder();
  const schedule = new Int32Array(64);
  let bytes = new Uint8Array(4 * blockBytes);
  let view = new DataView(bytes.buffer);

  /** Mixes in what `bytes` begins with, padded; `before` bytes have been mixed in already. */
  const finish = (state: Int32Array, length: number, before: number): Int32Array => {
    const end = Math.ceil((length + 9) / blockBytes) * blockBytes;
    bytes.fill(0, length, end);
    bytes[length] = 0x80;
    const bits = (before + length) * 8;
    view.setUint32(end - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(end - 4, bits);
    for (let at = 0; at < end; at += blockBytes) mix(state, rounds, view, at, schedule);
    return state;
  };
  const write = (text: string): number => {
    // A UTF-16 unit is at most three bytes; the padding takes up to a block and 8 bytes more.
    const room = 3 * text.length + 2 * blockBytes;
    if (room > bytes.length) {
      bytes = new Uint8Array(room);
      view = new DataView(bytes.buffer);
    }
    return encoder.encodeInto(text, bytes).written;
  };
  const writeWords = (words: Int32Array): void => {
    for (let i = 0; i < 8; i++) view.setInt32(4 * i, words[i] as number);
  };

  let keyLength = write(key);
  if (keyLength > blockBytes) {
    writeWords(finish(start.slice(), keyLength, 0));
    keyLength = 32;
  }
  const padded = new Uint8Array(blockBytes);
  padded.set(bytes.subarray(0, keyLength));
  const keyed = (filler: number): Int32Array => {
    const state = start.slice();
    const block = new DataView(padded.map((byte) => byte ^ filler).buffer);
    mix(state, rounds, block, 0, schedule);
    return state;
  };
  const inner = keyed(0x36);
  const outer = keyed(0x5c);
  const state = new Int32Array(8);

  return (message) => {
    state.set(inner);
    writeWords(finish(state, write(message), blockBytes));
    state.set(outer);
    return finish(state, 32, blockBytes);
  };
}
