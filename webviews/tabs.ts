import { el } from "./el";

/** One of several parts of a page, of which one is shown. */
export interface Tab {
  id: string;
  title: string;
  content: HTMLElement;
}

/** Tabs: arrows, Home and End move between them. */
export class Tabs {
  readonly element: HTMLElement;
  private readonly buttons: HTMLElement[];

  /** @param change called with the tab that is shown then */
  constructor(
    label: string,
    private readonly tabs: readonly Tab[],
    shown: string,
    private readonly change: (id: string) => void,
  ) {
    this.buttons = tabs.map(({ id, title }) =>
      el(
        "button",
        {
          type: "button",
          role: "tab",
          id: `tab-${id}`,
          "aria-controls": `tabpanel-${id}`,
          on: {
            click: () => {
              this.show(id);
            },
          },
        },
        title,
      ),
    );
    for (const { id, content } of tabs) {
      content.id = `tabpanel-${id}`;
      content.setAttribute("role", "tabpanel");
      content.setAttribute("aria-labelledby", `tab-${id}`);
    }
    this.element = el(
      "div",
      {
        class: "tabs",
        role: "tablist",
        "aria-label": label,
        on: {
          keydown: (event) => {
            this.onKey(event);
          },
        },
      },
      ...this.buttons,
    );
    this.select(tabs.some(({ id }) => id === shown) ? shown : (tabs[0]?.id ?? ""));
  }

  private show(id: string): void {
    this.select(id);
    this.change(id);
  }

  private select(shown: string): void {
    this.tabs.forEach(({ id, content }, i) => {
      content.hidden = id !== shown;
      const button = this.buttons[i];
      button?.setAttribute("aria-selected", String(id === shown));
      button?.setAttribute("tabindex", id === shown ? "0" : "-1");
    });
  }

  private onKey(event: KeyboardEvent): void {
    const last = this.tabs.length - 1;
    const at = this.buttons.findIndex((button) => button === document.activeElement);
    const steps: Record<string, number> = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at <= 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    const next = steps[event.key];
    const tab = next === undefined ? undefined : this.tabs[next];
    if (next === undefined || !tab) return;
    event.preventDefault();
    this.show(tab.id);
    this.buttons[next]?.focus();
  }
}
