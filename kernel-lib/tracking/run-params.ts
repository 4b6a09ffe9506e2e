import { AssayerError } from "../errors";
import { requireName, requireText } from "../store/check";
import type { ParamValue } from "../store/journal/events";

/** The params of one run, which never change once they are known. */
export class RunParams {
  private readonly known: Map<string, ParamValue>;

  /** @param stored those that the run had before */
  constructor(stored: Readonly<Record<string, ParamValue>> = {}) {
    this.known = new Map(Object.entries(stored));
  }

  /** @throws AssayerError "param-changed" when a key has another value already */
  require(params: Record<string, unknown>): void {
    for (const [key, value] of Object.entries(params)) {
      requireName(key, "logParams");
      if (typeof value !== "number" && typeof value !== "boolean")
        requireText(value, `logParams: ${key}`);
      const known = this.known.get(key);
      if (known !== undefined && (typeof known !== typeof value || String(known) !== String(value)))
        throw new AssayerError(
          "param-changed",
          `logParams requires one value for each param; got ${String(value)} for ${key}, which is ${String(known)}`,
        );
    }
  }

  /** Takes params that were checked; gives back those that are new. */
  add(params: Readonly<Record<string, ParamValue>>): [string, ParamValue][] {
    const fresh = Object.entries(params).filter(([key]) => !this.known.has(key));
    for (const [key, value] of fresh) this.known.set(key, value);
    return fresh;
  }
}
