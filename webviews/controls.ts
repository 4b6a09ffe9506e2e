import { el } from "./el";

let lastId = 0;

/** A select with its label before it; `options` are values with the texts to show. */
export class Select {
  readonly element: HTMLElement;
  private readonly select: HTMLSelectElement;
  private shown = "";

  constructor(label: string, change: (value: string) => void) {
    const id = `select-${++lastId}`;
    this.select = el("select", {
      id,
      on: {
        change: () => {
          change(this.select.value);
        },
      },
    });
    this.element = el("span", { class: "control" }, el("label", { for: id }, label), this.select);
  }

  get value(): string {
    return this.select.value;
  }

  /** Shows the options, with the one that has `value` chosen, or else the first. */
  show(options: readonly (readonly [value: string, text: string])[], value: string): void {
    const shown = JSON.stringify(options);
    if (shown !== this.shown) {
      this.shown = shown;
      this.select.replaceChildren(...options.map(([value, text]) => el("option", { value }, text)));
    }
    const isKnown = options.some(([known]) => known === value);
    this.select.value = isKnown ? value : (options[0]?.[0] ?? "");
  }
}

export function checkbox(
  label: string,
  checked: boolean,
  change: (checked: boolean) => void,
): HTMLElement {
  const box = el("input", {
    type: "checkbox",
    checked,
    on: {
      change: () => {
        change(box.checked);
      },
    },
  });
  return el("label", { class: "control" }, box, label);
}

/** A slider that tells its value beside it. */
export function slider(
  label: string,
  range: { min: number; max: number; step: number; value: number },
  change: (value: number) => void,
): HTMLElement {
  const id = `slider-${++lastId}`;
  const told = el("output", { class: "number", for: id }, range.value.toFixed(2));
  const input = el("input", {
    type: "range",
    id,
    min: range.min,
    max: range.max,
    step: range.step,
    value: range.value,
    on: {
      input: () => {
        told.textContent = Number(input.value).toFixed(2);
        change(Number(input.value));
      },
    },
  });
  return el("span", { class: "control" }, el("label", { for: id }, label), input, told);
}
