import { join } from "node:path";
import { inMemory } from "../../kernel-lib/store/tables/memory-database";

export const flightsPath = join(__dirname, "../../kernel-lib/demo/flights.parquet");

/** Numbers of a query over `flights`, column by column. */
export function flightNumbers(query: string): Promise<Float64Array[]> {
  return inMemory(async (connection) => {
    await connection.run(`create view flights as from '${flightsPath}'`);
    const read = await connection.runAndReadAll(query);
    return read.getColumns().map((column) => Float64Array.from(column, Number));
  });
}
