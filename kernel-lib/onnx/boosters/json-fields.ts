import { AssayerError } from "../../errors";

export type JsonObject = Record<string, unknown>;

/**
 * JSON with numbers that are none, as XGBoost writes the thresholds of categories: NaN becomes null.
 *
 * @throws SyntaxError for a text that is no such JSON
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const tokens = /"(?:[^"\\]|\\.)*"|NaN|Infinity/gu;
    const json = text.replace(tokens, (token) =>
      token === "NaN" ? "null" : token === "Infinity" ? "1e999" : token,
    );
    return JSON.parse(json);
  }
}

/** Reads fields of parsed JSON, with errors that say which field of which file is off. */
export class JsonFields {
  constructor(private readonly caller: string) {}

  object(value: unknown, name: string): JsonObject {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw this.invalid(`an object ${name}`, value);
    return value as JsonObject;
  }

  list(value: unknown, name: string): readonly unknown[] {
    if (!Array.isArray(value)) throw this.invalid(`a list ${name}`, value);
    return value as readonly unknown[];
  }

  text(value: unknown, name: string): string {
    if (typeof value !== "string") throw this.invalid(`a text ${name}`, value);
    return value;
  }

  texts(value: unknown, name: string): string[] {
    return this.list(value, name).map((each) => this.text(each, name));
  }

  /** Numbers, flags as 0 and 1, null as NaN. */
  numbers(value: unknown, name: string, length?: number): number[] {
    const list = this.list(value, name);
    if (length !== undefined && list.length !== length)
      throw this.invalid(`${length} numbers ${name}`, list);
    return list.map((each) => {
      if (each === null) return NaN;
      if (typeof each !== "number" && typeof each !== "boolean")
        throw this.invalid(`numbers ${name}`, each);
      return Number(each);
    });
  }

  /** A whole number ≥ 0, which may be written as text. */
  count(value: unknown, name: string): number {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number !== "number" || !Number.isSafeInteger(number) || number < 0)
      throw this.invalid(`a whole number ${name}`, value);
    return number;
  }

  invalid(required: string, value: unknown): AssayerError {
    const scalar = typeof value === "string" || typeof value === "number";
    const got = Array.isArray(value)
      ? value.length
      : scalar
        ? `${typeof value} ${String(value).slice(0, 40)}`
        : value === undefined || value === null
          ? "none"
          : typeof value;
    return new AssayerError("invalid-model", `${this.caller} requires ${required}; got ${got}`);
  }
}
