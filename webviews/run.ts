import "./run.css";
import { stageBadge, statusBadge } from "./badges";
import { el, icon, page } from "./el";
import { formatBytes, formatDuration, formatNumber, formatTime, plural } from "./format";
import { keepState, listen, order } from "./host";
import { arrange, Kept } from "./kept";
import { button, emptyState, iconButton, link, properties, section, table } from "./parts";
import type { RunCommand, RunView } from "./protocol";
import { RunCurves } from "./run-curves";
import { RunMedia } from "./run-media";
import { reportList } from "./report-list";
import { RunTables } from "./run-tables";

/** Rows of the table of metrics: a run can have thousands. */
const mostMetrics = 300;
const kept = new Kept();
const curves = new RunCurves();
const tables = new RunTables();
const media = new RunMedia();
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
    kept.part(
      "header",
      [runId, name, experiment, status, startedAt, endedAt, parent, run.starred, run.hidden],
      () => header(run),
    ),
    run.deletedAt !== null && kept.part("deleted", runId, () => deleted(run)),
    run.error !== null && kept.part("fault", run.error, () => fault(run.error ?? "")),
    body,
  ]);
  arrange(left, [
    curves.show(run.curves, run.moreCurves),
    kept.part("metrics", [run.metrics, status], () => metrics(run)),
    run.reports.length > 0 && kept.part("reports", run.reports, () => reports(run)),
    media.show(run.artifacts),
    run.tables.length > 0 &&
      kept.part("tables", run.tables, () =>
        section("Tables", run.tables.length, tables.show(run.tables)),
      ),
    run.artifacts.length > 0 && kept.part("artifacts", run.artifacts, () => artifacts(run)),
  ]);
  arrange(right, [
    kept.part("params", run.params, () => params(run)),
    run.versions.length > 0 && kept.part("versions", run.versions, () => versions(run)),
    kept.part("note", [runId, run.note], () => note(run)),
    kept.part("tags", [runId, run.tags], () => tags(run)),
    run.datasets.length > 0 && kept.part("datasets", run.datasets, () => datasets(run)),
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
      el(
        "div",
        { class: "title-line" },
        iconButton(
          run.starred ? "star-full" : "star-empty",
          run.starred ? "Remove star" : "Star",
          ask(run, run.starred ? "unstarRuns" : "starRuns"),
          run.starred,
        ),
        el("h1", {}, run.name),
        iconButton("edit", "Rename", ask(run, "renameRun")),
        statusBadge(run.status),
        run.hidden && el("span", { class: "stage" }, "hidden"),
      ),
      el(
        "div",
        { class: "facts" },
        el("span", {}, icon("calendar"), formatTime(run.startedAt)),
        el("span", {}, icon("watch"), duration),
        el("span", { class: "mono" }, icon("key"), run.runId),
      ),
    ),
    el(
      "div",
      { class: "actions" },
      button("Compare…", "compare-changes", ask(run, "compareRuns"), true),
      button("Copy as Code", "code", ask(run, "copyAsCode"), true),
      iconButton(
        run.hidden ? "eye" : "eye-closed",
        run.hidden ? "Unhide" : "Hide",
        ask(run, run.hidden ? "unhideRuns" : "hideRuns"),
      ),
      iconButton("trash", "Delete", ask(run, "deleteRuns")),
    ),
  );
}

function ask({ runId }: RunView, command: RunCommand): () => void {
  return () => {
    order("run-command", { command, runIds: [runId] });
  };
}

function deleted(run: RunView): HTMLElement {
  return el(
    "div",
    { class: "message deleted", role: "status" },
    icon("trash"),
    el("span", {}, "This run is deleted: no list shows it."),
    link("Restore", ask(run, "restoreRuns")),
  );
}

function fault(error: string): HTMLElement {
  return el("div", { class: "message", role: "alert" }, icon("error"), el("span", {}, error));
}

function note(run: RunView): HTMLElement {
  const text = run.note ?? "";
  return editableSection(
    run,
    "Note",
    "editRunNote",
    text === "" ? el("p", { class: "quiet" }, "None yet.") : el("p", { class: "note" }, text),
  );
}

function tags(run: RunView): HTMLElement {
  return editableSection(
    run,
    "Tags",
    "editRunTags",
    run.tags.length === 0 ? el("p", { class: "quiet" }, "None yet.") : properties(run.tags),
  );
}

/** A part that people change: its title has a button for it. */
function editableSection(
  run: RunView,
  title: string,
  command: RunCommand,
  content: HTMLElement,
): HTMLElement {
  const part = section(title, null, content);
  part.querySelector("h2")?.append(iconButton("edit", `Edit ${title}`, ask(run, command)));
  return part;
}

function datasets({ datasets }: RunView): HTMLElement {
  return section(
    "Datasets",
    datasets.length,
    properties(
      datasets.map(({ name, context, rows, digest, source }) => ({
        key: context,
        value: el(
          "span",
          { class: "dataset", title: source ?? undefined },
          el("span", {}, name),
          el(
            "span",
            { class: "quiet" },
            [
              ...(rows === null ? [] : [plural(rows, "row")]),
              ...(source === null ? [] : [source]),
            ].join(" · "),
          ),
          el("span", { class: "mono quiet", title: digest }, digest.slice(0, 12)),
        ),
      })),
    ),
  );
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
      metrics
        .slice(0, mostMetrics)
        .map(({ key, last, lastStep, min, max, count }) => [
          key,
          el("strong", {}, formatNumber(last)),
          formatNumber(lastStep),
          count > 1 ? formatNumber(min) : "–",
          count > 1 ? formatNumber(max) : "–",
          count.toLocaleString(),
        ]),
    ),
    el(
      "p",
      { class: "quiet", hidden: metrics.length <= mostMetrics },
      `${(metrics.length - mostMetrics).toLocaleString()} more: the runs table can show any as a column.`,
    ),
  );
}

function reports({ reports }: RunView): HTMLElement {
  return section("Reports", reports.length, reportList(reports));
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
