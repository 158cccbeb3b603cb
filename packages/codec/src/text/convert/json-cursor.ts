/** Thrown when text is no JSON, at a position in UTF-16 units from its start. */
export class JsonFault extends Error {
  override readonly name = "JsonFault";
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** What kind of value comes next. */
export type JsonKind = "object" | "array" | "string" | "number" | "true" | "false" | "null";

/**
 * Walks over JSON text (RFC 8259, strictly) one token at a time, so that a value is read as its column wants it.
 *
 * Nothing is lost on the way: numbers are handed out as their source text, the source of any value can be cut out,
 * and the reader sees every key of an object, repeated ones too.
 */
export class JsonCursor {
  readonly text: string;
  /** Position of the next character. */
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Looks at the next value without moving past it. */
  peek(): JsonKind {
    this.skipBlanks();
    const code = this.text.charCodeAt(this.at);
    switch (code) {
      case 0x7b:
        return "object";
      case 0x5b:
        return "array";
      case 0x22:
        return "string";
      case 0x74:
        return "true";
      case 0x66:
        return "false";
      case 0x6e:
        return "null";
      default:
        if (code === 0x2d || (code >= 0x30 && code <= 0x39)) return "number";
        throw this.fault("a value");
    }
  }

  /** Reads a string, escapes resolved. */
  readString(): string {
    this.skipBlanks();
    const start = this.at;
    if (this.text.charCodeAt(start) !== 0x22) throw this.fault("a string");
    let escaped = false;
    for (let at = start + 1; ; at += 1) {
      const code = this.text.charCodeAt(at);
      if (code === 0x22) {
        this.at = at + 1;
        return escaped ? this.#resolveEscapes(start) : this.text.slice(start + 1, at);
      }
      if (code === 0x5c) {
        escaped = true;
        at += 1;
      } else if (!(code >= 0x20)) {
        this.at = Math.min(at, this.text.length);
        throw this.fault(
          at < this.text.length ? "no control character inside a string" : "the end of a string",
        );
      }
    }
  }

  /** Reads a number and gives its source text, digit for digit. */
  readNumber(): string {
    this.skipBlanks();
    number.lastIndex = this.at;
    const match = number.exec(this.text);
    if (match === null) throw this.fault("a number");
    this.at = number.lastIndex;
    return match[0];
  }

  /** Reads `true`, `false` or `null`. */
  readWord(word: "true" | "false" | "null"): void {
    if (!this.text.startsWith(word, this.at)) throw this.fault(word);
    this.at += word.length;
  }

  /** Calls `read` for each member of an object, at its value; `read` must consume that value. */
  readObject(read: (key: string, keyAt: number) => void): void {
    this.#open("{", "an object");
    for (let first = true; !this.#takes("}"); first = false) {
      if (!first && !this.#takes(",")) throw this.fault('"," or "}"');
      this.skipBlanks();
      const keyAt = this.at;
      if (this.text.charCodeAt(keyAt) !== 0x22) throw this.fault("a key in double quotes");
      const key = this.readString();
      if (!this.#takes(":")) throw this.fault('":" after a key');
      read(key, keyAt);
    }
    this.#depth -= 1;
  }

  /** Calls `read` for each element of an array, at its value; `read` must consume that value. */
  readArray(read: (index: number) => void): void {
    this.#open("[", "an array");
    for (let index = 0; !this.#takes("]"); index += 1) {
      if (index > 0 && !this.#takes(",")) throw this.fault('"," or "]"');
      read(index);
    }
    this.#depth -= 1;
  }

  /** Moves past a value of any kind, checking it, and gives its source text. */
  readSource(): string {
    const kind = this.peek();
    const start = this.at;
    switch (kind) {
      case "object":
        this.readObject(() => void this.readSource());
        break;
      case "array":
        this.readArray(() => void this.readSource());
        break;
      case "string":
        this.readString();
        break;
      case "number":
        this.readNumber();
        break;
      default:
        this.readWord(kind);
    }
    return this.text.slice(start, this.at);
  }

  /** Fails unless only blanks are left. */
  readEnd(): void {
    this.skipBlanks();
    if (this.at < this.text.length) throw this.fault("nothing more");
  }

  /** What to throw when something else than `expected` comes next. */
  fault(expected: string): JsonFault {
    const rest = this.text.slice(this.at, this.at + 20);
    const found = rest === "" ? "the end" : JSON.stringify(rest.length < 20 ? rest : `${rest}…`);
    return new JsonFault(`expected ${expected}, found ${found}`, this.at);
  }

  skipBlanks(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return;
      this.at += 1;
    }
  }

  #depth = 0;

  #open(bracket: "{" | "[", what: string): void {
    this.skipBlanks();
    if (this.text[this.at] !== bracket) throw this.fault(what);
    this.#depth += 1;
    if (this.#depth > deepest)
      throw new JsonFault(`expected at most ${deepest} brackets inside each other`, this.at);
    this.at += 1;
  }

  /** Moves past one punctuation mark, if it is what comes next. */
  #takes(mark: "{" | "}" | "[" | "]" | ":" | ","): boolean {
    this.skipBlanks();
    if (this.text[this.at] !== mark) return false;
    this.at += 1;
    return true;
  }

  #resolveEscapes(start: number): string {
    try {
      return JSON.parse(this.text.slice(start, this.at)) as string;
    } catch {
      this.at = start;
      throw this.fault("a string with valid escapes");
    }
  }
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const deepest = 500;
