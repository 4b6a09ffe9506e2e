/** Parts of a page that are rebuilt only when what they show changed: focus and selection survive an update. */
export class Kept {
  private readonly parts = new Map<string, { shown: string; element: HTMLElement }>();

  /** @param data all that `build` reads, as JSON can write it */
  part(name: string, data: unknown, build: () => HTMLElement): HTMLElement {
    const shown = JSON.stringify(data);
    const kept = this.parts.get(name);
    if (kept?.shown === shown) return kept.element;
    const element = build();
    this.parts.set(name, { shown, element });
    return element;
  }
}

/** Makes `children` the children of `parent`, touching the page only where that changes something. */
export function arrange(parent: Element, children: readonly (Element | null | false)[]): void {
  const wanted = children.filter((child) => child instanceof Element);
  for (const child of [...parent.children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((child, i) => {
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
  });
}
