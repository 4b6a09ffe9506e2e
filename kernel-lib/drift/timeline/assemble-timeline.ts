import type { Period } from "./chunks";
import { outside, thresholdBand, type Band, type Threshold } from "./threshold";
import type { DriftTimeline, TimelineChunk } from "../timeline";
import { timelineHint } from "./timeline-hint";

/**
 * Makes a timeline of chunks whose values are there: the band comes from the reference chunks, and what is outside of it
 * alarms. What is not finite becomes null.
 *
 * @param options.of which number of the reference chunks makes the band
 * @param options.limits range of the measure
 */
export function assembleTimeline(
  measure: string,
  given: readonly TimelineChunk[],
  options: { of: "value" | "realised"; limits: Band; threshold?: Threshold; period?: Period },
): DriftTimeline {
  const { of, limits, threshold = { kind: "standard-deviation" }, period } = options;
  const chunks = given.map((chunk) => ({
    ...chunk,
    value: orNull(chunk.value),
    low: orNull(chunk.low),
    high: orNull(chunk.high),
    realised: orNull(chunk.realised),
  }));
  const band = thresholdBand(
    chunks.flatMap((chunk) => {
      const value = chunk[of];
      return chunk.side === "reference" && value !== null ? [value] : [];
    }),
    threshold,
    limits,
  );
  for (const chunk of chunks) chunk.alarm = chunk.value !== null && outside(chunk.value, band);
  return { measure, chunks, ...band, hint: timelineHint(chunks, period) };
}

function orNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
