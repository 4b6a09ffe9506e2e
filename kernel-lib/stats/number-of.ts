/**
 * The finite number that a value is, or that its text reads as; NaN for all else.
 * Params from elsewhere are often texts: `"0.1"` is 0.1.
 *
 * @example numberOf("1e-3") // 0.001
 */
export function numberOf(value: unknown): number {
  if (typeof value === "string" && value.trim() === "") return NaN;
  if (typeof value !== "string" && typeof value !== "number") return NaN;
  return Number.isFinite(Number(value)) ? Number(value) : NaN;
}
