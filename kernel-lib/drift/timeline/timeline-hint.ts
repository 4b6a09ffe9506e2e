import { autocorrelation } from "../../stats/autocorrelation";
import { mannKendall } from "../../stats/mann-kendall";
import type { Period } from "./chunks";
import type { TimelineChunk } from "../timeline";

/** A trend or a season is told when chance alone shows as much in one of a hundred timelines. */
const level = 0.01;
const zOfLevel = 2.576;

/** Fewer say nothing that can be told from chance. */
const fewestChunks = 8;

/** After how many periods a season comes again, and how one says that. */
const seasons: Partial<Record<Period, readonly { lag: number; text: string }[]>> = {
  hour: [
    { lag: 24, text: "every day" },
    { lag: 168, text: "every week" },
  ],
  day: [{ lag: 7, text: "every week" }],
  week: [{ lag: 52, text: "every year" }],
  month: [{ lag: 12, text: "every year" }],
  quarter: [{ lag: 4, text: "every year" }],
};

/**
 * What the current chunks show as time goes by, in one plain sentence; null where chance would explain it.
 *
 * Trend: Mann–Kendall, p < 0.01. Season, of periods without a gap: the autocorrelation at its lag, once the linear
 * trend is taken out, is above what 99 of 100 series by chance have, and higher than at the lags beside it; at least
 * three seasons are needed.
 */
export function timelineHint(chunks: readonly TimelineChunk[], period?: Period): string | null {
  const current = chunks.filter(({ side, value }) => side === "current" && value !== null);
  if (current.length < fewestChunks) return null;
  const values = current.map(({ value }) => value as number);
  const sentences = [trendOf(values)];
  if (period !== undefined && withoutGaps(current)) sentences.push(seasonOf(values, period));
  const found = sentences.filter((sentence) => sentence !== null);
  return found.length === 0 ? null : found.join(" ");
}

function trendOf(values: readonly number[]): string | null {
  const { statistic, pValue } = mannKendall(values);
  if (!(pValue < level)) return null;
  const text = pValue < 0.001 ? "p < 0.001" : `p = ${pValue.toFixed(3)}`;
  return `${statistic > 0 ? "Rises" : "Falls"} over the ${values.length} current chunks (Mann–Kendall, ${text}).`;
}

function seasonOf(values: readonly number[], period: Period): string | null {
  const flat = withoutTrend(values);
  for (const { lag, text } of seasons[period] ?? []) {
    if (values.length < 3 * lag) continue;
    const own = autocorrelation(flat, lag);
    const beside = Math.max(autocorrelation(flat, lag - 1), autocorrelation(flat, lag + 1));
    if (own > zOfLevel / Math.sqrt(values.length) && own > beside)
      return `Comes again ${text} (autocorrelation ${own.toFixed(2)}).`;
  }
  return null;
}

function withoutTrend(values: readonly number[]): number[] {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const slope =
    values.reduce((sum, value, i) => sum + (i - middle) * value, 0) /
    values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  return values.map((value, i) => value - mean - slope * (i - middle));
}

function withoutGaps(chunks: readonly TimelineChunk[]): boolean {
  return chunks.every((chunk, i) => {
    const before = chunks[i - 1];
    return before === undefined || (before.to !== null && chunk.from === before.to + 1);
  });
}
