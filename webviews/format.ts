import type { Numeric } from "./protocol";

/** Five significant digits, without trailing zeros; very large and small numbers by exponent. */
export function formatNumber(value: Numeric): string {
  const number = Number(value);
  if (Number.isNaN(number)) return "NaN";
  if (!Number.isFinite(number)) return number > 0 ? "∞" : "−∞";
  if (Number.isInteger(number) && Math.abs(number) < 1e9) return minus(number.toString());
  const size = Math.abs(number);
  if (size >= 1e7 || size < 1e-4) return minus(number.toExponential(3));
  return minus(Number(number.toPrecision(5)).toString());
}

function minus(text: string): string {
  return text.replaceAll("-", "−");
}

const thisYear: Intl.DateTimeFormatOptions = {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
};
const formats = {
  thisYear: new Intl.DateTimeFormat(undefined, thisYear),
  otherYear: new Intl.DateTimeFormat(undefined, { ...thisYear, year: "numeric" }),
};

/** Date and time to the second, with the year where it is another one. */
export function formatTime(at: number): string {
  const isThisYear = new Date(at).getFullYear() === new Date().getFullYear();
  return (isThisYear ? formats.thisYear : formats.otherYear).format(at);
}

/** A duration in its two largest units: `850 ms`, `4.2 s`, `3 min 5 s`, `2 h 14 min`, `3 d 2 h`. */
export function formatDuration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const steps: [number, string, string][] = [
    [60, "min", "s"],
    [60, "h", "min"],
    [24, "d", "h"],
  ];
  let small = Math.round(seconds);
  let text = "";
  for (const [size, large, unit] of steps) {
    const rest = small % size;
    small = Math.floor(small / size);
    if (small === 0) break;
    text = `${String(small)} ${large}${rest === 0 ? "" : ` ${String(rest)} ${unit}`}`;
  }
  return text;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${String(bytes)} B`;
  const power = Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${["", "kB", "MB", "GB"][power] ?? ""}`;
}

export function plural(count: number, noun: string): string {
  return `${count.toLocaleString()} ${noun}${count === 1 ? "" : "s"}`;
}
