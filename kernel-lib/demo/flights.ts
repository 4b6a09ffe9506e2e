import { join } from "node:path";
import type { Project } from "../index";
import type { Split } from "./split";

/** Columns of the input of the model of late flights. */
export const flightColumns = [
  "hour",
  "weekday",
  "distance",
  "recent_delay",
  "airport_delay",
] as const;

/** A flight: when and where, what is known of the delays before it, and whether it came late. */
export interface Flight {
  id: string;
  date: Date;
  hour: number;
  weekday: number;
  distance: number;
  origin: string;
  destination: string;
  /** Mean delay, in minutes, of the forty flights before the last ten, anywhere. */
  recent_delay: number;
  /** Mean delay of the last ten flights from the same airport; null for its first one. */
  airport_delay: number | null;
  /** Later than 15 minutes. */
  late: 0 | 1;
}

/**
 * A Parquet file of 60,000 flights within the United States from January to June 2001 (date, delay in minutes, distance
 * in miles, origin, destination): every fiftieth of the three million of vega-datasets' `flights-3m`. Source: US Bureau
 * of Transportation Statistics, on-time performance.
 */
export const flightsFile = join(__dirname, "flights.parquet");

/** The flights in the order of time, with what was known of delays before each. */
export function loadFlights(project: Project): Promise<Flight[]> {
  const file = flightsFile.replaceAll("'", "''");
  return project.sql(
    `select 'flight-' || flight as id, date, hour, weekday, distance, origin, destination,
        recent_delay, airport_delay, late
      from (select row_number() over by_time as flight, date, hour(date)::integer as hour,
          isodow(date)::integer as weekday, distance::integer as distance, origin, destination,
          avg(delay) over (by_time rows between 49 preceding and 10 preceding) as recent_delay,
          avg(delay) over (partition by origin order by date, destination, distance, delay
            rows between 10 preceding and 1 preceding) as airport_delay,
          (delay > 15)::integer as late
        from read_parquet('${file}')
        window by_time as (order by date, origin, destination, distance, delay))
      where recent_delay is not null and date < '2001-07-01'
      order by flight`,
  ) as Promise<unknown> as Promise<Flight[]>;
}

/** What the model sees of flights; an airport without a delay before has that of everywhere. */
export function splitOf(flights: readonly Flight[]): Split {
  return {
    requestId: flights.map(({ id }) => id),
    rows: flights.map((flight) =>
      flightColumns.map((column) => flight[column] ?? flight.recent_delay),
    ),
    labels: flights.map(({ late }) => late),
  };
}
