import { AssayerError } from "../../errors";

/** A piece of a filter or an order, with where it starts and ends in the text. */
export interface Token {
  kind: "word" | "quoted" | "operator" | "end";
  /** As written; of quoted text what is between the quotes. */
  text: string;
  start: number;
  end: number;
}

const space = /\s*/uy;
const quoted = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`/uy;
const operator = /!=|>=|<=|[=<>(),]/uy;
const word = /[^\s'"`(),=!<>]+/uy;

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Cuts a text into words, quoted texts (a doubled quote stands for one) and operators. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const add = (kind: Token["kind"], found: string, content = found) => {
    tokens.push({ kind, text: content, start: at, end: at + found.length });
    at += found.length;
  };
  for (;;) {
    at += match(space, text, at)?.length ?? 0;
    if (at === text.length) break;
    const quote = text.charAt(at);
    const string = match(quoted, text, at);
    const sign = match(operator, text, at);
    const name = match(word, text, at);
    if (string !== undefined)
      add("quoted", string, string.slice(1, -1).replaceAll(quote + quote, quote));
    else if (sign !== undefined) add("operator", sign);
    else if (name !== undefined) add("word", name);
    else
      throw new AssayerError(
        "invalid-filter",
        quote === "!"
          ? `a filter requires = after ! at position ${at + 1}; got ${text.slice(at, at + 2)}`
          : `a filter requires the closing ${quote} of the quote at position ${at + 1}; got the end of the text`,
      );
  }
  tokens.push({ kind: "end", text: "the end of the text", start: at, end: at });
  return tokens;
}

/** Reads tokens one after the other, and says where something else was expected. */
export class TokenReader {
  private readonly tokens: Token[];
  private at = 0;

  constructor(text: string) {
    this.tokens = tokenize(text);
  }

  peek(ahead = 0): Token {
    const last = this.tokens.length - 1;
    return this.tokens[Math.min(this.at + ahead, last)] as Token;
  }

  next(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }

  /** Takes the token where it is this operator or, whatever its case, this word. */
  take(text: string): boolean {
    const token = this.peek();
    if (token.kind === "quoted" || token.text.toLowerCase() !== text) return false;
    this.at++;
    return true;
  }

  require(text: string, expected: string): void {
    if (!this.take(text)) throw this.unexpected(expected);
  }

  unexpected(expected: string, token = this.peek()): AssayerError {
    const got = token.kind === "quoted" ? JSON.stringify(token.text) : token.text;
    return new AssayerError(
      "invalid-filter",
      `a filter requires ${expected} at position ${token.start + 1}; got ${got}`,
    );
  }
}
