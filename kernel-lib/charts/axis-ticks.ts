/**
 * About `count` round values between two numbers: steps of 1, 2 or 5 times a power of ten, or
 * powers of ten on a log scale that spans some.
 *
 * @param low the least value, > 0 for "log"
 * @param high at least `low`
 * @returns rising values from `low` to `high`; those two where no round ones fit
 * @example axisTicks(0, 10, { scale: "linear" }) // [0, 2, 4, 6, 8, 10]
 */
export function axisTicks(
  low: number,
  high: number,
  options: { scale: "linear" | "log"; count?: number },
): number[] {
  const { scale, count = 5 } = options;
  if (low === high) return [low];
  const ticks =
    scale === "log" && high / low >= 100 ? powers(low, high, count) : multiples(low, high, count);
  return ticks.length >= 2 ? ticks : [low, high];
}

function multiples(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

function powers(low: number, high: number, count: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / (count + 1)));
  const ticks: number[] = [];
  for (let exponent = first; exponent <= last; exponent += every)
    ticks.push(Number(`1e${exponent}`));
  return ticks;
}
