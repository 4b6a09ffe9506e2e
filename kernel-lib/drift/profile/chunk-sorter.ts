/** How many values are sorted at a time. */
export const chunkSize = 16_384;

const digit = 2048;
const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
const keys = new Uint32Array(chunkSize);
const otherKeys = new Uint32Array(chunkSize);
const places = new Uint16Array(chunkSize);
const otherPlaces = new Uint16Array(chunkSize);
const starts = new Uint32Array(3 * digit);
const sorted = new Float64Array(chunkSize);

/** Turns counts into the first place of each digit. */
function sumUp(offset: number): void {
  let sum = 0;
  for (let i = offset; i < offset + digit; i++) {
    const count = starts[i] ?? 0;
    starts[i] = sum;
    sum += count;
  }
}

/**
 * Sorts a chunk in place: by the upper half of each double in three passes of 11 bits, then by insertion where those
 * halves agree. Some three times as fast as `Float64Array.prototype.sort`, to which it turns where the halves agree
 * too often.
 *
 * @param chunk at most `chunkSize` values, no NaN
 */
export function sortChunk(chunk: Float64Array): void {
  const n = chunk.length;
  const words = new Uint32Array(chunk.buffer, chunk.byteOffset, 2 * n);
  const upper = littleEndian ? 1 : 0;
  starts.fill(0);
  for (let i = 0; i < n; i++) {
    const word = words[2 * i + upper] as number;
    // Negative doubles order backwards: all their bits are turned; of others the sign alone.
    const key = (word ^ ((word >> 31) | 0x80000000)) >>> 0;
    keys[i] = key;
    (starts[key & 2047] as number)++;
    (starts[digit + ((key >>> 11) & 2047)] as number)++;
    (starts[2 * digit + (key >>> 22)] as number)++;
  }
  for (let pass = 0; pass < 3; pass++) sumUp(pass * digit);
  for (let i = 0; i < n; i++) {
    const key = keys[i] as number;
    const place = (starts[key & 2047] as number)++;
    otherKeys[place] = key;
    places[place] = i;
  }
  for (let i = 0; i < n; i++) {
    const key = otherKeys[i] as number;
    const place = (starts[digit + ((key >>> 11) & 2047)] as number)++;
    keys[place] = key;
    otherPlaces[place] = places[i] as number;
  }
  for (let i = 0; i < n; i++) {
    const place = (starts[2 * digit + ((keys[i] as number) >>> 22)] as number)++;
    sorted[place] = chunk[otherPlaces[i] as number] as number;
  }
  let moves = 0;
  for (let i = 1; i < n; i++) {
    const value = sorted[i] as number;
    let j = i - 1;
    if ((sorted[j] as number) <= value) continue;
    for (; j >= 0 && (sorted[j] as number) > value; j--) sorted[j + 1] = sorted[j] as number;
    sorted[j + 1] = value;
    moves += i - j;
    if (moves > 8 * n) {
      sorted.subarray(0, n).sort();
      break;
    }
  }
  chunk.set(sorted.subarray(0, n));
}
