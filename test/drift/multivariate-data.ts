import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FeatureValues } from "../../kernel-lib/drift/multivariate/feature-values";
import { openScan } from "../../kernel-lib/store/scan/open-scan";
import { flightsPath } from "./flights";

/** A chunk as NannyML has it; null for its NaN and None. */
export interface GoldenChunk {
  period: "reference" | "analysis";
  start: number;
  end: number;
  value: number;
  sampling_error: number | null;
  realized?: number | null;
  upper_confidence_boundary: number | null;
  lower_confidence_boundary: number | null;
  upper_threshold: number | null;
  lower_threshold: number | null;
  alert: boolean;
}

export interface MultivariateGolden {
  versions: Record<string, string>;
  digits: string[];
  reconstruction: { data: string; share: number; components: number; chunks: GoldenChunk[] }[];
  classifier: { data: string; chunks: GoldenChunk[] }[];
  losses: {
    target: "distance" | "lateness";
    rows: "all" | "few";
    features: string[];
    metrics: Record<string, GoldenChunk[]>;
    /** Predicted losses of the reference's rows and of the others. */
    losses?: Record<string, [number[], number[]]>;
  }[];
}

export const golden = JSON.parse(
  readFileSync(join(__dirname, "../parity/golden/multivariate.json"), "utf8"),
) as MultivariateGolden;

export const flightFeatures = ["delay", "distance", "hour", "weekday", "origin", "destination"];

/** Every fifth flight, of the first three months or the rest, as the golden file's script makes them. */
export function flightsSql(side: "reference" | "current", holes = false): string {
  const hole = (column: string, step: number) =>
    holes ? `case when i % ${step} = 0 then null else ${column} end` : column;
  return `select i, ${hole("delay", 17)} as delay, distance, hour(date) as hour, strftime(date, '%w') as weekday,
    ${hole("origin", 23)} as origin, destination
    from (select * exclude (i), i // 5 as i from (select *, row_number() over () - 1 as i from '${flightsPath}') where i % 5 = 0)
    where month(date) ${side === "reference" ? "<= 3" : "> 3"} order by i`;
}

export async function columnsOf(
  sql: string,
  names: readonly string[] = flightFeatures,
): Promise<FeatureValues[]> {
  const text = ["weekday", "origin", "destination"];
  return openScan({ sql }, async (scan) => {
    const columns: FeatureValues[] = [];
    const wanted = names.map((name) => ({
      name,
      as: text.includes(name) ? ("category" as const) : ("number" as const),
    }));
    for await (const column of scan.values(wanted)) columns.push(column);
    return columns;
  });
}

/** 300 handwritten digits each: 64 pixels from 0 to 16, some of them always 0. */
export function digitColumns(side: "reference" | "current"): FeatureValues[] {
  const rows = side === "reference" ? golden.digits.slice(0, 300) : golden.digits.slice(300);
  return Array.from({ length: 64 }, (_, pixel) => ({
    name: `p${pixel}`,
    kind: "number",
    values: Float64Array.from(rows, (row) => "0123456789abcdefg".indexOf(row[pixel] ?? "")),
  }));
}

export function goldenColumns(
  data: string,
  side: "reference" | "current",
): Promise<FeatureValues[]> {
  if (data === "digits") return Promise.resolve(digitColumns(side));
  return columnsOf(flightsSql(side, data === "flights with holes"));
}
