import { queryRows, type Connection } from "../connection";
import type { DatasetColumn } from "../tables/dataset-columns";
import type { ColumnProfile } from "../tables/dataset-profile";

/** Data that a run used: what it is, not the data itself. */
export interface Dataset {
  name: string;
  /** SHA-256 of the content: the same data has the same one however it was given. */
  digest: string;
  /** What the run used it for, such as training. */
  context: string;
  /** Where it came from. */
  source: string | null;
  rows: number | null;
  schema: DatasetColumn[] | null;
  profile: ColumnProfile[] | null;
}

interface DatasetRow extends Omit<Dataset, "schema" | "profile"> {
  schema: string | null;
  profile: string | null;
}

/** The datasets of a run in the order in which they were logged. */
export async function listDatasets(connection: Connection, runId: string): Promise<Dataset[]> {
  const rows = await queryRows<DatasetRow>(
    connection,
    `select name, digest, context, source, row_count as "rows", schema::varchar as schema, profile::varchar as profile
      from datasets where run_id = ? order by logged_at, name, context`,
    [runId],
  );
  return rows.map(({ schema, profile, ...rest }) => ({
    ...rest,
    schema: schema === null ? null : (JSON.parse(schema) as DatasetColumn[]),
    profile: profile === null ? null : (JSON.parse(profile) as ColumnProfile[]),
  }));
}
