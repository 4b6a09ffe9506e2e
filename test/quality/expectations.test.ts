import assert from "node:assert/strict";
import { test } from "node:test";
import type { Expectation } from "../../kernel-lib/quality/expectation";
import { parseExpectations } from "../../kernel-lib/quality/parse-expectations";
import { requiredText } from "../../kernel-lib/quality/required-text";

/** One of each kind, and what it says. */
const all: [Expectation, string][] = [
  [{ expect: "not-null", column: "age" }, "age is present"],
  [{ expect: "not-null", column: "age", mostly: 0.95 }, "age is present, in at least 95% of rows"],
  [{ expect: "in-set", column: "sex", values: ["f", "m"] }, "sex is one of f, m"],
  [{ expect: "in-set", column: "year", values: [2001] }, "year is 2001"],
  [
    { expect: "between", column: "age", min: 0, max: 120, mostly: 0.999 },
    "age is between 0 and 120, in at least 99.9% of values",
  ],
  [
    { expect: "between", column: "day", min: "2001-01-01", strict: true },
    "day is more than 2001-01-01",
  ],
  [{ expect: "between", column: "age", max: 120 }, "age is at most 120"],
  [{ expect: "matches", column: "code", regex: "^[A-Z]{3}$" }, "code matches ^[A-Z]{3}$"],
  [{ expect: "unique", columns: ["id"] }, "no two rows have the same id"],
  [{ expect: "unique", columns: ["a", "b", "c"] }, "no two rows have the same a, b and c together"],
  [{ expect: "monotonic", column: "t", direction: "increasing" }, "t never falls from row to row"],
  [
    { expect: "monotonic", column: "t", direction: "decreasing", strict: true },
    "t falls from row to row",
  ],
  [{ expect: "row-count", min: 1000, max: 2000 }, "the table has between 1,000 and 2,000 rows"],
  [
    { expect: "schema", columns: { age: "number", day: "time" }, exact: true },
    "the table has the columns age (number), day (time) and no others",
  ],
  [
    { expect: "fresh", column: "day", maxAgeSeconds: 129_600 },
    "the latest day is at most 1.5 days old",
  ],
  [{ expect: "sql", condition: "a < b" }, "every row has a < b"],
  [{ expect: "sql", condition: "a < b", name: "a comes first" }, "a comes first"],
  [
    { expect: "mean-between", column: "age", min: 30, max: 50 },
    "the mean of age is between 30 and 50",
  ],
  [
    { expect: "distinct-between", column: "sex", max: 2 },
    "the number of different values of sex is at most 2",
  ],
];

test("every kind of expectation passes through JSON, and says in plain words what it requires", () => {
  const list = all.map(([expectation]) => expectation);
  assert.deepEqual(parseExpectations(JSON.parse(JSON.stringify(list))), list);
  for (const [expectation, text] of all) assert.equal(requiredText(expectation), text);
});

test("what is no expectation is refused by its position and what was required", () => {
  const good = { expect: "not-null", column: "age" };
  const cases: [unknown, string][] = [
    [{}, "expectations requires a list; got an object"],
    [
      [good, "age"],
      'expectation 2 requires an object such as { expect: "not-null", column: "age" }; got "age"',
    ],
    [
      [good, { expect: "nonnull", column: "age" }],
      'unknown expectation: "nonnull" as expectation 2; expected one of not-null, in-set, between, matches, unique, monotonic, row-count, schema, fresh, sql, mean-between, distinct-between',
    ],
    [
      [{ expect: "constructor" }],
      'unknown expectation: "constructor" as expectation 1; expected one of',
    ],
    [
      [{ ...good, colum: "x" }],
      "unknown key: colum in expectation 1 (not-null); expected one of column, mostly, severity, note",
    ],
    [
      [{ expect: "not-null" }],
      "expectation 1 (not-null).column requires a value of type string; got undefined",
    ],
    [
      [{ ...good, column: "" }],
      'expectation 1 (not-null).column requires a text that is not empty; got ""',
    ],
    [[{ ...good, mostly: 0 }], "expectation 1 (not-null).mostly requires a number above 0; got 0"],
    [
      [{ ...good, mostly: 2 }],
      "expectation 1 (not-null).mostly requires a number of at most 1; got 2",
    ],
    [
      [{ ...good, severity: "fatal" }],
      'expectation 1 (not-null).severity requires one of error, warning, info; got "fatal"',
    ],
    [
      [{ expect: "between", column: "a" }],
      "expectation 1 (between) requires min or max; got neither",
    ],
    [
      [{ expect: "between", column: "a", min: 3, max: 2 }],
      "expectation 1 (between).max requires a value of min or more; got 2",
    ],
    [
      [{ expect: "between", column: "a", min: 3, max: "4" }],
      'expectation 1 (between).max requires the type of min; got "4"',
    ],
    [
      [{ expect: "in-set", column: "a", values: [] }],
      "expectation 1 (in-set).values requires one entry or more; got a list of 0",
    ],
    [
      [{ expect: "in-set", column: "a", values: ["x", 1] }],
      "expectation 1 (in-set).values requires values of one type; got 1",
    ],
    [
      [{ expect: "in-set", column: "a", values: [null] }],
      "expectation 1 (in-set).values.0 requires a number, a text or a boolean; got null",
    ],
    [
      [{ expect: "schema", columns: { a: "integer" } }],
      'expectation 1 (schema).columns.a requires one of number, boolean, text, time, other; got "integer"',
    ],
    [
      [{ expect: "row-count", min: 1.5 }],
      "expectation 1 (row-count).min requires a whole number; got 1.5",
    ],
  ];
  for (const [value, message] of cases)
    assert.throws(
      () => parseExpectations(value),
      (error: { code: string; message: string }) => {
        assert.equal(error.code, "invalid-argument");
        assert.ok(error.message.startsWith(message), `${error.message}\nis not\n${message}`);
        return true;
      },
    );
});
