import { attributes, type Field } from "./search-fields";
import { numberOf, type Comparator, type Filter, type FilterValue } from "./search-filter";
import type { Order } from "./search-order";

/** A piece of SQL over `runs r`; the values of its `?` are never part of the text. */
export interface SqlPart {
  sql: string;
  params: string[];
}

/** Expressions of a field's value as text and as a number, over the table that holds it. */
interface Operand {
  text: string;
  number: string;
}

/** Where the values of a group are kept. */
const cells: Readonly<
  Record<"metrics" | "params" | "tags", Operand & { table: string; order: string }>
> = {
  metrics: {
    table: "metric_series",
    text: "last_value::varchar",
    number: "last_value",
    order: "last_value",
  },
  params: { table: "params", text: "value", number: "number", order: "number" },
  tags: { table: "tags", text: "value", number: "try_cast(value as double)", order: "value" },
};

function operand({ group, key }: Field): Operand {
  if (group === "datasets") return { text: key, number: key };
  if (group !== "attributes") return cells[group];
  const { type, sql } = attributes[key] ?? { type: "text", sql: "null" };
  if (type === "time") return { text: sql, number: `(epoch_us(${sql}) / 1e3)` };
  return { text: type === "boolean" ? `${sql}::varchar` : sql, number: sql };
}

function isStatus({ group, key }: Field): boolean {
  return group === "attributes" && attributes[key]?.type === "status";
}

/** Values as the parameters of a condition. Numbers travel as text: the driver takes large ones for integers. */
function parameter(field: Field, value: FilterValue): string {
  return isStatus(field) ? String(value).toLowerCase() : String(value);
}

/**
 * A comparison. NaN is equal to NaN alone, and neither below nor above anything. A quoted number is compared by its
 * digits with =, and by its size with <.
 */
function comparison(field: Field, comparator: Comparator, value: FilterValue): SqlPart {
  const { text, number } = operand(field);
  const params = [parameter(field, value)];
  const isOrdering = comparator.startsWith("<") || comparator.startsWith(">");
  const known = typeof value === "string" && isOrdering ? numberOf(value.trim()) : value;
  if (typeof known !== "number") return { sql: `${text} ${comparator} ?`, params };
  if (isOrdering && Number.isNaN(known)) return { sql: "false", params: [] };
  params[0] = String(known);
  const sql = `${number} ${comparator} ?::double`;
  return { sql: isOrdering ? `(${sql} and not isnan(${number}))` : sql, params };
}

function membership(field: Field, values: readonly FilterValue[], negated: boolean): SqlPart {
  const { text, number } = operand(field);
  const parts = (["number", "other"] as const).flatMap((kind): SqlPart[] => {
    const isNumber = kind === "number";
    const wanted = values.filter((value) => (typeof value === "number") === isNumber);
    if (wanted.length === 0) return [];
    const list = `(select unnest(from_json(?, '["VARCHAR"]'))${isNumber ? "::double" : ""})`;
    return [
      {
        sql: `${isNumber ? number : text} in ${list}`,
        params: [JSON.stringify(wanted.map((value) => parameter(field, value)))],
      },
    ];
  });
  const { sql, params } = joined(parts, "or");
  return { sql: negated ? `not ${sql}` : sql, params };
}

function joined(parts: readonly SqlPart[], word: "and" | "or"): SqlPart {
  return {
    sql: `(${parts.map(({ sql }) => sql).join(` ${word} `)})`,
    params: parts.flatMap(({ params }) => params),
  };
}

/** Runs with a value that fulfils the condition; false, never null, for those without a value. */
function having({ group, key }: Field, { sql, params }: SqlPart): SqlPart {
  if (group === "attributes") return { sql: `coalesce(${sql}, false)`, params };
  if (group === "datasets")
    return { sql: `r.run_id in (select run_id from datasets where ${sql})`, params };
  const { table } = cells[group];
  return {
    sql: `r.run_id in (select run_id from ${table} where key = ? and ${sql})`,
    params: [key, ...params],
  };
}

/** The condition of a filter. */
export function filterSql(filter: Filter): SqlPart {
  switch (filter.kind) {
    case "and":
    case "or":
      return joined(filter.parts.map(filterSql), filter.kind);
    case "not": {
      const { sql, params } = filterSql(filter.part);
      return { sql: `(not ${sql})`, params };
    }
    case "present": {
      const { text } = operand(filter.field);
      return having(filter.field, { sql: `${text} is not null`, params: [] });
    }
    case "in":
      return having(filter.field, membership(filter.field, filter.values, filter.negated));
    case "compare":
      return having(filter.field, comparison(filter.field, filter.comparator, filter.value));
  }
}

/** Joins and terms of an order: values first (numbers before text), then NaN, then runs without a value. */
export function orderSql(orders: readonly Order[]): { joins: SqlPart; terms: string[] } {
  const joins: string[] = [];
  const params: string[] = [];
  const terms = orders.flatMap(({ field: { group, key }, descending }, i) => {
    const direction = `${descending ? "desc" : "asc"} nulls last`;
    if (group === "attributes" || group === "datasets")
      return [`${attributes[key]?.sql ?? "null"} ${direction}`];
    const { table, order } = cells[group];
    const column = `o${i}.${order}`;
    joins.push(`left join ${table} o${i} on o${i}.run_id = r.run_id and o${i}.key = ?`);
    params.push(key);
    if (group === "tags") return [`${column} ${direction}`];
    const values = `case when isnan(${column}) then null else ${column} end ${direction}`;
    return group === "metrics"
      ? [values, `${column} is null`]
      : [values, `${column} is null`, `o${i}.value ${direction}`];
  });
  return { joins: { sql: joins.join(" "), params }, terms };
}
