import "./model.css";
import { stageBadge } from "./badges";
import { el, icon, page } from "./el";
import { formatTime, plural } from "./format";
import { keepState, listen } from "./host";
import { arrange, Kept } from "./kept";
import { deployments } from "./model-deployments";
import { timeline } from "./model-timeline";
import { versionDetail } from "./model-version";
import { versionsTable } from "./model-versions";
import { emptyState, section } from "./parts";
import type { ModelView } from "./protocol";

const kept = new Kept();
const left = el("div");
const right = el("div");
const body = el("div", { class: "columns" }, left, right);
let shown: ModelView | undefined;
let selected: number | undefined;

listen((message) => {
  if (message.kind === "cannot-show")
    arrange(page(), [emptyState("error", "This model cannot be shown", message.message)]);
  if (message.kind === "show-model") show(message.view);
  if (message.kind === "select-version") select(message.number);
});

function select(number: number): void {
  selected = number;
  if (shown) show(shown);
}

function show(model: ModelView): void {
  shown = model;
  keepState({ model: model.name });
  const version = model.versions.find(({ number }) => number === selected) ?? model.versions[0];
  arrange(page(), [kept.part("header", model, () => header(model)), body]);
  arrange(left, [
    kept.part("versions", [model.versions, version?.number], () =>
      section(
        "Versions",
        model.versions.length,
        versionsTable(model.versions, version?.number, select),
      ),
    ),
    version !== undefined &&
      kept.part("version", [model.name, version], () => versionDetail(model.name, version)),
    kept.part("deployments", model.deployments, () => deployments(model.deployments)),
  ]);
  arrange(right, [
    kept.part("history", model.history, () =>
      section("Stage history", model.history.length, timeline(model.history)),
    ),
  ]);
}

function header({ name, versions, stages }: ModelView): HTMLElement {
  const [latest] = versions;
  const held = stages
    .slice(1, -1)
    .flatMap((stage) => versions.filter((version) => version.stage === stage));
  return el(
    "header",
    { class: "page-header" },
    el(
      "div",
      { class: "titles" },
      el("div", { class: "crumb" }, icon("package"), "Model"),
      el("h1", {}, name),
      el(
        "div",
        { class: "facts" },
        el("span", {}, icon("versions"), plural(versions.length, "version")),
        latest && el("span", {}, icon("calendar"), `latest ${formatTime(latest.createdAt)}`),
        ...held.map(({ stage, number }) =>
          el("span", { class: "title-line" }, stageBadge(stage), `v${number}`),
        ),
      ),
    ),
  );
}
