/** What the filter reads of a row: the value of a column, or undefined when there is no such column. */
export type ReadCell = (column: string) => string | number | null | undefined;

export interface Filter {
  matches(read: ReadCell): boolean;
  /** Columns that comparisons name, as they are written in `columns`. */
  columns: string[];
  /** What was not understood, to be told to the user. */
  problem: string | null;
}

type Comparison = "=" | "!=" | ">" | ">=" | "<" | "<=" | ":";

const term = /(?:([\w./-]+)\s*(!=|>=|<=|=|>|<|:)\s*)?(?:"([^"]*)"|([^\s"]+))/gu;

/**
 * A filter as people type it: words that the name, the experiment or the status contain, and
 * comparisons such as `metrics.auc > 0.8`, `status = failed` or `params.model : tree` (contains).
 * All of them must hold. Words between terms that only join them (`and`) are skipped.
 *
 * @param columns the columns that comparisons may name; `auc` alone stands for `metrics.auc`
 */
export function parseFilter(text: string, columns: readonly string[]): Filter {
  const tests: ((read: ReadCell) => boolean)[] = [];
  const named: string[] = [];
  let problem: string | null = null;
  for (const [, name, operator, quoted, plain] of text.matchAll(term)) {
    const wanted = quoted ?? plain ?? "";
    if (name === undefined || operator === undefined) {
      if (quoted === undefined && wanted.toLowerCase() === "and") continue;
      tests.push(contains(wanted));
      continue;
    }
    const column = columnNamed(name, columns);
    if (column === undefined) problem = `No column is called ${name}.`;
    else {
      named.push(column);
      tests.push((read) => holds(read(column) ?? null, operator as Comparison, wanted));
    }
  }
  return { matches: (read) => tests.every((test) => test(read)), columns: named, problem };
}

/** Words and quotes that the project's own filter language has and this one has not: MLflow's, in short. */
export function isProjectFilter(text: string): boolean {
  return /['`]|\b(?:attributes?|parameters?|tag|metric|param|datasets?)\.|\bi?like\b|\b(?:not\s+)?in\s*\(|\bis\s+(?:not\s+)?null\b/iu.test(
    text,
  );
}

function columnNamed(name: string, columns: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  return ["", "metrics.", "params.", "tags."]
    .map((group) => columns.find((column) => column.toLowerCase() === group + lower))
    .find((column) => column !== undefined);
}

function contains(word: string): (read: ReadCell) => boolean {
  const lower = word.toLowerCase();
  return (read) =>
    ["name", "experiment", "status"].some((column) =>
      String(read(column) ?? "")
        .toLowerCase()
        .includes(lower),
    );
}

function holds(value: string | number | null, operator: Comparison, wanted: string): boolean {
  if (value === null) return operator === "!=";
  if (operator === ":") return String(value).toLowerCase().includes(wanted.toLowerCase());
  const order = compare(value, wanted);
  switch (operator) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
  }
}

/** NaN compares as neither more, less nor equal, except to `NaN` itself. */
function compare(value: string | number, wanted: string): number {
  const number = Number(wanted);
  if (typeof value === "number" && wanted.toLowerCase() === "nan")
    return Number.isNaN(value) ? 0 : NaN;
  if (typeof value === "number" && !Number.isNaN(number)) return value - number;
  return String(value).localeCompare(wanted, undefined, { sensitivity: "base", numeric: true });
}
