const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/**
 * Smallest float32 that is ≥ `value`. For every float32 `x`, `x < value` and
 * `x < float32AtLeast(value)` are the same, so a tree whose thresholds are doubles can be written
 * with float32 thresholds and takes the same branches.
 *
 * @example float32AtLeast(0.5) // 0.5
 * @example float32AtLeast(0.1) // 0.10000000149011612
 */
export function float32AtLeast(value: number): number {
  const rounded = Math.fround(value);
  return rounded < value ? nextUp(rounded) : rounded;
}

/** Largest float32 that is ≤ `value`: for every float32 `x`, `x <= value` and `x <= float32AtMost(value)` are the same. */
export function float32AtMost(value: number): number {
  return -float32AtLeast(-value);
}

function nextUp(value: number): number {
  float[0] = value === 0 ? 0 : value;
  bits[0] = (bits[0] ?? 0) + (value >= 0 ? 1 : -1);
  return float[0];
}

/** float32 with the bits of an IEEE 754 half. */
export function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Bits of the half nearest to `value`, ties to even. */
export function numberToHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const unit = 2 ** (exponent - 10);
  const steps = roundHalfEven(size / unit);
  // A count below 1024 is a subnormal number; 2048 carries into the exponent, as the bits do.
  return sign | (steps < 1024 ? steps : ((exponent + 14) << 10) + steps);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
