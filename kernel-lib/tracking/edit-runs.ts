import { AssayerError } from "../errors";
import { requireName, requireText } from "../store/check";
import type { Store } from "../store/store";
import { currentUser } from "../store/user";

/** What people change about a run after it was logged; what is left out stays. */
export interface RunChange {
  name?: string;
  starred?: boolean;
  /** Lists leave hidden runs out. */
  hidden?: boolean;
  note?: string;
  /** Null takes a tag away. */
  tags?: Readonly<Record<string, string | null>>;
}

function requireFlag(value: unknown, what: string): void {
  if (value === undefined || typeof value === "boolean") return;
  throw new AssayerError("invalid-argument", `${what} requires a boolean; got ${typeof value}`);
}

/** Checks all of a change, then writes it durably. */
export function updateRun(store: Store, runId: string, change: RunChange): void {
  const { name, starred, hidden, note, tags = {} } = change;
  if (name !== undefined) requireName(name, "updateRun: name");
  requireFlag(starred, "updateRun: starred");
  requireFlag(hidden, "updateRun: hidden");
  if (note !== undefined) requireText(note, "updateRun: note");
  for (const [key, value] of Object.entries(tags)) {
    requireName(key, "updateRun: tags");
    if (value !== null) requireText(value, `updateRun: tags.${key}`);
  }
  for (const [key, value] of Object.entries(tags))
    store.log.appendDurably({ kind: "tag", runId, key, value });
  if (note !== undefined) store.log.appendDurably({ kind: "note", runId, text: note });
  const edit = Object.entries({ name, starred, hidden }).filter(([, value]) => value !== undefined);
  if (edit.length > 0) editRuns(store, [runId], Object.fromEntries(edit));
}

/** Writes one edit of several runs durably. */
export function editRuns(
  store: Store,
  runIds: readonly string[],
  edit: { name?: string; starred?: boolean; hidden?: boolean; deleted?: boolean },
): void {
  const by = currentUser();
  const at = Date.now();
  for (const runId of runIds) store.log.appendDurably({ kind: "run-edit", runId, ...edit, by, at });
}
