import { el, icon } from "./el";
import { formatTime } from "./format";
import { emptyState, section, table } from "./parts";
import type { DeploymentView } from "./protocol";

/** Where versions of the model were pushed, newest first. */
export function deployments(all: readonly DeploymentView[]): HTMLElement {
  if (all.length === 0)
    return section(
      "Deployments",
      0,
      emptyState(
        "cloud-upload",
        "Not deployed yet",
        "Push to Target… sends a version to a server or writes a signed bundle for a device.",
      ),
    );
  return section(
    "Deployments",
    all.length,
    table(
      "Deployments",
      [
        { title: "Version" },
        { title: "Target" },
        { title: "Result" },
        { title: "By" },
        { title: "When" },
      ],
      all.map(({ number, target, status, detail, by, at }) => [
        el("span", { class: "version-number" }, `v${number}`),
        el("div", { class: "target", title: target }, target),
        el(
          "span",
          {
            class: `status status-${status === "succeeded" ? "finished" : "failed"}`,
            title: detail ?? undefined,
          },
          icon(status === "succeeded" ? "pass" : "error"),
          status,
        ),
        by,
        el("span", { class: "quiet number" }, formatTime(at)),
      ]),
    ),
  );
}
