import { AssayerError } from "../../../errors";
import { requireCount } from "../../check";
import { queryRows } from "../../connection";
import type { DataSource } from "../data-source";
import { withRelation } from "../open-scan";
import { scanned } from "../sql-scan";
import { bracketed, conditionProblem, lockDown } from "./user-condition";

/**
 * Rows of a table for which a condition is true, in their order. The condition may come from anywhere: it reads nothing
 * but the table.
 *
 * @throws AssayerError "invalid-sql" for a text that is not a condition on rows of this table
 */
export function readFailingRows(
  source: DataSource,
  condition: string,
  { limit = 100, signal }: { limit?: number; signal?: AbortSignal } = {},
): Promise<Record<string, unknown>[]> {
  requireCount(limit, "failingRows as limit");
  return withRelation(source, (database, relation) =>
    database.run(signal, async (connection) => {
      await lockDown(connection, relation);
      const problem = await conditionProblem(connection, condition);
      if (problem !== undefined)
        throw new AssayerError("invalid-sql", `cannot find the failing rows: ${problem}`);
      return queryRows(
        connection,
        `select * exclude (assayer_failing) from (select *, ${bracketed(condition)}::boolean as assayer_failing from ${scanned})
         where assayer_failing limit ${limit}`,
      );
    }),
  );
}
