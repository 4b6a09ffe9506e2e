import { AssayerError } from "../errors";
import type { DataSource } from "../store/scan/data-source";
import { chooseMethod } from "./choose-method";
import { drawnRows } from "./even-sample";
import { pickRows, type ModelRows } from "./model-rows";
import type { OpenedModel } from "./open-explainer";
import type { DataExplainerOptions } from "./open-on-data";
import { readRows, type SourceRows } from "./read-rows";

/** Rows of a background that are taken, and of the data where there is none. */
const most = { given: 200, drawn: 100 } as const;

export interface BackgroundRows {
  rows: ModelRows;
  /** Whether values are told against it, or it is kept for others alone. */
  used: boolean;
  warnings: string[];
}

/** The rows that were given, those of the version, or some of the data where the model cannot be explained without. */
export async function backgroundOf(
  caller: string,
  { model }: OpenedModel,
  options: DataExplainerOptions,
  ofVersion: DataSource | undefined,
  { rows }: SourceRows,
  random: () => number,
): Promise<BackgroundRows> {
  const source = options.background ?? ofVersion;
  const { method = "auto", output = "raw", signal } = options;
  if (source !== undefined) {
    const stop = signal ? { signal } : {};
    const found = await readRows(`${caller}: background`, source, model.columns, [], stop);
    if (found.rows.count === 0)
      throw new AssayerError(
        "empty-sample",
        `${caller} requires a background of one row or more; got none`,
      );
    const drawn = pickRows(found.rows, drawnRows(found.rows.count, most.given, random));
    return { rows: drawn, used: true, warnings: [] };
  }
  const drawn = pickRows(rows, drawnRows(rows.count, most.drawn, random));
  const byCovers =
    model.core?.kind === "trees" &&
    canDoWithout(() => chooseMethod(model, { method, output, hasBackground: false }));
  return {
    rows: drawn,
    used: !byCovers,
    warnings: byCovers
      ? []
      : [
          `no background was given: ${drawn.count} of the ${rows.count} rows, drawn by chance, take its place`,
        ],
  };
}

function canDoWithout(choose: () => unknown): boolean {
  try {
    choose();
    return true;
  } catch (error) {
    if (error instanceof AssayerError && error.code === "invalid-argument") return false;
    throw error;
  }
}
