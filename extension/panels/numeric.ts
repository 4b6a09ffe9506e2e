import type { Numeric } from "../../webviews/protocol";

/** A number as JSON can carry it. */
export function numeric(value: number): Numeric {
  return Number.isFinite(value) ? value : (String(value) as Numeric);
}
