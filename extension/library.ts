type Library = typeof import("assayer");

/** The library, loaded at its first use: DuckDB and its kin take no part in activation. */
export function loadLibrary(): Promise<Library> {
  return import("assayer");
}

/** The demo with its trainers and its data. */
export function loadDemo(): Promise<typeof import("assayer/demo")> {
  return import("assayer/demo");
}
