import { queryRows, type Connection } from "../../connection";
import { scanned } from "../sql-scan";

/** An expression over the table that gives one value, such as an aggregate over what `row` computes of each row. */
interface Part {
  /** What is computed of each row, by names of its own. */
  row: Readonly<Record<string, string>>;
  aggregates: Readonly<Record<string, string>>;
}

/** More in one statement gain nothing, and DuckDB plans them in a time that grows faster than their number. */
const mostAggregates = 5000;

/**
 * Aggregates over all rows of the table in one pass over its columns, in as many statements as their number asks for.
 * Each expression is computed once for a row, whatever aggregates use it.
 */
export async function aggregateRows(
  connection: Connection,
  parts: readonly Part[],
): Promise<Record<string, unknown>> {
  const answer: Record<string, unknown> = {};
  let start = 0;
  while (start < parts.length) {
    let [end, size] = [start, 0];
    for (; end < parts.length; end++) {
      size += Object.keys(parts[end]?.aggregates ?? {}).length;
      if (size > mostAggregates && end > start) break;
    }
    const group = parts.slice(start, end);
    const list = (key: keyof Part) =>
      group
        .flatMap((part) => Object.entries(part[key]).map(([name, sql]) => `${sql} as ${name}`))
        .join(",\n");
    const rows = list("row");
    const [row] = await queryRows(
      connection,
      `select ${list("aggregates")} from (select ${rows === "" ? "1" : rows} from ${scanned})`,
    );
    Object.assign(answer, row);
    start = end;
  }
  return answer;
}
