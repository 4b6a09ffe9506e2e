import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { AssayerError } from "../../errors";
import { copyDatabase, takeTurn } from "../connection";
import { copyDurably, syncFolder, temporaryName } from "../durable-file";
import { filesUnder } from "../files-under";
import { storePaths } from "../layout";
import { eachItem, type LongWork } from "../long-work";
import type { Store } from "../store";

export interface BackupReport {
  /** The store's folder in the copy. */
  directory: string;
  files: number;
}

const isWhole = (path: string) => !path.endsWith(".tmp");

/** Folders of files that never change once they are there. */
const immutable = ["artifacts", "tables", "models", "counters", "keys"];

/**
 * Copies a store into a new folder, whole and as of one moment, while others log into it; the signing key is in it.
 * The copy is a store: open it, or merge it back.
 *
 * @param target a folder that is not there yet; the copy is its `.assayer`
 * @returns how many files were copied
 * @throws AssayerError "invalid-argument" when the folder is there already
 */
export async function backupStore(
  store: Store,
  target: string,
  work: LongWork = {},
): Promise<BackupReport> {
  const { directory } = store;
  const folder = resolve(target);
  if (existsSync(folder))
    throw new AssayerError(
      "invalid-argument",
      `backup requires a folder that is not there yet; got ${target}`,
    );
  await store.refresh();
  const temporary = temporaryName(folder);
  const copy = join(temporary, ".assayer");
  mkdirSync(storePaths.journal(copy), { recursive: true });
  try {
    const copyFile = (path: string) => {
      copyDurably(path, join(copy, relative(directory, path)));
    };
    const journals = () => {
      filesUnder(storePaths.journal(directory)).filter(isWhole).forEach(copyFile);
    };
    // While the database is held nobody takes journals in, so what it lacks of them is still there to copy.
    await takeTurn(directory, () => copyDatabase(directory, storePaths.database(copy), journals));
    const files = [
      ...[storePaths.manifest(directory), join(directory, ".gitignore")].filter(existsSync),
      ...immutable.flatMap((name) => filesUnder(join(directory, name)).filter(isWhole)),
    ];
    await eachItem(files, "file", work, copyFile);
    renameSync(temporary, folder);
    syncFolder(dirname(folder));
    return { directory: join(folder, ".assayer"), files: filesUnder(folder).length };
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}
