import { existsSync, mkdirSync, watch, type FSWatcher } from "node:fs";
import { basename } from "node:path";
import { isWritable } from "./connection";
import { storePaths } from "./layout";

const settleDelay = 150;

/** Something that can be closed again. */
export interface Watcher {
  close(): void;
}

/**
 * Calls `listener` soon after the store changed on disk: at most once in 150 ms, from file-system events alone.
 */
export function watchStore(store: string, listener: () => void): Watcher {
  let timer: NodeJS.Timeout | undefined;
  const changed = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      listener();
    }, settleDelay).unref();
  };
  const database = basename(storePaths.database(store));
  const journal = storePaths.journal(store);
  // Git keeps no empty folder.
  if (!existsSync(journal) && isWritable(store)) mkdirSync(journal, { recursive: true });
  const watchers: FSWatcher[] = [
    ...(existsSync(journal) ? [watch(journal, { persistent: false }, changed)] : []),
    watch(store, { persistent: false }, (_, file) => {
      if (file === database) changed();
    }),
  ];
  for (const watcher of watchers) watcher.on("error", () => undefined);
  return {
    close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
