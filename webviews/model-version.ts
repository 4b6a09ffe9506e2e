import type { TensorSpec } from "assayer";
import { stageBadge } from "./badges";
import { el } from "./el";
import { formatBytes, formatNumber, formatTime } from "./format";
import { order } from "./host";
import { button, link, properties } from "./parts";
import type { VersionView } from "./protocol";
import { reportList } from "./report-list";

/** Everything about one version, with what can be done with it. */
export function versionDetail(model: string, version: VersionView): HTMLElement {
  const { number } = version;
  return el(
    "section",
    { class: "card detail", "aria-label": `Version ${number}` },
    el(
      "div",
      { class: "detail-head" },
      el("h2", {}, `Version ${number}`, stageBadge(version.stage)),
      el(
        "div",
        { class: "actions" },
        button("Promote…", "arrow-up", () => {
          order("promote", { model, number });
        }),
        button(
          "Push to Target…",
          "cloud-upload",
          () => {
            order("push", { model, number });
          },
          true,
        ),
        button(
          "Explain…",
          "lightbulb",
          () => {
            order("explain-model", { model, number });
          },
          true,
        ),
      ),
    ),
    version.note !== null && el("p", {}, version.note),
    version.reports.length > 0 &&
      el("div", {}, el("h3", {}, "Reports of its run"), reportList(version.reports)),
    el(
      "div",
      { class: "tensors" },
      tensors("Input", version.input),
      tensors("Output", version.output),
    ),
    el(
      "div",
      { class: "tensors" },
      version.metrics.length > 0 &&
        el(
          "div",
          {},
          el("h3", {}, "Metrics of its run"),
          properties(
            version.metrics.map(({ key, value }) => ({ key, value: formatNumber(value) })),
          ),
        ),
      el(
        "div",
        {},
        el("h3", {}, "File"),
        properties([
          { key: "format", value: `ONNX, ${formatBytes(version.size)}` },
          { key: "sha-256", value: digest(version.digest) },
          { key: "registered", value: `${formatTime(version.createdAt)} by ${version.createdBy}` },
          {
            key: "golden sample",
            value: version.hasSample ? "kept, repeated by every target" : "none",
          },
        ]),
      ),
    ),
  );
}

function digest(text: string): HTMLElement {
  const copy = link(
    text,
    () => {
      order("copy", { text });
    },
    "Copy the digest",
  );
  copy.classList.add("mono");
  return copy;
}

function tensors(title: string, specs: readonly TensorSpec[]): HTMLElement {
  return el(
    "div",
    {},
    el("h3", {}, title),
    ...specs.map(({ name, datatype, shape, columns }) =>
      el(
        "div",
        { class: "tensor" },
        el("span", { class: "mono" }, name),
        " ",
        el(
          "span",
          { class: "quiet mono" },
          `${datatype} [${shape.map((size) => (size === -1 ? "n" : String(size))).join(", ")}]`,
        ),
        columns &&
          el(
            "div",
            { class: "chips" },
            ...columns.map((column) => el("span", { class: "chip" }, column)),
          ),
      ),
    ),
  );
}
