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
 * everywhere costs nothing. Of values that are spread out, the three upper digits leave little to sort. Two to four
 * times as fast as the comparison sort at a million values.
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
  const counts = digitCounts(values);
  // Two values of one high word are rare unless the range is narrow: then all digits are worth their passes.
  const lowest = counts.subarray(3 * buckets, 4 * buckets);
  const isSpread = lowest.every((count) => count < values.length / 64);
  const sorted = byDigits(values, counts, isSpread ? 3 : 0);
  if (isSpread) sortWithinHighWords(sorted);
  return sorted;
}

function byDigits(values: Float64Array, counts: Uint32Array, first: number): Float64Array {
  let from: Float64Array = values;
  let to: Float64Array = new Float64Array(values.length);
  for (let digit = first; digit < digits; digit++) {
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

const insertedUpTo = 32;

/** Sorts values whose high words are in order by the low ones, where there is something to sort. */
function sortWithinHighWords(values: Float64Array): void {
  const n = values.length;
  for (let i = 1; i < n; i++) {
    const value = values[i] as number;
    if ((values[i - 1] as number) <= value) continue;
    const words = wordsOf(values);
    const high = words[2 * i + 1];
    let start = i - 1;
    while (start > 0 && words[2 * start - 1] === high) start--;
    let end = i + 1;
    while (end < n && words[2 * end + 1] === high) end++;
    if (end - start > insertedUpTo) values.subarray(start, end).sort();
    else
      for (let k = i; k < end; k++) {
        const moved = values[k] as number;
        let place = k;
        for (; place > start && (values[place - 1] as number) > moved; place--)
          values[place] = values[place - 1] as number;
        values[place] = moved;
      }
    i = end;
  }
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
