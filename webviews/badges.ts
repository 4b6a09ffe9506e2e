import type { RunStatus } from "assayer";
import { el, icon } from "./el";

const statusIcons: Record<RunStatus, string> = {
  running: "sync",
  finished: "pass",
  failed: "error",
  killed: "circle-slash",
};

/** A run's status: an icon and the word, so that it does not depend on colour. */
export function statusBadge(status: RunStatus): HTMLElement {
  const spin = status === "running" ? "codicon-modifier-spin" : "";
  return el("span", { class: `status status-${status}` }, icon(statusIcons[status], spin), status);
}

/** A stage; the look of the usual ones is known, any other gets a plain one. */
export function stageBadge(stage: string): HTMLElement {
  return el("span", { class: `stage stage-${stage}` }, stage);
}
