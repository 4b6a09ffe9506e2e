import { stageBadge } from "./badges";
import { el } from "./el";
import { formatNumber, formatTime } from "./format";
import { order } from "./host";
import { link, table } from "./parts";
import type { VersionView } from "./protocol";

/** Metrics beside the versions: enough to compare, few enough to fit. */
const mostMetrics = 3;

/** The versions of a model, newest first; a row selects its version. */
export function versionsTable(
  versions: readonly VersionView[],
  selected: number | undefined,
  select: (number: number) => void,
): HTMLElement {
  const metrics = [
    ...new Set(versions.flatMap((version) => version.metrics.map(({ key }) => key))),
  ].slice(0, mostMetrics);
  const rows = versions.map((version) => [
    el("span", { class: "version-number" }, `v${version.number}`),
    stageBadge(version.stage),
    ...metrics.map((key) => {
      const metric = version.metrics.find((candidate) => candidate.key === key);
      return metric ? formatNumber(metric.value) : el("span", { class: "quiet" }, "–");
    }),
    runLink(version),
    el("span", { class: "number quiet" }, formatTime(version.createdAt)),
  ]);
  const element = table(
    "Versions",
    [
      { title: "Version" },
      { title: "Stage" },
      ...metrics.map((title) => ({ title, numeric: true })),
      { title: "Run" },
      { title: "Registered" },
    ],
    rows,
  );
  element.classList.add("versions");
  element.querySelector("table")?.setAttribute("role", "grid");
  element.querySelectorAll<HTMLElement>("tbody tr").forEach((row, i) => {
    const number = versions[i]?.number ?? 0;
    row.id = `version-${number}`;
    row.tabIndex = number === selected ? 0 : -1;
    row.setAttribute("aria-selected", String(number === selected));
    row.addEventListener("click", () => {
      choose(number);
    });
    row.addEventListener("keydown", (event) => {
      const next = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: versions.length - 1 }[
        event.key
      ];
      const target = next === undefined ? undefined : versions[next];
      if (!target) return;
      event.preventDefault();
      choose(target.number);
    });
  });
  return element;

  function choose(number: number): void {
    select(number);
    document.getElementById(`version-${number}`)?.focus();
  }
}

function runLink({ run }: VersionView): Node | string {
  if (!run) return el("span", { class: "quiet" }, "–");
  return link(run.name, () => {
    order("open-run", { runId: run.runId });
  });
}
