/** Whether a row is one of `kept` that are evenly spread over `rows`; all are, where there are no more. */
export function isThinned(row: number, rows: number, kept: number): boolean {
  return rows <= kept || Math.floor((row * kept) / rows) !== Math.floor(((row - 1) * kept) / rows);
}
