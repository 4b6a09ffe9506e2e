import { AssayerError } from "../../errors";

/** The fields of one part of a LightGBM model file: lines of `name=value`, or a name alone. */
export class TextFields {
  private readonly fields: ReadonlyMap<string, string>;

  constructor(
    private readonly caller: string,
    private readonly part: string,
    lines: readonly string[],
  ) {
    this.fields = new Map(
      lines.map((line): [string, string] => {
        const end = line.indexOf("=");
        return end < 0 ? [line, ""] : [line.slice(0, end), line.slice(end + 1)];
      }),
    );
  }

  has(name: string): boolean {
    return this.fields.has(name);
  }

  text(name: string): string {
    const text = this.fields.get(name);
    if (text === undefined) throw this.invalid(name, "none");
    return text;
  }

  words(name: string): string[] {
    return this.text(name)
      .split(" ")
      .filter((word) => word !== "");
  }

  numbers(name: string, length: number): Float64Array {
    const words = this.words(name);
    if (words.length !== length) throw this.invalid(`${length} numbers ${name}`, `${words.length}`);
    return Float64Array.from(words, (word) => {
      const number = numberOf(word);
      if (Number.isNaN(number)) throw this.invalid(`numbers ${name}`, word.slice(0, 40));
      return number;
    });
  }

  count(name: string): number {
    const text = this.text(name).trim();
    const number = /^\d+$/u.test(text) ? Number(text) : NaN;
    if (!Number.isSafeInteger(number))
      throw this.invalid(`a whole number ${name}`, text.slice(0, 40));
    return number;
  }

  invalid(required: string, got: string): AssayerError {
    return new AssayerError(
      "invalid-model",
      `${this.caller} requires ${required} in the ${this.part}; got ${got}`,
    );
  }
}

/** A number as C++ writes it. */
function numberOf(word: string): number {
  const infinite = /^([+-]?)inf(?:inity)?$/iu.exec(word);
  if (infinite !== null) return infinite[1] === "-" ? -Infinity : Infinity;
  return Number(word);
}

/**
 * A LightGBM model file as its header and its trees.
 *
 * @throws AssayerError "invalid-model" for a text that is none, that ends before its trees do, or that has another
 *   number of trees than it says
 */
export function readLightgbmText(
  caller: string,
  text: string,
): { header: TextFields; trees: TextFields[] } {
  const lines = text.split("\n").map((line) => line.replace(/\r$/u, ""));
  const end = lines.indexOf("end of trees");
  if (lines[0] !== "tree" || end < 0)
    throw new AssayerError(
      "invalid-model",
      `${caller} requires the text of a whole LightGBM model, from "tree" to "end of trees"; got another text`,
    );
  const starts = lines.flatMap((line, index) =>
    index < end && line.startsWith("Tree=") ? [index] : [],
  );
  const header = new TextFields(caller, "header", lines.slice(1, starts[0] ?? end));
  if (header.has("tree_sizes") && header.words("tree_sizes").length !== starts.length)
    throw header.invalid(
      `as many tree_sizes as the ${starts.length} trees`,
      `${header.words("tree_sizes").length}`,
    );
  const trees = starts.map(
    (start, tree) =>
      new TextFields(caller, `tree ${tree}`, lines.slice(start + 1, starts[tree + 1] ?? end)),
  );
  return { header, trees };
}
