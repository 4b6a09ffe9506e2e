import type { Expectation } from "../../../quality/expectation";
import type { ExpectationFacts, QualityFacts } from "../../../quality/quality-facts";
import type { ColumnQuality, DataSummary } from "../../../quality/quality-report";
import { queryRows, type Connection } from "../../connection";
import type { LongWork } from "../../long-work";
import type { DataSource, SourceOrigin } from "../data-source";
import { withRelation } from "../open-scan";
import { scanned } from "../sql-scan";
import type { ScanColumn } from "../table-scan";
import { statisticsOf, statisticsPart, type ColumnStatistics } from "./column-statistics";
import { countDuplicateRows, countEmptyRows, findDuplicateColumns } from "./duplicates";
import { aggregateRows } from "./one-row";
import { readQualityColumns, type QualityColumn } from "./quality-column";
import { requireRegexes, rowCheck, type RowCheck } from "./row-check";
import { correlate, measureSpread, type Measured } from "./spread";
import { databaseMessage, lockDown } from "./user-condition";
import { countValues, type ValueCounts } from "./value-counts";

export interface ScanQualityOptions extends LongWork {
  /** True: of all numeric columns; false: none. Default: where they are at most 50. */
  correlation?: boolean;
  /** How many of the most frequent values are told, default 10. */
  topValues?: number;
}

/** As Evidently has it: the share of all rows that makes a column almost constant. */
const almostAll = 0.95;
/** Correlations grow with the square of the columns: 40 columns of 1,000,000 rows take about three seconds. */
const mostCorrelated = 50;

type RowsCheck = Extract<RowCheck, { kind: "rows" }>;

/** Without FILTER, for which DuckDB copies the rows with all that is computed of them, once for each. */
async function aggregateWithChecks(
  connection: Connection,
  columns: readonly QualityColumn[],
  checks: readonly (readonly [number, RowsCheck])[],
): Promise<Record<string, unknown>> {
  return aggregateRows(connection, [
    { row: {}, aggregates: { all_rows: "count(*)" } },
    ...columns.map(statisticsPart),
    ...checks.map(([i, { evaluated, failing }]) => ({
      row: { [`e${i}`]: evaluated, [`f${i}`]: failing },
      aggregates: {
        [`evaluated${i}`]: `count_if(e${i})`,
        [`failing${i}`]: `count_if(f${i})`,
      },
    })),
  ]);
}

/** One table at a time, and what was found of it so far. */
class QualityScan {
  private readonly facts: ExpectationFacts[] = [];

  constructor(
    private readonly connection: Connection,
    private readonly columns: readonly QualityColumn[],
    private readonly expectations: readonly Expectation[],
    private readonly options: ScanQualityOptions,
  ) {}

  private tell(message: string, fraction: number): void {
    this.options.onProgress?.(message, fraction);
  }

  async run(): Promise<QualityFacts> {
    const { connection, columns } = this;
    this.tell("expectations", 0);
    const checks = await this.readChecks();
    const answer = await this.firstPass(checks);
    const rows = Number(answer["all_rows"]);
    const statistics = columns.map((column, i) => statisticsOf(column, i, answer));
    await this.passesOfTheirOwn(checks);
    const counts: ValueCounts[] = [];
    for (const [i, column] of columns.entries()) {
      this.tell(`values of ${column.name}`, 0.2 + (0.4 * i) / columns.length);
      counts.push(await countValues(connection, column, this.options.topValues ?? 10));
    }
    const summary = await this.summarise(rows, statistics, counts);
    this.tell("done", 1);
    return {
      summary: summary.table,
      expectations: this.facts,
      wholeColumns: columns.filter((_, i) => statistics[i]?.whole).map(({ name }) => name),
      warnings: summary.warnings,
    };
  }

  private async readChecks(): Promise<(readonly [number, RowsCheck])[]> {
    const byName = new Map(this.columns.map((column) => [column.name, column]));
    const checks: (readonly [number, RowsCheck])[] = [];
    for (const [i, expectation] of this.expectations.entries()) {
      const check = await rowCheck(this.connection, expectation, byName);
      if (check.kind === "rows") {
        checks.push([i, check]);
        this.facts.push({ kind: "rows", evaluated: 0, failing: 0, failingRows: check.failing });
      } else this.facts.push(check);
    }
    return checks;
  }

  private setCounts(i: number, evaluated: unknown, failing: unknown): void {
    const facts = this.facts[i];
    if (facts?.kind !== "rows") return;
    facts.evaluated = Number(evaluated);
    facts.failing = Number(failing);
  }

  /** All counts of rows in one pass. Where a condition of a user's fails as it runs, it alone has no answer. */
  private async firstPass(
    checks: readonly (readonly [number, RowsCheck])[],
  ): Promise<Record<string, unknown>> {
    this.tell("counting", 0.05);
    const together = checks.filter(([, { pass }]) => pass === "one");
    const take = (answer: Record<string, unknown>, taken: typeof together) => {
      for (const [i] of taken) this.setCounts(i, answer[`evaluated${i}`], answer[`failing${i}`]);
    };
    try {
      const answer = await aggregateWithChecks(this.connection, this.columns, together);
      take(answer, together);
      return answer;
    } catch (error) {
      const byUser = together.filter(([, check]) => check.byUser);
      this.options.signal?.throwIfAborted();
      if (byUser.length === 0) throw error;
      for (const check of byUser)
        try {
          take(await aggregateWithChecks(this.connection, [], [check]), [check]);
        } catch (own) {
          this.options.signal?.throwIfAborted();
          this.facts[check[0]] = { kind: "problem", problem: databaseMessage(own) };
        }
      const others = together.filter(([, check]) => !check.byUser);
      const answer = await aggregateWithChecks(this.connection, this.columns, others);
      take(answer, others);
      return answer;
    }
  }

  /** Keys are grouped, and what must rise or fall is read in the order of the rows. */
  private async passesOfTheirOwn(checks: readonly (readonly [number, RowsCheck])[]): Promise<void> {
    for (const [i, { evaluated, failing, pass }] of checks) {
      if (pass === "one") continue;
      this.tell("order and keys", 0.15);
      const [row] = await queryRows<{ evaluated: number; failing: number }>(
        this.connection,
        `select count_if(e) as evaluated, count_if(f) as failing
         from (select ${evaluated} as e, ${failing} as f from ${scanned})`,
      );
      this.setCounts(i, row?.evaluated, row?.failing);
    }
  }

  private async summarise(
    rows: number,
    statistics: readonly ColumnStatistics[],
    counts: readonly ValueCounts[],
  ): Promise<{ table: DataSummary; warnings: string[] }> {
    const { connection, columns } = this;
    const measured = columns.flatMap((column, i) => {
      const own = statistics[i] as ColumnStatistics;
      return column.type === "number" ? [{ column, statistics: own }] : [];
    });
    const spreads = await measureSpread(connection, measured, rows, (done) => {
      this.tell("quantiles", 0.6 + (0.15 * done) / measured.length);
    });
    const spreadOf = new Map(measured.map(({ column }, i) => [column.name, spreads[i]]));
    const { correlated, warnings } = this.chooseCorrelated(measured);
    const values = await correlate(connection, correlated, (done) => {
      this.tell("correlation", 0.75 + 0.1 * done);
    });
    this.tell("duplicates", 0.85);
    const duplicateOf = await findDuplicateColumns(connection, columns, statistics, counts);
    const described = columns.map((column, i): ColumnQuality => {
      const { present, infinite, min, max, mean } = statistics[i] as ColumnStatistics;
      const { distinct, most, top } = counts[i] as ValueCounts;
      const spread = spreadOf.get(column.name);
      const [q25, median, q75] = spread?.quartiles ?? [null, null, null];
      return {
        column: column.name,
        type: column.type,
        missing: rows - present,
        infinite,
        distinct,
        constant: distinct <= 1,
        almostConstant: rows > 0 && most / rows >= almostAll,
        duplicateOf: duplicateOf[i] ?? null,
        mean,
        standardDeviation: spread?.standardDeviation ?? null,
        min,
        q25,
        median,
        q75,
        max,
        top,
      };
    });
    return {
      table: {
        rows,
        duplicateRows: await countDuplicateRows(connection, columns),
        emptyRows: await countEmptyRows(connection, columns, statistics, rows),
        columns: described,
        correlation: { columns: correlated.map(({ column }) => column.name), values },
      },
      warnings,
    };
  }

  private chooseCorrelated(measured: readonly Measured[]): {
    correlated: readonly Measured[];
    warnings: string[];
  } {
    const { correlation } = this.options;
    if (correlation === false) return { correlated: [], warnings: [] };
    if (correlation === true || measured.length <= mostCorrelated)
      return { correlated: measured, warnings: [] };
    return {
      correlated: [],
      warnings: [
        `correlation was left out: of ${measured.length} numeric columns it takes a while; correlation: true computes it`,
      ],
    };
  }
}

/**
 * Puts expectations to a table and summarises it. One pass counts the rows of all expectations along with the figures
 * of all columns; the values of each column are then grouped, quantiles and correlation take another pass, and keys of
 * several columns and orders of rows one each. No row leaves the database.
 *
 * @param expected expectations, or what makes them of the table's columns
 * @throws AssayerError "invalid-argument" for a regular expression that is none, and what `openScan` throws
 */
export function scanQuality(
  source: DataSource,
  expected: readonly Expectation[] | ((columns: readonly ScanColumn[]) => readonly Expectation[]),
  options: ScanQualityOptions = {},
): Promise<QualityFacts & { description: string; origin: SourceOrigin }> {
  return withRelation(
    source,
    async (database, relation) => {
      const facts = await database.run(options.signal, async (connection) => {
        await lockDown(connection, relation);
        const columns = await readQualityColumns(connection);
        const expectations = typeof expected === "function" ? expected(columns) : expected;
        await requireRegexes(connection, expectations);
        return new QualityScan(connection, columns, expectations, options).run();
      });
      return { ...facts, description: relation.description, origin: relation.origin };
    },
    options.signal,
  );
}
