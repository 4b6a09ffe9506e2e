const hour = 3_600_000;
const day = 24 * hour;

/** How many times fall into each hour of the day, and into each weekday from Thursday on, as the epoch was one; UTC. */
export interface Clock {
  hours: Float64Array;
  weekdays: Float64Array;
}

export function noClock(): Clock {
  return { hours: new Float64Array(24), weekdays: new Float64Array(7) };
}

/** @param times milliseconds since the epoch */
export function countTimes(times: Float64Array, { hours, weekdays }: Clock): void {
  for (const time of times) {
    const sinceMidnight = ((time % day) + day) % day;
    (hours[Math.floor(sinceMidnight / hour)] as number)++;
    (weekdays[((Math.floor(time / day) % 7) + 7) % 7] as number)++;
  }
}

export function mergeClocks(a: Clock, b: Clock): Clock {
  return {
    hours: a.hours.map((count, i) => count + (b.hours[i] as number)),
    weekdays: a.weekdays.map((count, i) => count + (b.weekdays[i] as number)),
  };
}
