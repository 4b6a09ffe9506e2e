/** SQL of imports and exports; lists of ids come as JSON. */
const ids = `(select unnest(from_json(?, '["VARCHAR"]')))`;

/** When runs began that are there already. */
export const startTimesQuery = `select run_id as "runId", started_at as "startedAt" from runs where run_id in ${ids}`;
