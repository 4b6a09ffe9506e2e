const mostDigits = 4;

/** A number with so many digits at most, without zeros at its end, and thousands set apart. */
export function digitsOf(value: number, digits: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: digits });
}

/** A share in percent: `61 %`, or `61.0 %` with a digit. */
export function percentWords(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** So many digits that shares which differ read differently, and none above 0 reads as 0. */
export function digitsApart(shares: readonly number[]): number {
  const inner = new Set(shares.filter((share) => share !== 0 && share !== 1));
  for (let digits = 0; digits < mostDigits; digits++) {
    const words = new Set(Array.from(inner, (share) => (share * 100).toFixed(digits)));
    const isEnd = Array.from(words, Number).some((percent) => percent === 0 || percent === 100);
    if (words.size === inner.size && !isEnd) return digits;
  }
  return mostDigits;
}

/** So many digits that rounding leaves every value on its side of the limit, and the first of them above 0. */
export function digitsBeside(limit: number, values: readonly number[], least = 0): number {
  for (let digits = least; digits < mostDigits; digits++) {
    const isSafe = values.every((value) => {
      const rounded = Number(value.toFixed(digits));
      if (value > 0 && rounded === 0 && value === values[0]) return false;
      return Math.sign(rounded - limit) === Math.sign(value - limit);
    });
    if (isSafe) return digits;
  }
  return mostDigits;
}
