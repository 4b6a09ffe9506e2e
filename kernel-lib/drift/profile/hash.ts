/** Two words that look random, of which the first 53 bits tell values apart. */
export interface Hash {
  high: number;
  low: number;
}

/** The last step of MurmurHash3 by Austin Appleby: every bit of the word moves every other. */
function mixed(word: number): number {
  let mix = word ^ (word >>> 16);
  mix = Math.imul(mix, 0x85ebca6b);
  mix ^= mix >>> 13;
  mix = Math.imul(mix, 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}

const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);
const [lower, upper] = littleEndian ? [0, 1] : [1, 0];

/** Of profiles that are kept: what a value hashes to never changes. -0 is 0. */
export function hashNumber(value: number, into: Hash): void {
  number[0] = value + 0;
  const first = mixed((words[lower] as number) ^ 0x9e3779b9);
  into.high = mixed((words[upper] as number) ^ first);
  into.low = mixed((first + Math.imul(into.high, 0x9e3779b1)) | 0);
}

/** As `hashNumber`, of the UTF-16 code units of a text. */
export function hashText(text: string, into: Hash): void {
  let first = 0x9e3779b9 ^ text.length;
  let second = 0x7f4a7c15;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    first = Math.imul(first ^ unit, 0x85ebca6b);
    first = (first << 13) | (first >>> 19);
    second = Math.imul(second ^ unit, 0xc2b2ae35);
    second = (second << 15) | (second >>> 17);
  }
  into.high = mixed(first ^ Math.imul(second, 0x9e3779b1));
  into.low = mixed(second ^ Math.imul(into.high, 0x85ebca6b));
}
