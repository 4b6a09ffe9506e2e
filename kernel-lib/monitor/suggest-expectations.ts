import type { Expectation } from "../quality/expectation";
import { mostCategories, suggestFromSummary } from "../quality/suggest-from-summary";
import type { LongWork } from "../store/long-work";
import type { DataSource } from "../store/scan/data-source";
import { scanQuality } from "../store/scan/quality/scan-quality";
import type { ScanColumn } from "../store/scan/table-scan";

function timesOf(columns: readonly ScanColumn[]): string[] {
  return columns.filter(({ type }) => type === "time").map(({ name }) => name);
}

function inOrder(columns: readonly ScanColumn[]): Expectation[] {
  return timesOf(columns).map((column) => ({
    expect: "monotonic",
    column,
    direction: "increasing",
  }));
}

/**
 * Expectations that a reference suggests: its columns and their types, what is never missing, ranges, sets of few values,
 * keys, times in order, and a band of the number of rows. Each has a note that says why. To be read, changed and kept
 * as JSON.
 *
 * @throws AssayerError what reading the source throws
 */
export async function suggestExpectations(
  reference: DataSource,
  options: LongWork = {},
): Promise<Expectation[]> {
  const { summary, wholeColumns, expectations } = await scanQuality(reference, inOrder, {
    ...options,
    correlation: false,
    topValues: mostCategories,
  });
  const risingColumns = timesOf(
    summary.columns.map(({ column, type }) => ({ name: column, type })),
  ).filter((_, i) => {
    const facts = expectations[i];
    return facts?.kind === "rows" && facts.failing === 0;
  });
  return suggestFromSummary(summary, { wholeColumns, risingColumns });
}
