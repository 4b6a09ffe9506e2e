import { AssayerError } from "../errors";
import type { Expectation } from "../quality/expectation";
import { judgeExpectation } from "../quality/judge-expectation";
import { parseExpectations } from "../quality/parse-expectations";
import type { ExpectationResult, QualityReport } from "../quality/quality-report";
import { qualitySummary } from "../quality/quality-summary";
import type { LongWork } from "../store/long-work";
import type { DataSource } from "../store/scan/data-source";
import { readFailingRows } from "../store/scan/quality/read-failing-rows";
import { scanQuality } from "../store/scan/quality/scan-quality";

export interface CheckQualityOptions extends LongWork {
  /** What the report is called, default `data quality`. */
  name?: string;
  /** The moment that ages are counted to, default now. */
  now?: Date;
  /** True: of all numeric columns; false: of none. Default: of all where they are at most 50. */
  correlation?: boolean;
}

/**
 * Summarises a table and judges expectations of it. No row leaves the database.
 *
 * NULL and NaN are missing; missing values comply with all but `not-null`, and a table without a value to look at
 * complies with everything said of rows. Infinite values are counted, and left out of means, deviations, quantiles,
 * extremes and correlation. An expectation that cannot be put to the table (no such column, another type, a condition
 * that DuckDB refuses) fails and says why; the others are judged. Conditions of `sql` expectations read nothing but the
 * table, whose name in them is `data`.
 *
 * @param expectations plain objects, also as JSON has them; none for the summary alone
 * @throws AssayerError "invalid-argument" for what is no expectation, by its position from 1; what reading the source throws
 * @example await checkQuality("flights.parquet", [{ expect: "not-null", column: "delay" }])
 */
export async function checkQuality(
  source: DataSource,
  expectations: readonly Expectation[] = [],
  { name = "data quality", now = new Date(), ...options }: CheckQualityOptions = {},
): Promise<QualityReport> {
  const parsed = parseExpectations(expectations);
  const facts = await scanQuality(source, parsed, options);
  const results = parsed.map((expectation, i) =>
    judgeExpectation(expectation, facts.expectations[i] ?? { kind: "summary" }, facts.summary, now),
  );
  const { rows } = facts.summary;
  return {
    kind: "quality",
    format: 1,
    name,
    createdAt: now.toISOString(),
    data: { rows, description: facts.description, origin: { ...facts.origin } },
    passed: results.every(({ passed, severity }) => passed || severity !== "error"),
    summary: qualitySummary(rows, results),
    results,
    table: facts.summary,
    warnings: facts.warnings,
  };
}

/**
 * Rows of a table that fail an expectation, in their order, at most `limit` (default 100).
 *
 * @param result one of a report on this table, or on another of the same columns
 * @throws AssayerError "invalid-argument" for an expectation that is not about rows
 */
export async function failingRows(
  source: DataSource,
  result: Pick<ExpectationResult, "failingRows" | "required">,
  options: { limit?: number; signal?: AbortSignal } = {},
): Promise<Record<string, unknown>[]> {
  if (result.failingRows === null)
    throw new AssayerError(
      "invalid-argument",
      `failingRows requires an expectation about rows; got one that ${result.required}`,
    );
  return readFailingRows(source, result.failingRows, options);
}
