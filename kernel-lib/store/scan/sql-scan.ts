import { AssayerError, messageOf } from "../../errors";
import { queryRows, type Connection } from "../connection";
import type { LongWork } from "../long-work";
import { quoted } from "../tables/load-columns";
import { categoryOfNumber, isTextInSql, numberExpression, scanTypeOf } from "./column-expression";
import type { SourceOrigin } from "./data-source";
import { encodeCategories } from "./encode-categories";
import { inOrder, orderOf } from "./order-of";
import { isThinned } from "./is-thinned";
import { throwIfStopped, type ScanDatabase } from "./scan-database";
import type {
  CategoryCounts,
  ColumnValues,
  DistinctCount,
  ReadOptions,
  ScanColumn,
  TableScan,
  WantedColumn,
} from "./table-scan";
import { requireColumns, requireNumbers } from "./wanted-columns";

/** The name of the table or view that is scanned. */
export const scanned = "data";

/** Columns that are read at once take about so much. */
const groupBytes = 128 * 2 ** 20;
const mostInGroup = 8;

/** Typed arrays behind vectors, which DuckDB's makers keep private in the types. */
interface Items<T> {
  items: T;
}

/** A table of DuckDB's, as `TableScan`. */
export class SqlScan implements TableScan {
  private enums = 0;

  private constructor(
    private readonly database: ScanDatabase,
    readonly rows: number,
    readonly columns: readonly ScanColumn[],
    readonly description: string,
    readonly origin: SourceOrigin,
  ) {}

  /** Scans the table or view `data` of `database`. */
  static open(
    database: ScanDatabase,
    { description, origin }: { description: string; origin: SourceOrigin },
  ): Promise<SqlScan> {
    return database.run(undefined, async (connection) => {
      const columns = await queryRows<{ column_name: string; column_type: string }>(
        connection,
        `select column_name, column_type from (describe ${scanned})`,
      );
      const [count] = await queryRows<{ rows: number }>(
        connection,
        `select count(*) as rows from ${scanned}`,
      );
      return new SqlScan(
        database,
        count?.rows ?? 0,
        columns.map(({ column_name: name, column_type: type }) => ({ name, ...scanTypeOf(type) })),
        description,
        origin,
      );
    });
  }

  async *values(
    wanted: readonly WantedColumn[],
    { onProgress, signal, orderBy, lent = false }: ReadOptions = {},
  ): AsyncGenerator<ColumnValues> {
    const columns = requireColumns(
      this,
      wanted.map(({ name }) => name),
    ).map((column, i) => ({ ...column, as: wanted[i]?.as ?? "number" }));
    for (const column of columns) if (column.as === "number") requireNumbers(column);
    const order = orderBy === undefined ? undefined : await this.order(orderBy, signal);
    const size = Math.min(mostInGroup, Math.floor(groupBytes / (8 * Math.max(1, this.rows))) || 1);
    const groups = Array.from({ length: Math.ceil(columns.length / size) }, (_, i) =>
      columns.slice(i * size, (i + 1) * size),
    );
    const free: Float64Array[] = [];
    const read = (group: (typeof columns)[number][] | undefined) => {
      if (!group) return Promise.resolve([]);
      const reading = this.readGroup(group, signal, free);
      // Whoever waits for it hears of it.
      reading.catch(() => undefined);
      return reading;
    };
    let done = 0;
    let next = read(groups[0]);
    try {
      for (let i = 0; i < groups.length; i++) {
        const group = await next;
        next = read(groups[i + 1]);
        while (group.length > 0) {
          const column = group.shift() as ColumnValues;
          onProgress?.(`column ${column.name}`, done++ / columns.length);
          throwIfStopped(signal);
          yield column.kind === "number"
            ? { ...column, values: inOrder(column.values, order) }
            : { ...column, codes: inOrder(column.codes, order) };
          if (lent && column.kind === "number") free.push(column.values);
        }
      }
    } finally {
      await next.catch(() => undefined);
    }
  }

  async *counts(
    names: readonly string[],
    { onProgress, signal }: LongWork = {},
  ): AsyncGenerator<CategoryCounts> {
    const columns = requireColumns(this, names);
    for (const [i, column] of columns.entries()) {
      onProgress?.(`column ${column.name}`, i / columns.length);
      yield await this.database.run(signal, (connection) => this.count(connection, column, signal));
    }
  }

  distinctCounts(names: readonly string[], { signal }: LongWork = {}): Promise<DistinctCount[]> {
    const columns = requireColumns(this, names);
    if (columns.length === 0) return Promise.resolve([]);
    return this.database.run(signal, async (connection) => {
      const [row = {}] = await queryRows<Record<string, number>>(
        connection,
        `select ${columns
          .map(
            ({ name }, i) =>
              `approx_count_distinct(${quoted(name)}) as d${i}, count(${quoted(name)}) as n${i}`,
          )
          .join(", ")} from ${scanned}`,
      );
      return columns.map(({ name }, i) => ({
        name,
        distinct: row[`d${i}`] ?? 0,
        present: row[`n${i}`] ?? 0,
      }));
    });
  }

  texts(name: string, rows: number, { signal }: LongWork = {}): Promise<string[]> {
    requireColumns(this, [name]);
    return this.database.run(signal, async (connection) => {
      const texts: string[] = [];
      const result = await connection.stream(`select ${quoted(name)}::varchar from ${scanned}`);
      let row = 0;
      for await (const chunk of result) {
        throwIfStopped(signal);
        const vector = chunk.getColumnVector(0);
        for (let i = 0; i < chunk.rowCount; i++, row++) {
          if (!isThinned(row, this.rows, rows)) continue;
          const text = vector.getItem(i) as string | null;
          if (text !== null) texts.push(text);
        }
      }
      return texts;
    });
  }

  private async order(
    orderBy: string,
    signal: AbortSignal | undefined,
  ): Promise<Uint32Array | undefined> {
    const [column] = requireColumns(this, [orderBy]) as [ScanColumn];
    requireNumbers(column);
    const [values] = await this.readGroup([{ ...column, as: "number" }], signal);
    return values?.kind === "number" ? orderOf(values.values) : undefined;
  }

  /** Reads columns side by side, numbers into arrays that are free where there are such. */
  private readGroup(
    columns: readonly (ScanColumn & { as: WantedColumn["as"] })[],
    signal: AbortSignal | undefined,
    free: Float64Array[] = [],
  ): Promise<ColumnValues[]> {
    return this.database.run(signal, async (connection) => {
      const parts: {
        expression: string;
        array: Float64Array | Int32Array;
        finish: () => ColumnValues;
      }[] = [];
      const dropped: string[] = [];
      for (const column of columns) {
        const { name, as } = column;
        if (as === "category" && isTextInSql(column)) {
          const type = `categories_${++this.enums}`;
          dropped.push(type);
          const categories = await this.createEnum(connection, column, type);
          const codes = new Int32Array(this.rows);
          parts.push({
            expression: `coalesce(enum_code(${quoted(name)}::varchar::${type})::integer, -1)`,
            array: codes,
            finish: () => ({ name, kind: "category", codes, categories }),
          });
          continue;
        }
        const values = free.pop() ?? new Float64Array(this.rows);
        parts.push({
          expression: numberExpression(column),
          array: values,
          finish: () =>
            as === "number"
              ? { name, kind: "number", values }
              : {
                  name,
                  kind: "category",
                  ...encodeCategories(values, Number.isNaN, (value) =>
                    categoryOfNumber(value, column.type),
                  ),
                },
        });
      }
      const list = parts.map(({ expression }) => expression).join(", ");
      const result = await connection.stream(`select ${list} from ${scanned}`);
      let row = 0;
      for (;;) {
        throwIfStopped(signal);
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) break;
        if (row + chunk.rowCount > this.rows) throw changedMeanwhile(this.description);
        parts.forEach(({ array }, c) => {
          const { items } = chunk.getColumnVector(c) as unknown as Items<typeof array>;
          array.set(items.subarray(0, chunk.rowCount), row);
        });
        row += chunk.rowCount;
      }
      if (row !== this.rows) throw changedMeanwhile(this.description);
      for (const type of dropped) await connection.run(`drop type ${type}`);
      return parts.map(({ finish }) => finish());
    });
  }

  /** A type whose numbers are the codes of a column's values. */
  private async createEnum(
    connection: Connection,
    { name }: ScanColumn,
    type: string,
  ): Promise<string[]> {
    const column = quoted(name);
    const distinct = `select distinct ${column}::varchar as value from ${scanned} where ${column} is not null order by 1`;
    try {
      await connection.run(`create type ${type} as enum (${distinct})`);
    } catch (cause) {
      throw new AssayerError("invalid-source", `cannot read ${name}: ${messageOf(cause)}`, {
        cause,
      });
    }
    const [row] = await queryRows<{ range: string[] }>(
      connection,
      `select enum_range(null::${type}) as range`,
    );
    return row?.range ?? [];
  }

  private async count(
    connection: Connection,
    column: ScanColumn,
    signal: AbortSignal | undefined,
  ): Promise<CategoryCounts> {
    const { name, type } = column;
    const inSql = isTextInSql(column);
    const value = inSql ? `${quoted(name)}::varchar` : numberExpression(column);
    const result = await connection.stream(
      `select ${value} as value, count(*) as rows from ${scanned} group by 1`,
    );
    const counts = new Map<string, number>();
    let missing = 0;
    for await (const chunk of result) {
      throwIfStopped(signal);
      const values = chunk.getColumnVector(0);
      const { items } = chunk.getColumnVector(1) as unknown as Items<BigInt64Array>;
      for (let i = 0; i < chunk.rowCount; i++) {
        const key = values.getItem(i) as string | number | null;
        const rows = Number(items[i]);
        if (key === null || Number.isNaN(key)) missing += rows;
        else counts.set(typeof key === "string" ? key : categoryOfNumber(key, type), rows);
      }
    }
    return { name, counts, missing };
  }
}

function changedMeanwhile(description: string): AssayerError {
  return new AssayerError(
    "invalid-source",
    `reading data requires files that stay as they are meanwhile; got others in ${description}`,
  );
}
