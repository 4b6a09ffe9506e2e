import { createHash } from "node:crypto";

/**
 * What MLflow takes: mlflow/utils/validation.py of 3.17.2. Lengths are in characters; a request has less than 1 MB.
 */
export const mlflowLimits = {
  metrics: 1000,
  params: 100,
  tags: 100,
  key: 250,
  paramValue: 6000,
  tagValue: 8000,
  requestBytes: 900_000,
} as const;

/** A key that was changed, or a text that was cut, to be one that MLflow takes. */
export interface MlflowChange {
  runId: string;
  kind: "param" | "metric" | "tag" | "dataset" | "artifact";
  key: string;
  /** The key there; the same where only the value was cut. */
  sent: string;
}

/** What MLflow takes no key with, and what no path of an artifact: it decodes those again and again. */
const refused = { key: /[^/\p{L}\p{N}_.\- :]/gu, artifact: /[#%\\\p{Cc}]/gu } as const;

/** A name as MLflow takes it: without what is refused, and as a path the same as its shortest form. */
function cleanName(name: string, kind: MlflowChange["kind"]): string {
  const parts = name
    .replace(refused[kind === "artifact" ? "artifact" : "key"], "_")
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .map((part) => (part === ".." ? "__" : part));
  const clean = parts.join("/") || "_";
  return kind === "artifact" ? clean : Array.from(clean).slice(0, mlflowLimits.key).join("");
}

/** Names for the keys of one kind of one run; two that would become the same stay two. */
export class KeyNames {
  private readonly taken = new Set<string>();

  constructor(
    private readonly runId: string,
    private readonly kind: MlflowChange["kind"],
    private readonly changes: MlflowChange[],
  ) {}

  name(key: string): string {
    let sent = cleanName(key, this.kind);
    if (this.taken.has(sent)) {
      const digest = createHash("sha256").update(key).digest("hex").slice(0, 8);
      sent = `${Array.from(sent)
        .slice(0, mlflowLimits.key - 9)
        .join("")}_${digest}`;
    }
    this.taken.add(sent);
    if (sent !== key) this.changes.push({ runId: this.runId, kind: this.kind, key, sent });
    return sent;
  }

  value(key: string, value: string, longest: number): string {
    const characters = value.length > longest ? Array.from(value) : [];
    if (characters.length <= longest) return value;
    this.changes.push({ runId: this.runId, kind: this.kind, key, sent: key });
    return characters.slice(0, longest).join("");
  }
}

/** Parts of a list that each fit into one request. */
export function batches<T>(items: readonly T[], most: number): T[][] {
  const parts: T[][] = [];
  let bytes = Infinity;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    const last = parts.at(-1);
    if (!last || last.length >= most || bytes + size > mlflowLimits.requestBytes) {
      parts.push([item]);
      bytes = size;
    } else {
      last.push(item);
      bytes += size;
    }
  }
  return parts;
}
