import { stirlingError } from "./log-gamma";

/**
 * The chance that the Kolmogorov–Smirnov distance of a sample to its own distribution is at least `distance`, by the
 * choice of algorithms of Simard and L'Ecuyer.
 *
 * @param n ≥ 1, whole
 * @see Simard and L'Ecuyer 2011, "Computing the two-sided Kolmogorov–Smirnov distribution"; SciPy's `kstwo.sf`
 */
export function kolmogorovTail(n: number, distance: number): number {
  const t = n * distance;
  if (t <= 0.5) return 1;
  if (distance >= 1) return 0;
  if (t <= 1) return 1 - Math.exp(logFactorialRatio(n) + n * Math.log(2 * t - 1));
  if (t >= n - 1) return 2 * (1 - distance) ** n;
  const scaled = t * distance;
  if (distance >= 0.5 || scaled >= (n <= 140 ? 4 : 2.2)) return oneSidedTail(n, distance);
  if (n <= 140 || (n <= 100_000 && n * distance ** 1.5 <= 1.4))
    return 1 - durbinMatrix(n, distance);
  return pelzGoodTail(n, distance);
}

/** log(n! / n^n) */
function logFactorialRatio(n: number): number {
  return 0.5 * Math.log(2 * Math.PI * n) - n + stirlingError(n);
}

/**
 * Twice Smirnov's one-sided tail: exact from 0.5, and closer than rounding where both sides are out of reach.
 * Σ C(n, v) (v/n + d)^(v − 1) (1 − d − v/n)^(n − v) d is taken at every k-th v for large n: the summand and all its
 * derivatives vanish at both ends, so that the sum converges faster than any power of k.
 */
function oneSidedTail(n: number, distance: number): number {
  if (2 * n * distance * distance > 740) return 0;
  const last = Math.floor(n * (1 - distance));
  const stride = Math.max(1, Math.floor(n / 8192));
  let sum = 0;
  for (let v = stride; v <= last && v < n; v += stride) {
    const share = v / n;
    const rest = 1 - share - distance;
    if (rest <= 0) break;
    const log =
      stirlingError(n) -
      stirlingError(v) -
      stirlingError(n - v) +
      v * Math.log1p(distance / share) +
      (n - v) * Math.log1p(-distance / (1 - share));
    sum +=
      (Math.exp(log) * Math.sqrt(n / (2 * Math.PI * v * (n - v))) * distance) / (share + distance);
  }
  return Math.min(1, 2 * (sum * stride + (stride === 1 ? (1 - distance) ** n : 0)));
}

/**
 * The distribution by the n-th power of a matrix.
 *
 * @see Marsaglia, Tsang and Wang 2003, "Evaluating Kolmogorov's distribution"
 */
function durbinMatrix(n: number, distance: number): number {
  const k = Math.ceil(n * distance);
  const size = 2 * k - 1;
  const h = k - n * distance;
  const matrix = new Float64Array(size * size);
  const inverse = new Float64Array(size + 1).fill(1);
  for (let i = 1; i <= size; i++) inverse[i] = (inverse[i - 1] as number) / i;
  for (let row = 0; row < size; row++)
    for (let column = 0; column <= Math.min(row + 1, size - 1); column++)
      matrix[row * size + column] = inverse[row - column + 1] as number;
  for (let i = 0; i < size; i++) {
    matrix[i * size] = (1 - h ** (i + 1)) * (inverse[i + 1] as number);
    matrix[(size - 1) * size + i] = (1 - h ** (size - i)) * (inverse[size - i] as number);
  }
  const corner = 1 - 2 * h ** size + Math.max(0, 2 * h - 1) ** size;
  matrix[(size - 1) * size] = corner * (inverse[size] as number);
  const { value, exponent } = powerEntry(matrix, size, k - 1, n);
  return Math.min(1, Math.exp(Math.log(value) + exponent + logFactorialRatio(n)));
}

/** An entry of the diagonal of matrix^n, with a natural exponent apart. */
function powerEntry(
  matrix: Float64Array,
  size: number,
  entry: number,
  n: number,
): { value: number; exponent: number } {
  let row: Float64Array = new Float64Array(size);
  row[entry] = 1;
  let exponent = 0;
  let square = matrix;
  let squareExponent = 0;
  for (let left = n; ;) {
    if (left % 2 === 1) {
      row = rowTimes(row, square, size);
      exponent += squareExponent;
    }
    left = Math.floor(left / 2);
    if (left === 0) return { value: row[entry] as number, exponent };
    square = squared(square, size);
    squareExponent *= 2;
    const scale = square[entry * size + entry] as number;
    if (scale > 1e100) {
      square = square.map((each) => each / scale);
      squareExponent += Math.log(scale);
    }
    const rowScale = row[entry] as number;
    if (rowScale > 1e100) {
      row = row.map((each) => each / rowScale);
      exponent += Math.log(rowScale);
    }
  }
}

function rowTimes(row: Float64Array, matrix: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size);
  for (let k = 0; k < size; k++) {
    const factor = row[k] as number;
    if (factor !== 0)
      for (let j = 0; j < size; j++)
        result[j] = (result[j] as number) + factor * (matrix[k * size + j] as number);
  }
  return result;
}

function squared(matrix: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    result.set(rowTimes(matrix.subarray(i * size, (i + 1) * size), matrix, size), i * size);
  return result;
}

/**
 * Limiting distribution with corrections up to n^(−3/2).
 *
 * @see Pelz and Good 1976, "Approximating the lower tail-areas of the Kolmogorov–Smirnov one-sample statistic"
 */
function pelzGoodTail(n: number, distance: number): number {
  const z = Math.sqrt(n) * distance;
  const z2 = z * z;
  const z4 = z2 * z2;
  const z6 = z4 * z2;
  const pi2 = Math.PI ** 2;
  const pi4 = pi2 * pi2;
  if (-pi2 / 8 / z2 < -708) return 1;
  const terms = Math.ceil((16 * z) / Math.PI);
  const sums = [0, 0, 0, 0] as [number, number, number, number];
  for (let k = terms; k >= 1; k--) {
    const odd = 2 * k - 1;
    const o2 = odd * odd;
    const o4 = o2 * o2;
    const weight = Math.exp((-pi2 * o2) / (8 * z2));
    sums[0] += weight;
    sums[1] += weight * (-z2 + (pi2 / 4) * o2);
    sums[2] +=
      weight *
      (6 * z6 + 2 * z4 + ((2 * z4 - 5 * z2) * pi2 * o2) / 4 + (pi4 * (1 - 2 * z2) * o4) / 16);
    sums[3] +=
      weight *
      (-30 * z6 -
        90 * z4 * z4 +
        (pi2 * (135 * z4 - 96 * z6) * o2) / 4 +
        (pi4 * (-60 * z2 + 212 * z4) * o4) / 16 +
        (pi4 * pi2 * (5 - 30 * z2) * o4 * o2) / 64);
  }
  let even2 = 0;
  let even3 = 0;
  for (let k = terms; k >= 1; k--) {
    const weight = k * k * Math.exp((-pi2 * k * k) / (2 * z2));
    even2 += weight;
    even3 += weight * (3 * z2 - pi2 * k * k);
  }
  const root = Math.sqrt(2 * Math.PI);
  const second = (root * sums[2]) / (72 * z6 * z) - (pi2 * root * even2) / (36 * z2 * z);
  const third = (root * sums[3]) / (6480 * z6 * z4) + (pi2 * root * even3) / (216 * z6);
  const distribution =
    (root * sums[0]) / z +
    (root * sums[1]) / (6 * z4) / Math.sqrt(n) +
    second / n +
    third / (n * Math.sqrt(n));
  return Math.min(1, Math.max(0, 1 - distribution));
}
