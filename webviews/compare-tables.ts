import { statusBadge } from "./badges";
import { checkbox } from "./controls";
import { el, icon } from "./el";
import { formatNumber } from "./format";
import { order } from "./host";
import { emptyState, link, section } from "./parts";
import type {
  ComparedFile,
  ComparedMetric,
  ComparedRun,
  ComparedText,
  CompareView,
} from "./protocol";

/** Rows of one table at a time: a run can have thousands of metrics. */
const mostRows = 300;

/** Choices about the tables that outlive an update. */
export interface TableChoices {
  onlyDifferences: boolean;
  search: string;
}

/** Params, metrics and tags of the runs side by side, a column for each run. */
export function comparedValues(
  { runs, params, metrics, tags }: CompareView,
  choices: TableChoices,
): HTMLElement[] {
  const shown = <T extends { key: string; differs: boolean }>(rows: readonly T[]) =>
    rows.filter(
      ({ key, differs }) =>
        (differs || !choices.onlyDifferences) &&
        key.toLowerCase().includes(choices.search.trim().toLowerCase()),
    );
  return [
    textSection("Params", runs, params, shown(params), "run.logParams({ depth: 6 }) logs them."),
    metricSection(runs, metrics, shown(metrics)),
    ...(tags.length > 0 ? [textSection("Tags", runs, tags, shown(tags), "")] : []),
  ];
}

/** Search box and toggle above the tables. */
export function tableControls(choices: TableChoices, change: () => void): HTMLElement {
  const search = el("vscode-textfield", {
    placeholder: "Search params, metrics and tags",
    label: "Search params, metrics and tags",
    on: {
      input: () => {
        choices.search = search.value;
        change();
      },
    },
  });
  search.value = choices.search;
  return el(
    "div",
    { class: "controls" },
    search,
    checkbox("Only differences", choices.onlyDifferences, (checked) => {
      choices.onlyDifferences = checked;
      change();
    }),
  );
}

function textSection(
  title: string,
  runs: readonly ComparedRun[],
  all: readonly ComparedText[],
  rows: readonly ComparedText[],
  hint: string,
): HTMLElement {
  if (rows.length === 0) return nothing(title, all, hint);
  return section(
    title,
    rows.length,
    comparedTable(
      title,
      runs,
      rows.map(({ key, values, differs }) => ({
        key,
        differs,
        cells: values.map((value) =>
          value === null ? el("span", { class: "quiet" }, "–") : value,
        ),
      })),
    ),
  );
}

function metricSection(
  runs: readonly ComparedRun[],
  all: readonly ComparedMetric[],
  rows: readonly ComparedMetric[],
): HTMLElement {
  if (rows.length === 0) return nothing("Metrics", all, 'run.logMetric("auc", 0.83) logs one.');
  return section(
    "Metrics",
    rows.length,
    comparedTable(
      "Metrics",
      runs,
      rows.map((metric) => ({
        key: metric.key,
        differs: metric.differs,
        after: directionButton(metric),
        cells: metric.values.map((value, i) => {
          if (value === null) return el("span", { class: "quiet" }, "–");
          if (!metric.best.includes(i)) return formatNumber(value);
          return el(
            "span",
            { class: "best" },
            icon("pass-filled"),
            el("span", { class: "best-word" }, "best"),
            formatNumber(value),
          );
        }),
      })),
      true,
    ),
  );
}

/** Says which end of a metric is better, and turns it round. */
function directionButton({ key, direction, assumed }: ComparedMetric): HTMLElement {
  const told = `${direction} is better${assumed ? ", judged by its name" : ""}`;
  return el(
    "button",
    {
      class: "link direction",
      type: "button",
      title: `${told}. Click to turn it round`,
      "aria-label": `${key}: ${told}`,
      on: {
        click: () => {
          order("metric-direction", {
            key,
            direction: direction === "higher" ? "lower" : "higher",
          });
        },
      },
    },
    icon(direction === "higher" ? "arrow-up" : "arrow-down"),
    `${direction}${assumed ? "?" : ""}`,
  );
}

function nothing(title: string, all: readonly { key: string }[], hint: string): HTMLElement {
  const [what, then] =
    all.length === 0
      ? [`None of these runs has ${title.toLowerCase()}`, hint]
      : [
          `No ${title.toLowerCase()} to show`,
          "All of them are the same, or the search finds none: switch Only differences off, or clear the search.",
        ];
  return section(title, 0, emptyState("list-flat", what, then));
}

/** A table with a column for each run; rows that differ are marked by a bar and a word for screen readers. */
export function comparedTable(
  label: string,
  runs: readonly ComparedRun[],
  rows: readonly {
    key: string;
    differs: boolean;
    after?: HTMLElement;
    cells: readonly (Node | string)[];
  }[],
  numeric = false,
): HTMLElement {
  const shown = rows.slice(0, mostRows);
  const cellClass = numeric ? "number" : "";
  return el(
    "div",
    { class: "table-scroll" },
    el(
      "table",
      { class: "compared", "aria-label": label },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          el("th", { scope: "col" }, "Name"),
          ...runs.map((run) => el("th", { scope: "col", class: cellClass }, runLink(run))),
        ),
      ),
      el(
        "tbody",
        {},
        ...shown.map(({ key, differs, after, cells }) =>
          el(
            "tr",
            { class: differs ? "differs" : "" },
            el(
              "th",
              { scope: "row", title: key },
              el("span", { class: "compared-key" }, key),
              differs && el("span", { class: "visually-hidden" }, "differs"),
              after,
            ),
            ...cells.map((cell) =>
              el("td", { class: cellClass, title: cell instanceof Node ? undefined : cell }, cell),
            ),
          ),
        ),
      ),
    ),
    rows.length > shown.length &&
      el(
        "p",
        { class: "quiet more" },
        `${(rows.length - shown.length).toLocaleString()} more: search for their names.`,
      ),
  );
}

/** A run's name, which opens it. */
export function runLink({ runId, name, starred }: ComparedRun): HTMLElement {
  const opener = link(name, () => {
    order("open-run", { runId });
  });
  if (starred) opener.prepend(icon("star-full", "starred"));
  return opener;
}

/** The runs that are compared, with what is not usual about each. */
export function runsHeader({ runs }: CompareView): HTMLElement {
  const several = new Set(runs.map(({ experiment }) => experiment)).size > 1;
  return el(
    "ul",
    { class: "compared-runs", "aria-label": "Compared runs" },
    ...runs.map((run) =>
      el(
        "li",
        {},
        runLink(run),
        run.status !== "finished" && statusBadge(run.status),
        several && el("span", { class: "quiet" }, run.experiment),
      ),
    ),
  );
}

/** Where the code came from, what it ran on, and the text files that were kept of it. */
export function comparedCode({
  runs,
  source,
  datasets,
  environment,
  files,
}: CompareView): HTMLElement[] {
  const rowsOf = (rows: readonly ComparedText[]) =>
    rows.map(({ key, values, differs }) => ({
      key,
      differs,
      cells: values.map((value) =>
        value === null
          ? el("span", { class: "quiet" }, "–")
          : key === "git commit"
            ? el("span", { class: "mono", title: value }, value.slice(0, 10))
            : value,
      ),
    }));
  return [
    section("Source", null, comparedTable("Source", runs, rowsOf(source))),
    ...(datasets.length > 0
      ? [section("Datasets", datasets.length, comparedTable("Datasets", runs, rowsOf(datasets)))]
      : []),
    section(
      "Files",
      files.length,
      files.length === 0
        ? emptyState(
            "files",
            "No text files to compare",
            "Artifacts of the runs that are text appear here, with the code they ran where it was kept.",
          )
        : comparedTable(
            "Files",
            runs,
            files.map((file) => ({
              key: file.name,
              differs: file.differs,
              cells: file.digests.map((_, i) => fileCell(file, i, runs)),
            })),
          ),
    ),
    environment.length > 0
      ? section(
          "Environment",
          environment.filter(({ differs }) => differs).length,
          comparedTable("Environment", runs, rowsOf(environment.filter(({ differs }) => differs))),
        )
      : section(
          "Environment",
          null,
          emptyState(
            "vm",
            "No environment was kept",
            "These runs logged none: code/environment.json.",
          ),
        ),
  ];
}

/** The file of one run, with a diff against the first run's. */
function fileCell(
  { name, digests }: ComparedFile,
  position: number,
  runs: readonly ComparedRun[],
): HTMLElement {
  const digest = digests[position] ?? null;
  const first = runs[0]?.name ?? "";
  const opener =
    digest === null
      ? el("span", { class: "quiet" }, "none")
      : link(digest.slice(0, 8), () => {
          order("open-artifact", { name, digest });
        });
  opener.classList.add("mono");
  const base = digests[0] ?? null;
  if (position === 0 || digest === base) return opener;
  const diff = link(
    "Open Diff",
    () => {
      const between = `${first} ↔ ${runs[position]?.name ?? ""}`;
      order("open-diff", { name, left: base ?? "", right: digest ?? "", between });
    },
    `Against ${first}`,
  );
  return el("span", { class: "title-line" }, opener, diff);
}
