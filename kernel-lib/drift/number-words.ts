/** A number for people: three digits that count, or `more`. */
export function numberWords(value: number, more = 0): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude >= 1e15) return value.toExponential(2 + more);
  const digits = magnitude >= 1000 ? Math.round(magnitude).toString().length : 3;
  return Number(value.toPrecision(digits + more)).toLocaleString("en-US", {
    maximumSignificantDigits: 21,
  });
}

/** A share for people: `12 %`, or with `more` digits. */
export function shareWords(share: number, more = 0): string {
  const percent = share * 100;
  const least = Number((0.1 ** (1 + more)).toFixed(1 + more));
  if (percent > 0 && percent < least) return `under ${least} %`;
  if (percent < 100 && percent > 100 - least)
    return `over ${Number((100 - least).toFixed(1 + more))} %`;
  return `${Number(percent.toFixed((percent < 10 ? 1 : 0) + more))} %`;
}

const mostMore = 3;

/** Two values in so many digits that they read differently; null where those would be too many. */
export function apart(
  words: typeof shareWords,
  from: number,
  to: number,
): readonly [string, string] | null {
  for (let more = 0; more <= mostMore; more++) {
    const [left, right] = [words(from, more), words(to, more)];
    if (left !== right) return [left, right];
  }
  return null;
}

/** `1 feature`, `2 features`. */
export function countWords(count: number, noun: string): string {
  const plural = noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${numberWords(count)} ${count === 1 ? noun : plural}`;
}
