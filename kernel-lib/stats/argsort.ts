const bits = 11;
const buckets = 1 << bits;

/**
 * The order that sorts values: ascending, equal ones in the order they came. Time grows with n alone: a radix sort
 * over the bits of the doubles, in which NaN comes after all numbers and -0 equals 0.
 *
 * @param values n ≥ 0 numbers
 * @returns n positions in `values`
 * @example argsort(Float64Array.of(30, 10, 20)) // [1, 2, 0]
 */
export function argsort(values: Float64Array): Uint32Array {
  const n = values.length;
  const order = new Uint32Array(n);
  let ascending = true;
  for (let i = 0; i < n; i++) {
    order[i] = i;
    if (i > 0 && !(Number(values[i - 1]) <= Number(values[i]))) ascending = false;
  }
  if (ascending) return order;
  if (n < 4096)
    return order.sort((a, b) => {
      const [x, y] = [Number(values[a]), Number(values[b])];
      return x < y ? -1 : x > y ? 1 : Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    });
  return radixSort(values, order);
}

function radixSort(values: Float64Array, order: Uint32Array): Uint32Array {
  const n = values.length;
  const low = new Uint32Array(n);
  const high = new Uint32Array(n);
  const pair = new Float64Array(1);
  const words = new Uint32Array(pair.buffer);
  for (let i = 0; i < n; i++) {
    const value = Number(values[i]);
    pair[0] = value === 0 ? 0 : value;
    // Doubles order as their bits do, once negative ones are inverted and positive ones get the highest bit.
    const negative = Number(words[1]) >>> 31 === 1 && !Number.isNaN(value);
    low[i] = negative ? ~Number(words[0]) : Number(words[0]);
    high[i] = negative
      ? ~Number(words[1])
      : Number.isNaN(value)
        ? 0xffffffff
        : Number(words[1]) | 0x80000000;
  }
  let from: Uint32Array = order;
  let to: Uint32Array = new Uint32Array(n);
  const counts = new Uint32Array(buckets);
  for (let shift = 0; shift < 64; shift += bits) {
    counts.fill(0);
    let bucket = 0;
    for (let i = 0; i < n; i++) {
      bucket = digitAt(Number(low[i]), Number(high[i]), shift);
      counts[bucket] = Number(counts[bucket]) + 1;
    }
    if (counts[bucket] === n) continue;
    for (let each = 0, start = 0; each < buckets; each++) {
      const count = Number(counts[each]);
      counts[each] = start;
      start += count;
    }
    for (let i = 0; i < n; i++) {
      const position = Number(from[i]);
      bucket = digitAt(Number(low[position]), Number(high[position]), shift);
      const place = Number(counts[bucket]);
      to[place] = position;
      counts[bucket] = place + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}

function digitAt(low: number, high: number, shift: number): number {
  if (shift >= 32) return (high >>> (shift - 32)) & (buckets - 1);
  const part = low >>> shift;
  return (shift + bits <= 32 ? part : part | (high << (32 - shift))) & (buckets - 1);
}
