import { stageBadge } from "./badges";
import { el, icon } from "./el";
import { formatTime } from "./format";
import { emptyState } from "./parts";
import type { TransitionView } from "./protocol";

/** Who moved which version where, when and why; newest first. */
export function timeline(history: readonly TransitionView[]): HTMLElement {
  if (history.length === 0)
    return emptyState(
      "history",
      "No version was promoted yet",
      "Promote… moves a version to a stage and keeps the reason here.",
    );
  return el(
    "ol",
    { class: "timeline" },
    ...history.map(({ number, from, to, reason, by, at }) =>
      el(
        "li",
        { class: `to-${to}` },
        el(
          "div",
          { class: "step" },
          el("strong", {}, `v${number}`),
          el("span", { class: "quiet" }, from),
          icon("arrow-right", "quiet"),
          stageBadge(to),
        ),
        el("div", { class: "reason" }, reason),
        el("div", { class: "when" }, `${formatTime(at)} by ${by}`),
      ),
    ),
  );
}
