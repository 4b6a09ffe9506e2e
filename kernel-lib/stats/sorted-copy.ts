const digitBits = 11;
const digits = 6;
const buckets = 1 << digitBits;
/** Below this the passes over the buckets cost more than a comparison sort. */
const radixFrom = 4096;

/**
 * The finite values in ascending order; NaN, infinities, null and undefined are left out.
 * −0 comes before 0, and equals it wherever samples are compared.
 *
 * From 4096 values on by a radix sort of the bits of the doubles, in six digits of 11 bits; a digit that is the same
 * everywhere costs nothing. Two to three times as fast as the comparison sort at a million values.
 *
 * @param values n ≥ 0 values; not changed
 * @returns up to n values, ascending
 * @see Herf 2001, "Radix Tricks" (http://stereopsis.com/radix.html), for the order of the bits of a float
 * @example sortedCopy([3, NaN, 1]) // [1, 3]
 */
export function sortedCopy(values: ArrayLike<number | null | undefined>): Float64Array {
  const finite = finiteValues(values);
  return finite.length < radixFrom ? finite.sort() : radixSort(finite);
}

function finiteValues(values: ArrayLike<number | null | undefined>): Float64Array {
  const result = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === "number" && value - value === 0) result[count++] = value;
  }
  return count === result.length ? result : result.slice(0, count);
}

function radixSort(values: Float64Array): Float64Array {
  let from = values;
  let to: Float64Array = new Float64Array(values.length);
  const counts = digitCounts(values);
  for (let digit = 0; digit < digits; digit++) {
    const ends = counts.subarray(digit * buckets, (digit + 1) * buckets);
    if (ends.includes(values.length)) continue;
    let start = 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      const count = ends[bucket] as number;
      ends[bucket] = start;
      start += count;
    }
    scatter(from, to, digit, ends);
    [from, to] = [to, from];
  }
  return from;
}

/** How often each digit has each value: `digits` × `buckets`. */
function digitCounts(values: Float64Array): Uint32Array {
  const words = wordsOf(values);
  const counts = new Uint32Array(digits * buckets);
  for (let i = 0; i < words.length; i += 2) {
    const high = words[i + 1] as number;
    const flip = -(high >>> 31);
    const l = (words[i] as number) ^ flip;
    const h = high ^ (flip | 0x80000000);
    increment(counts, l & 2047);
    increment(counts, 2048 + ((l >>> 11) & 2047));
    increment(counts, 4096 + (l >>> 22));
    increment(counts, 6144 + (h & 2047));
    increment(counts, 8192 + ((h >>> 11) & 2047));
    increment(counts, 10240 + (h >>> 22));
  }
  return counts;
}

/** Puts each value to where those of its digit begin. */
function scatter(from: Float64Array, to: Float64Array, digit: number, starts: Uint32Array): void {
  const words = wordsOf(from);
  const isHigh = digit > 2;
  const word = isHigh ? 1 : 0;
  const shift = (digit % 3) * digitBits;
  const signBit = isHigh ? 0x80000000 : 0;
  for (let i = 0; i < from.length; i++) {
    const flip = -((words[2 * i + 1] as number) >>> 31) | signBit;
    const bucket = (((words[2 * i + word] as number) ^ flip) >>> shift) & 2047;
    to[increment(starts, bucket)] = from[i] as number;
  }
}

/** Low word, high word of each value: all platforms of Node.js and of browsers are little-endian. */
function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
}

/** @returns what was there before */
function increment(counts: Uint32Array, place: number): number {
  const before = counts[place] as number;
  counts[place] = before + 1;
  return before;
}
