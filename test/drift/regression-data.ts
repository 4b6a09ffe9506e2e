import type { FeatureValues } from "../../kernel-lib/drift/multivariate/feature-values";
import { columnsOf, flightsSql } from "./multivariate-data";

/**
 * Flights with a regression's truth and prediction, as `test/parity/multivariate.py` makes them: the distance, predicted
 * by the mean of the airport in the reference; the minutes of lateness, by hour and distance.
 */
export function regressionSql(
  target: "distance" | "lateness",
  side: "reference" | "current",
  rows: "all" | "few",
): string {
  const limit = rows === "all" ? "" : ` where row < ${side === "reference" ? 600 : 300}`;
  const flights = `(select *, row_number() over (order by i) - 1 as row from (${flightsSql(side)}))`;
  const truth = target === "distance" ? "distance" : "greatest(delay, 0)";
  const prediction =
    target === "distance"
      ? "coalesce(mean, 700.0)"
      : "2 + hour * 0.5::double + distance * 0.001::double";
  return `select flights.*, if(row % 29 = 0, null, ${truth}::double) as y_true, (${prediction})::double as y_pred
    from ${flights} flights
    left join (select origin, avg(distance) as mean from (${flightsSql("reference")}) group by origin) using (origin)
    ${limit} order by row`;
}

export async function regressionSide(
  target: "distance" | "lateness",
  side: "reference" | "current",
  rows: "all" | "few",
): Promise<{ columns: FeatureValues[]; yTrue: Float64Array; yPred: Float64Array }> {
  const names = ["delay", "distance", "hour", "weekday", "origin", "destination"];
  const read = await columnsOf(regressionSql(target, side, rows), [...names, "y_true", "y_pred"]);
  const numbers = (name: string) => {
    const column = read.find((each) => each.name === name);
    if (column?.kind !== "number") throw new Error(`${name} is no number`);
    return column.values;
  };
  return { columns: read.slice(0, 6), yTrue: numbers("y_true"), yPred: numbers("y_pred") };
}
