import { el } from "./el";
import { plural } from "./format";
import { request } from "./host";
import { table } from "./parts";
import type { Requests } from "./protocol";

type Ask = Requests["report-rows"]["ask"];

/** Rows behind a bin, a category or an expectation, read when they are asked for. */
export class BehindRows {
  readonly element = el("div", { class: "behind-rows" });
  private asked = 0;

  clear(): void {
    this.asked++;
    this.element.replaceChildren();
  }

  /** @param what the rows have in common, to follow "rows" */
  async show(what: string, ask: Ask): Promise<void> {
    const id = ++this.asked;
    this.element.setAttribute("aria-busy", "true");
    const content = await read(what, ask);
    // Another question may have come meanwhile.
    if (id !== this.asked) return;
    this.element.removeAttribute("aria-busy");
    this.element.replaceChildren(...content);
  }
}

async function read(what: string, ask: Ask): Promise<HTMLElement[]> {
  try {
    const { columns, rows } = await request("report-rows", ask);
    if (rows.length === 0) return [el("p", { role: "status" }, `There are no rows ${what}.`)];
    const head =
      rows.length >= 100
        ? `The first ${rows.length} rows ${what}`
        : `${plural(rows.length, "row")} ${what}`;
    return [
      el("p", { class: "quiet", role: "status" }, `${head}:`),
      el(
        "div",
        { class: "preview", tabindex: 0 },
        table(
          head,
          columns.map((title, i) => ({
            title,
            numeric: rows.every((row) => row[i] === "" || Number.isFinite(Number(row[i]))),
          })),
          rows,
        ),
      ),
    ];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [el("p", { class: "problem", role: "alert" }, `Cannot show the rows: ${why}`)];
  }
}
