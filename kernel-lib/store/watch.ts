import { existsSync, mkdirSync, watch, type FSWatcher } from "node:fs";
import { basename } from "node:path";
import { isWritable } from "./connection";
import { storePaths } from "./layout";

const restAfterCall = 150;

/** Something that can be closed again. */
export interface Watcher {
  close(): void;
}

/**
 * Calls `listener` when the store changed on disk, from file-system events alone: at once, and after that at most
 * once in 150 ms for as long as it goes on changing.
 */
export function watchStore(store: string, listener: () => void): Watcher {
  let resting: NodeJS.Timeout | undefined;
  let changedMeanwhile = false;
  const changed = () => {
    if (resting) {
      changedMeanwhile = true;
      return;
    }
    resting = setTimeout(() => {
      resting = undefined;
      if (!changedMeanwhile) return;
      changedMeanwhile = false;
      changed();
    }, restAfterCall).unref();
    listener();
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
      clearTimeout(resting);
      for (const watcher of watchers) watcher.close();
    },
  };
}
