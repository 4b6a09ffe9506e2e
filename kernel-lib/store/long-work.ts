/** For what takes more than a second: how to hear of it, and how to stop it. */
export interface LongWork {
  /** @param fraction how much is done, from 0 to 1 */
  onProgress?: (message: string, fraction: number) => void;
  /** Stops the work; the store is then as it was. */
  signal?: AbortSignal;
}

/** Does one item after the other, tells of each, and stops between two where that was asked. */
export async function eachItem<T>(
  items: readonly T[],
  what: string,
  { onProgress, signal }: LongWork,
  work: (item: T) => void | Promise<void>,
): Promise<void> {
  for (const [i, item] of items.entries()) {
    signal?.throwIfAborted();
    onProgress?.(`${what} ${i + 1} of ${items.length}`, i / items.length);
    await work(item);
  }
}
