import { readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { messageOf } from "../errors";
import {
  AssayerError,
  dataProfile,
  decodeProfile,
  encodeProfile,
  mergeProfiles,
  type DataProfile,
  type SqlSource,
} from "../index";
import { tableOf, type CommandLine } from "./command-line";
import { formatTable } from "./format";

const ending = ".aprofile";

/** A path or a query as it is; of a profile what is in it. */
export function tableOrProfile(path: string): string | SqlSource | DataProfile {
  if (!path.endsWith(ending)) return tableOf(path);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new AssayerError("invalid-source", `cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
  return decodeProfile(bytes);
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(5));
}

function figure(value: number | null, type: string): number | string | null {
  if (type !== "time" || value === null) return rounded(value);
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function profileText(profile: DataProfile, bytes: number): string {
  const { features, createdAt, rows } = profile.toJSON();
  const list = features.map((each) => ({
    column: each.name,
    type: each.type,
    missing: each.missing + each.infinite,
    distinct: each.distinct,
    min: figure(each.min, each.type),
    median: figure(each.median, each.type),
    mean: figure(each.mean, each.type),
    max: figure(each.max, each.type),
    most_frequent: each.categories?.[0]?.value ?? null,
  }));
  const size = `${rows.toLocaleString("en")} rows, ${features.length} columns, ${bytes.toLocaleString("en")} bytes, made ${createdAt}`;
  return `${size}\n\n${formatTable(list)}`;
}

/** The command that keeps profiles of data, merges and shows them; it needs no project. */
export function addProfileCommand(program: Command, { print, longWork }: CommandLine): void {
  program
    .command("profile")
    .description("keep what data looks like instead of the data, so that drift can be told later")
    .argument(
      "<data...>",
      `Parquet, CSV, a query, or profiles (*${ending}); of several one of all rows`,
    )
    .option("-c, --columns <names...>", "of these columns alone")
    .option("-o, --out <file>", `where to keep it, such as january${ending}`)
    .action(async (data: string[], { columns, out }: { columns?: string[]; out?: string }) => {
      const work = longWork();
      if (out !== undefined && !out.endsWith(ending))
        throw new AssayerError(
          "invalid-argument",
          `profile requires a name that ends in ${ending}; got ${out}`,
        );
      const profiles: DataProfile[] = [];
      for (const path of data) {
        const source = tableOrProfile(path);
        profiles.push(
          typeof source === "string" || "sql" in source
            ? await dataProfile(source, { ...work, ...(columns && { columns }) })
            : source,
        );
      }
      const profile = mergeProfiles(...profiles);
      const bytes = encodeProfile(profile);
      if (out !== undefined) writeFileSync(out, bytes);
      print(profile, () => profileText(profile, bytes.length));
    });
}
