import { AssayerError } from "../errors";
import { chunksOf, type Chunk, type Chunking } from "../drift/timeline/chunks";
import type { LongWork } from "../store/long-work";
import type { ColumnValues, TableScan, WantedColumn } from "../store/scan/table-scan";

/** Columns of a table, read in the order of its chunks. */
export interface ChunkedColumns {
  chunks: Chunk[];
  /** In the order they were asked for; one that is not taken is not kept. */
  columns: AsyncIterable<ColumnValues>;
  /** Rows without a time, which are in no chunk. */
  untimed: number;
}

/** Reads columns row by row, ordered by time where chunks are periods, and cuts the rows into chunks. */
export async function readChunked(
  scan: TableScan,
  wanted: readonly WantedColumn[],
  chunking: Chunking,
  work: LongWork,
): Promise<ChunkedColumns> {
  if (chunking.by !== "period")
    return {
      chunks: chunksOf(scan.rows, chunking),
      columns: scan.values(wanted, work),
      untimed: 0,
    };
  const { column } = chunking;
  const found = scan.columns.find(({ name }) => name === column);
  if (found?.type !== "time")
    throw new AssayerError(
      "invalid-argument",
      `chunking by period requires a column of times; got ${column}, ${found === undefined ? "which is not there" : `of type ${found.type}`}`,
    );
  const ordered = scan
    .values([{ name: column, as: "number" }, ...wanted], {
      ...work,
      orderBy: column,
    })
    [Symbol.asyncIterator]();
  const first = await ordered.next();
  if (first.done === true || first.value.kind !== "number")
    throw new AssayerError("store-fault", `reading ${column} requires its times; got none`);
  const times = first.value.values;
  let untimed = 0;
  for (let row = times.length - 1; row >= 0 && Number.isNaN(times[row]); row--) untimed++;
  return {
    chunks: chunksOf(scan.rows, chunking, times),
    columns: { [Symbol.asyncIterator]: () => ordered },
    untimed,
  };
}
