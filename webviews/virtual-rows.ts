import { el } from "./el";

/** Rows kept ready above and below what is seen. */
const spare = 12;

/** How rows look: each element is made once and shows other rows later. */
export interface RowPainter {
  make(): HTMLElement;
  paint(element: HTMLElement, position: number): void;
}

/** Rows of one height in a scrolling element, of which only the visible ones are in the page. */
export class VirtualRows {
  /** Holds the rows; as high as all of them. */
  readonly body = el("div", { class: "virtual-rows", role: "presentation" });
  private readonly drawn = new Map<number, HTMLElement>();
  private readonly free: HTMLElement[] = [];
  private count = 0;

  /**
   * @param scroller the element that scrolls, which holds `body`
   * @param headHeight pixels at its top that rows are hidden under
   */
  constructor(
    private readonly scroller: HTMLElement,
    readonly rowHeight: number,
    private readonly painter: RowPainter,
    private readonly headHeight: () => number = () => 0,
  ) {
    scroller.addEventListener("scroll", () => {
      this.draw();
    });
    new ResizeObserver(() => {
      this.draw();
    }).observe(scroller);
  }

  /** Shows so many rows, all painted anew. `remake` when rows have other cells than before. */
  show(count: number, remake = false): void {
    this.count = count;
    this.body.style.height = `${count * this.rowHeight}px`;
    if (remake) {
      for (const element of [...this.drawn.values(), ...this.free]) element.remove();
      this.drawn.clear();
      this.free.length = 0;
    }
    this.draw();
    for (const [position, element] of this.drawn) this.painter.paint(element, position);
  }

  /** The row's element, while it is in the page. */
  at(position: number): HTMLElement | undefined {
    return this.drawn.get(position);
  }

  repaint(position: number): void {
    const element = this.drawn.get(position);
    if (element) this.painter.paint(element, position);
  }

  /** Scrolls as little as needed to have the row in sight. */
  reveal(position: number): void {
    const { scroller, rowHeight } = this;
    const top = position * rowHeight;
    const seen = this.seen();
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + rowHeight > scroller.scrollTop + seen)
      scroller.scrollTop = top + rowHeight - seen;
    this.draw();
  }

  /** Rows that fit. */
  page(): number {
    return Math.max(1, Math.floor(this.seen() / this.rowHeight) - 1);
  }

  private seen(): number {
    return this.scroller.clientHeight - this.headHeight();
  }

  private draw(): void {
    const top = this.scroller.scrollTop;
    const first = Math.max(0, Math.floor(top / this.rowHeight) - spare);
    const last = Math.min(this.count, Math.ceil((top + this.seen()) / this.rowHeight) + spare);
    for (const [position, element] of this.drawn)
      if (position < first || position >= last) {
        this.drawn.delete(position);
        element.hidden = true;
        this.free.push(element);
      }
    for (let position = first; position < last; position++) {
      if (this.drawn.has(position)) continue;
      const element = this.free.pop() ?? this.painter.make();
      element.hidden = false;
      element.style.top = `${position * this.rowHeight}px`;
      if (!element.isConnected) this.body.append(element);
      this.drawn.set(position, element);
      this.painter.paint(element, position);
    }
  }
}
