import type { ReportInfo } from "assayer";

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "narrow" });

/** How long ago something was, roughly: `now`, `5 min. ago`, `yesterday`. */
export function ago(date: Date, now = Date.now()): string {
  const seconds = Math.round((date.getTime() - now) / 1000);
  const units: [Intl.RelativeTimeFormatUnit, number][] = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ];
  for (const [unit, size] of units)
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  return relative.format(0, "second");
}

/** Three significant digits, as a list has room for. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  return Number.isInteger(value) ? value.toString() : Number(value.toPrecision(3)).toString();
}

const verdictWords: Partial<Record<ReportInfo["kind"], Record<ReportInfo["verdict"], string>>> = {
  quality: {
    alarm: "failed",
    watch: "passed with warnings",
    stable: "passed",
    undecided: "undecided",
  },
  fairness: {
    alarm: "fail",
    watch: "nothing required",
    stable: "pass",
    undecided: "not enough evidence",
  },
  explanation: {
    alarm: "does not add up",
    watch: "explained, with warnings",
    stable: "explained",
    undecided: "not converged",
  },
};

/** A verdict in the words of its kind of report. */
export function verdictWord({ kind, verdict }: Pick<ReportInfo, "kind" | "verdict">): string {
  return verdictWords[kind]?.[verdict] ?? verdict;
}
