import { attributes, type Field } from "./search-fields";
import type { Comparator, Filter, FilterValue } from "./search-filter";
import type { Order } from "./search-order";

/** A piece of SQL over `runs r`; the values of its `?` are never part of the text. */
export interface SqlPart {
  sql: string;
  params: (string | boolean)[];
}

const isOrdering = (comparator: Comparator) => /[<>]/u.test(comparator);

/** Numbers travel as text: the driver would take a large whole one for a 64-bit integer. */
const numberParam = (value: FilterValue) => String(value);

function list(values: readonly FilterValue[]): string {
  return JSON.stringify(values.map(String));
}

/** A comparison of numbers. NaN is equal to NaN alone, and neither below nor above anything. */
function compareNumber(expression: string, comparator: Comparator, value: FilterValue): SqlPart {
  const sql = `${expression} ${comparator} ?::double`;
  return {
    sql: isOrdering(comparator) ? `(${sql} and not isnan(${expression}))` : sql,
    params: [numberParam(value)],
  };
}

/** Text, and the number that it is: a quoted number is compared by its digits with = and by its size with <. */
function compareMixed(
  text: string,
  number: string,
  comparator: Comparator,
  value: FilterValue,
): SqlPart {
  if (typeof value === "number") return compareNumber(number, comparator, value);
  const asNumber = Number(value);
  if (isOrdering(comparator) && String(value).trim() !== "" && !Number.isNaN(asNumber))
    return compareNumber(number, comparator, asNumber);
  return { sql: `${text} ${comparator} ?`, params: [String(value)] };
}

function compareAttribute(key: string, comparator: Comparator, value: FilterValue): SqlPart {
  const { type, sql } = attributes[key] ?? { type: "text", sql: "null" };
  switch (type) {
    case "number":
      return compareNumber(sql, comparator, value);
    case "time":
      return compareNumber(`(epoch_us(${sql}) / 1e3)`, comparator, value);
    case "boolean":
      return { sql: `${sql} ${comparator} ?`, params: [value === true] };
    case "status":
      return { sql: `${sql} ${comparator} lower(?)`, params: [String(value)] };
    case "text":
      return { sql: `${sql} ${comparator} ?`, params: [String(value)] };
  }
}

function attributeIn(key: string, values: readonly FilterValue[]): SqlPart {
  const parts = values.map((value) => compareAttribute(key, "=", value));
  return {
    sql: `(${parts.map(({ sql }) => sql).join(" or ")})`,
    params: parts.flatMap(({ params }) => params),
  };
}

/** Where the values of a group are kept, what they are as text and as numbers, and what names them. */
const cells = {
  metrics: { table: "metric_series", text: "last_value::varchar", number: "last_value" },
  params: { table: "params", text: "value", number: "number" },
  tags: { table: "tags", text: "value", number: "try_cast(value as double)" },
} as const;

/** Runs that have the key, and of them those whose value fulfils the condition. */
function having(field: Field, condition?: (text: string, number: string) => SqlPart): SqlPart {
  const { group, key } = field;
  if (group === "attributes") return condition?.("", "") ?? { sql: "", params: [] };
  if (group === "datasets") {
    const part = condition?.(key, key);
    return {
      sql: `r.run_id in (select run_id from datasets where ${part?.sql ?? `${key} is not null`})`,
      params: part?.params ?? [],
    };
  }
  const { table, text, number } = cells[group];
  const part = condition?.(text, number);
  return {
    sql: `r.run_id in (select run_id from ${table} where key = ?${part ? ` and ${part.sql}` : ""})`,
    params: [key, ...(part?.params ?? [])],
  };
}

function inList(text: string, number: string, values: readonly FilterValue[]): SqlPart {
  const texts = values.filter((value) => typeof value === "string");
  const numbers = values.filter((value) => typeof value === "number");
  const parts: SqlPart[] = [];
  if (texts.length > 0)
    parts.push({ sql: `${text} in (select unnest(from_json(?, '["VARCHAR"]')))`, params: [list(texts)] });
  if (numbers.length > 0)
    parts.push({
      sql: `${number} in (select unnest(from_json(?, '["VARCHAR"]'))::double)`,
      params: [list(numbers)],
    });
  return {
    sql: `(${parts.map(({ sql }) => sql).join(" or ")})`,
    params: parts.flatMap(({ params }) => params),
  };
}

/** The condition of a filter. A part that has no value to compare is false, so that `not` is every other run. */
export function filterSql(filter: Filter): SqlPart {
  switch (filter.kind) {
    case "and":
    case "or": {
      const parts = filter.parts.map(filterSql);
      return {
        sql: `(${parts.map(({ sql }) => sql).join(` ${filter.kind} `)})`,
        params: parts.flatMap(({ params }) => params),
      };
    }
    case "not": {
      const { sql, params } = filterSql(filter.part);
      return { sql: `(not ${sql})`, params };
    }
    case "present": {
      const { group, key } = filter.field;
      if (group !== "attributes") return having(filter.field);
      return { sql: `(${attributes[key]?.sql ?? "null"} is not null)`, params: [] };
    }
    case "in": {
      const { field, negated, values } = filter;
      const condition = (text: string, number: string) => {
        const part = inList(text, number, values);
        return negated ? { ...part, sql: `not ${part.sql}` } : part;
      };
      if (field.group !== "attributes") return having(field, condition);
      const { type, sql } = attributes[field.key] ?? nothing;
      return known(condition(type === "status" ? sql : `${sql}::varchar`, sql));
    }
    case "compare": {
      const { field, comparator, value } = filter;
      if (field.group === "attributes") return known(compareAttribute(field.key, comparator, value));
      return having(field, (text, number) => compareMixed(text, number, comparator, value));
    }
  }
}

/** False where SQL says neither. */
function known({ sql, params }: SqlPart): SqlPart {
  return { sql: `coalesce(${sql}, false)`, params };
}

/** Joins and terms of an order: values first, then NaN, then runs without a value. */
export function orderSql(orders: readonly Order[]): { joins: SqlPart; terms: string[] } {
  const joins: string[] = [];
  const params: string[] = [];
  const terms = orders.flatMap(({ field: { group, key }, descending }, i) => {
    const direction = descending ? "desc" : "asc";
    if (group === "attributes" || group === "datasets")
      return [`${attributes[key]?.sql ?? "null"} ${direction} nulls last`];
    const { table } = cells[group];
    joins.push(`left join ${table} o${i} on o${i}.run_id = r.run_id and o${i}.key = ?`);
    params.push(key);
    if (group === "tags") return [`o${i}.value ${direction} nulls last`];
    const number = group === "metrics" ? `o${i}.last_value` : `o${i}.number`;
    const byNumber = [
      `case when ${number} is null then 2 when isnan(${number}) then 1 else 0 end`,
      `${number} ${direction}`,
    ];
    return group === "metrics" ? byNumber : [...byNumber, `o${i}.value ${direction} nulls last`];
  });
  return { joins: { sql: joins.join(" "), params }, terms };
}
