/** What went wrong, as a stable code. Codes are API and never change meaning; messages may. */
export type ErrorCode =
  | "aborted"
  | "closed"
  | "corrupt-artifact"
  | "deployment-failed"
  | "empty-sample"
  | "export-failed"
  | "gate-failed"
  | "invalid-argument"
  | "invalid-bundle"
  | "invalid-filter"
  | "invalid-input"
  | "invalid-model"
  | "invalid-profile"
  | "invalid-source"
  | "invalid-sql"
  | "invalid-store"
  | "newer-store"
  | "param-changed"
  | "path-outside-project"
  | "port-in-use"
  | "read-only-store"
  | "run-deleted"
  | "run-ended"
  | "run-running"
  | "sample-mismatch"
  | "store-busy"
  | "store-fault"
  | "unauthorized"
  | "unknown-artifact"
  | "unknown-experiment"
  | "unknown-model"
  | "unknown-run"
  | "unknown-stage"
  | "unknown-table"
  | "unreachable"
  | "version-conflict";

/**
 * Every error Assayer throws on purpose.
 *
 * The message says what was required and what came; it never holds row data or secrets.
 * Errors of DuckDB keep the SQL text in `sql` and the original in `cause`.
 */
export class AssayerError extends Error {
  readonly code: ErrorCode;
  declare readonly sql?: string;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; sql?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AssayerError";
    this.code = code;
    if (options.sql !== undefined) this.sql = options.sql;
  }
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
