/** A number for people: three digits that count. */
export function numberWords(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 1e15) return value.toExponential(2);
  return (
    Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3))
  ).toLocaleString("en-US", { maximumSignificantDigits: 15 });
}

/** A share for people: `12 %`. */
export function shareWords(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "under 0.1 %";
  if (percent < 100 && percent > 99.9) return "over 99.9 %";
  return `${Number(percent.toFixed(percent < 10 ? 1 : 0))} %`;
}

/** `1 feature`, `2 features`. */
export function countWords(count: number, noun: string): string {
  const plural = noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${numberWords(count)} ${count === 1 ? noun : plural}`;
}
