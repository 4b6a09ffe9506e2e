import "./run.css";
import { stageBadge, statusBadge } from "./badges";
import { el, icon, page } from "./el";
import { formatBytes, formatDuration, formatNumber, formatTime } from "./format";
import { keepState, listen, order } from "./host";
import { arrange, Kept } from "./kept";
import { emptyState, link, properties, section, table } from "./parts";
import type { RunView } from "./protocol";
import { RunCurves } from "./run-curves";
import { RunTables } from "./run-tables";

const kept = new Kept();
const curves = new RunCurves();
const tables = new RunTables();
const left = el("div");
const right = el("div");
const body = el("div", { class: "columns" }, left, right);
let ticking: ReturnType<typeof setInterval> | undefined;

listen((message) => {
  if (message.kind === "cannot-show")
    arrange(page(), [emptyState("error", "This run cannot be shown", message.message)]);
  if (message.kind !== "show-run") return;
  keepState({ runId: message.view.runId });
  show(message.view);
});

function show(run: RunView): void {
  const { runId, name, experiment, status, startedAt, endedAt, parent } = run;
  arrange(page(), [
    kept.part("header", [runId, name, experiment, status, startedAt, endedAt, parent], () =>
      header(run),
    ),
    run.error !== null && kept.part("fault", run.error, () => fault(run.error ?? "")),
    body,
  ]);
  arrange(left, [
    curves.show(run.curves),
    kept.part("metrics", [run.metrics, status], () => metrics(run)),
    run.tables.length > 0 &&
      kept.part("tables", run.tables, () =>
        section("Tables", run.tables.length, tables.show(run.tables)),
      ),
    run.artifacts.length > 0 && kept.part("artifacts", run.artifacts, () => artifacts(run)),
  ]);
  arrange(right, [
    kept.part("params", run.params, () => params(run)),
    run.versions.length > 0 && kept.part("versions", run.versions, () => versions(run)),
    run.note !== null && kept.part("note", run.note, () => note(run.note ?? "")),
    run.tags.length > 0 &&
      kept.part("tags", run.tags, () => section("Tags", run.tags.length, properties(run.tags))),
    kept.part("source", run.source, () => section("Source", null, properties(run.source))),
  ]);
}

function header(run: RunView): HTMLElement {
  const duration = el("span", { class: "number" });
  const tick = () => {
    duration.textContent = formatDuration((run.endedAt ?? Date.now()) - run.startedAt);
  };
  tick();
  clearInterval(ticking);
  if (run.status === "running") ticking = setInterval(tick, 1000);
  const { parent } = run;
  return el(
    "header",
    { class: "page-header" },
    el(
      "div",
      { class: "titles" },
      el(
        "div",
        { class: "crumb" },
        icon("beaker"),
        run.experiment,
        parent && icon("chevron-right"),
        parent &&
          link(parent.name, () => {
            order("open-run", { runId: parent.runId });
          }),
      ),
      el("div", { class: "title-line" }, el("h1", {}, run.name), statusBadge(run.status)),
      el(
        "div",
        { class: "facts" },
        el("span", {}, icon("calendar"), formatTime(run.startedAt)),
        el("span", {}, icon("watch"), duration),
        el("span", { class: "mono" }, icon("key"), run.runId),
      ),
    ),
  );
}

function fault(error: string): HTMLElement {
  return el("div", { class: "message", role: "alert" }, icon("error"), el("span", {}, error));
}

function note(text: string): HTMLElement {
  return section("Note", null, el("p", { class: "note" }, text));
}

function params({ params }: RunView): HTMLElement {
  return section(
    "Params",
    params.length,
    params.length > 0
      ? properties(params)
      : el("p", { class: "quiet" }, "None logged: run.logParams({ depth: 6 })"),
  );
}

function metrics({ metrics, status }: RunView): HTMLElement {
  if (metrics.length === 0)
    return section(
      "Metrics",
      0,
      emptyState(
        "graph-line",
        status === "running" ? "Waiting for the first metric" : "No metrics were logged",
        'run.logMetric("auc", 0.83, { step: 1 }) appears here within a second.',
      ),
    );
  return section(
    "Metrics",
    metrics.length,
    table(
      "Metrics",
      [
        { title: "Metric" },
        { title: "Last", numeric: true },
        { title: "Step", numeric: true },
        { title: "Min", numeric: true },
        { title: "Max", numeric: true },
        { title: "Points", numeric: true },
      ],
      metrics.map(({ key, last, lastStep, min, max, count }) => [
        key,
        el("strong", {}, formatNumber(last)),
        formatNumber(lastStep),
        count > 1 ? formatNumber(min) : "–",
        count > 1 ? formatNumber(max) : "–",
        count.toLocaleString(),
      ]),
    ),
  );
}

function artifacts({ artifacts }: RunView): HTMLElement {
  return section(
    "Artifacts",
    artifacts.length,
    table(
      "Artifacts",
      [
        { title: "Name" },
        { title: "Type" },
        { title: "Size", numeric: true },
        { title: "SHA-256" },
      ],
      artifacts.map(({ name, digest, size, mediaType }) => [
        link(name, () => {
          order("open-artifact", { name, digest });
        }),
        el("span", { class: "quiet" }, mediaType),
        formatBytes(size),
        el("span", { class: "mono quiet", title: digest }, digest.slice(0, 12)),
      ]),
    ),
  );
}

function versions({ versions }: RunView): HTMLElement {
  return section(
    "Model versions",
    versions.length,
    properties(
      versions.map(({ model, number, stage }) => ({
        key: `v${number}`,
        value: el(
          "span",
          { class: "title-line" },
          link(model, () => {
            order("open-model", { model, number });
          }),
          stageBadge(stage),
        ),
      })),
    ),
  );
}
