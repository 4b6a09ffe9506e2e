import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { AssayerError } from "../errors";
import { sha256 } from "./digest";
import { createDurably } from "./durable-file";
import { newId } from "./id";

/** The format of the folder and of its journal. A store of a higher format is refused. */
const storeFormat = 1;

const defaultStages = ["none", "staging", "production", "archived"];

const manifestSchema = z.object({
  format: z.number().int().positive(),
  id: z.string().min(1),
  name: z.string().min(1),
  createdAt: z.string(),
  stages: z
    .array(z.string().regex(/^[a-z][\w-]*$/u))
    .min(2)
    .refine((stages) => new Set(stages).size === stages.length, "names are unique"),
});

/** `project.json`: what makes a folder a store. */
export type StoreManifest = z.infer<typeof manifestSchema>;

/** A model's name as a folder's: escaped, and by its digest where that gets too long for a file system. */
function folderName(model: string): string {
  const escaped = encodeURIComponent(model);
  return escaped.length <= 200 ? escaped : sha256(Buffer.from(model));
}

/** Where the parts of a store are, under its folder. */
export const storePaths = {
  manifest: (store: string) => join(store, "project.json"),
  database: (store: string) => join(store, "store.duckdb"),
  journal: (store: string) => join(store, "journal"),
  artifact: (store: string, digest: string) => join(store, "artifacts", digest.slice(0, 2), digest),
  reservation: (store: string, model: string, number: number) =>
    join(store, "models", folderName(model), String(number)),
  counter: (store: string, number: number) => join(store, "counters", String(number)),
  keys: (store: string) => join(store, "keys"),
} as const;

/** True for the path of a logged table; a store from a stranger can name any other file of this machine. */
export function isTablePath(path: string): boolean {
  return /^tables\/(?:features|predictions|explanations|table)\/run_id=\w+\/\w+\.parquet$/u.test(
    path,
  );
}

/**
 * The nearest `.assayer` folder that holds a store, going up from `path`.
 *
 * @param path a folder, or a `.assayer` folder itself; default the working directory
 */
export function findStore(path = process.cwd()): string | undefined {
  const start = resolve(path);
  if (existsSync(storePaths.manifest(start))) return start;
  for (let folder = start; ; folder = dirname(folder)) {
    const store = join(folder, ".assayer");
    if (existsSync(storePaths.manifest(store))) return store;
    if (dirname(folder) === folder) return undefined;
  }
}

/** Makes the folder of a new store under `root`; of several processes that try, one makes it. */
export function createStore(root: string, name = basename(resolve(root))): string {
  const store = join(resolve(root), ".assayer");
  if (existsSync(store) && !statSync(store).isDirectory())
    throw new AssayerError("invalid-store", `openProject requires a folder; got a file: ${store}`);
  const manifest: StoreManifest = {
    format: storeFormat,
    id: newId(),
    name: name || "project",
    createdAt: new Date().toISOString(),
    stages: defaultStages,
  };
  mkdirSync(storePaths.journal(store), { recursive: true });
  createDurably(join(store, ".gitignore"), "keys/\n*.tmp\n");
  createDurably(storePaths.manifest(store), `${JSON.stringify(manifest, null, 2)}\n`);
  return store;
}

/** Reads and checks `project.json`. */
export function readManifest(store: string): StoreManifest {
  const path = storePaths.manifest(store);
  // DuckDB separates the folders it searches by commas, has no way to escape one, and takes what follows a question
  // mark for settings when it names the log beside a database.
  if (/[,?]/u.test(store))
    throw new AssayerError(
      "invalid-store",
      `openProject requires a path without a comma or question mark; got ${store}`,
    );
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new AssayerError("invalid-store", `openProject requires a readable ${path}`, { cause });
  }
  const format = (content as { format?: unknown } | null)?.format;
  if (typeof format === "number" && format > storeFormat)
    throw new AssayerError(
      "newer-store",
      `openProject requires a store of format ${storeFormat} or lower; got ${format} in ${store}: update assayer to open it`,
    );
  const parsed = manifestSchema.safeParse(content);
  if (!parsed.success)
    throw new AssayerError(
      "invalid-store",
      `openProject requires a valid ${path}; got ${z.prettifyError(parsed.error)}`,
    );
  return parsed.data;
}
