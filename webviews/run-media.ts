import type { VegaLiteSpec } from "assayer/charts";
import { Chart } from "./chart";
import { el } from "./el";
import { formatBytes } from "./format";
import { order, request } from "./host";
import { arrange } from "./kept";
import { button, link, section } from "./parts";
import type { ArtifactView } from "./protocol";

/** Shown at once; the others at a click. */
const shownAtOnce = 12;
/** Bytes of a picture that is read without being asked for. */
const mostBytes = 10e6;

const vegaLite = /^application\/vnd\.vegalite\.v\d+\+json$/u;
const images = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"];

/** Figures and images that a run logged. A card is made once for the bytes it shows. */
export class RunMedia {
  private readonly cards = new Map<string, HTMLElement>();
  private readonly grid = el("div", { class: "media" });
  private readonly more = el("div");
  private readonly part = section("Figures and images", null, this.grid, this.more);
  private shown = shownAtOnce;
  private artifacts: readonly ArtifactView[] = [];

  /** The section, or null for a run without any. */
  show(artifacts: readonly ArtifactView[]): HTMLElement | null {
    this.artifacts = artifacts.filter(({ mediaType }) => isFigure(mediaType) || isImage(mediaType));
    if (this.artifacts.length === 0) return null;
    this.draw();
    return this.part;
  }

  private draw(): void {
    arrange(
      this.grid,
      this.artifacts.slice(0, this.shown).map((artifact) => this.card(artifact)),
    );
    const left = this.artifacts.length - this.shown;
    arrange(this.more, [
      left > 0 &&
        button(
          `Show ${left} More`,
          "chevron-down",
          () => {
            this.shown = Infinity;
            this.draw();
          },
          true,
        ),
    ]);
  }

  private card(artifact: ArtifactView): HTMLElement {
    const { name, digest, size, mediaType } = artifact;
    const id = `${name} ${digest}`;
    const known = this.cards.get(id);
    if (known) return known;
    const content = el("div", { class: "media-content" });
    const card = el(
      "figure",
      { class: "card", "data-artifact": name },
      el(
        "figcaption",
        {},
        link(name, () => {
          order("open-artifact", { name, digest });
        }),
      ),
      content,
    );
    this.cards.set(id, card);
    if (size > mostBytes)
      content.append(el("p", { class: "quiet" }, `${formatBytes(size)}: open it by its name.`));
    else
      request("read-artifact", { digest })
        .then((bytes) => {
          if (isFigure(mediaType)) content.append(figure(name, bytes));
          else content.append(image(name, mediaType, bytes));
        })
        .catch((error: unknown) => {
          const why = error instanceof Error ? error.message : String(error);
          content.append(el("p", { role: "alert" }, `Cannot be drawn: ${why}`));
        });
    return card;
  }
}

function isFigure(mediaType: string): boolean {
  return vegaLite.test(mediaType);
}

function isImage(mediaType: string): boolean {
  return images.includes(mediaType);
}

/** In an `img`, where a picture's scripts and addresses are without effect. */
function image(name: string, mediaType: string, bytes: Uint8Array): HTMLElement {
  const address = URL.createObjectURL(new Blob([bytes.slice()], { type: mediaType }));
  return el("img", { src: address, alt: name });
}

function figure(name: string, bytes: Uint8Array): HTMLElement {
  const spec: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (typeof spec !== "object" || spec === null) throw new Error("it is no vega-lite spec");
  const chart = new Chart(name);
  // Parts beside each other have widths of their own.
  const fills = !["facet", "concat", "hconcat", "vconcat", "repeat"].some((key) => key in spec);
  chart.show(
    (width) => ({ ...spec, ...(fills ? { width } : {}) }) as unknown as VegaLiteSpec,
    fills ? "fit" : "own",
  );
  return chart.element;
}
