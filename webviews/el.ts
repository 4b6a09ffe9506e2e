type Child = Node | string | null | undefined | false;
type Listeners = { [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };

export interface Properties {
  class?: string;
  on?: Listeners;
  [attribute: string]: string | number | boolean | undefined | Listeners;
}

/**
 * A DOM element. Text goes in as text, never as markup.
 *
 * @param properties attributes (`true` sets an empty one, `false` and undefined set none), and `on` for listeners
 */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "object") {
      for (const [event, listener] of Object.entries(value))
        element.addEventListener(event, listener as EventListener);
    } else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children)
    if (child !== null && child !== undefined && child !== false) element.append(child);
  return element;
}

/** A codicon that carries no meaning of its own: the text beside it does. */
export function icon(name: string, className = ""): HTMLElement {
  return el("span", {
    class: `codicon codicon-${name} ${className}`.trim(),
    "aria-hidden": "true",
  });
}

/** The element of the page whose content a panel replaces. */
export function page(): HTMLElement {
  const main = document.querySelector("main");
  if (!main) throw new Error("the page has no main element");
  return main;
}
