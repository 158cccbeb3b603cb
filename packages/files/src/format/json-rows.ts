import { isUtf8 } from "node:buffer";
import {
  CodecError,
  type ColumnSpec,
  isCodecError,
  RecordPack,
  type SealedPack,
} from "@maxcompute-tunnel/codec";
import {
  type ColumnConverter,
  JsonCursor,
  JsonFault,
  type TextRowReject,
  ValueRefused,
} from "@maxcompute-tunnel/codec/text";
import { columnOf, explain } from "../mapping/header.ts";
import type { TextRows } from "./text-layout.ts";

/** How the members of an object find their columns, and who is told about objects that make no row. */
export interface JsonRowsOptions {
  readonly map: Readonly<Record<string, string>>;
  readonly partitionColumns: readonly string[];
  readonly unknownFields: "refuse" | "ignore";
  /** Columns that have one value in every row. */
  readonly constants: readonly (readonly [column: number, value: unknown])[];
  readonly maxFieldBytes: number;
  readonly onReject: (reject: TextRowReject) => void;
}

/** One record pack being built from JSON lines, as `TextPack` builds one from delimited text. */
export class JsonRows implements TextRows {
  consumedBytes = 0;
  rejectedCount = 0;
  /** Line ends in the bytes of all whole lines so far. */
  lines = 0;
  readonly #options: JsonRowsOptions;
  readonly #converters: readonly ColumnConverter[];
  readonly #pack: RecordPack<readonly unknown[]>;
  readonly #indexes = new Map<string, number>();
  readonly #row: unknown[];
  readonly #template: readonly unknown[];
  /** Where each column's value begins in the line's text; -1 for one that is missing. */
  readonly #starts: Int32Array;
  /** The bytes of a line that has no end yet. */
  #rest: Uint8Array[] = [];
  #restBytes = 0;
  /** Objects so far. */
  #seen = 0;
  #text = "";

  constructor(
    columns: readonly ColumnSpec[],
    converters: readonly ColumnConverter[],
    options: JsonRowsOptions,
  ) {
    this.#options = options;
    this.#converters = converters;
    this.#pack = new RecordPack(columns, { maxFieldBytes: options.maxFieldBytes });
    const template: unknown[] = new Array(columns.length).fill(null);
    for (const [column, value] of options.constants) template[column] = value;
    this.#template = template;
    this.#row = [...template];
    this.#starts = new Int32Array(columns.length);
  }

  get recordCount(): number {
    return this.#pack.recordCount;
  }

  get byteLength(): number {
    return this.#pack.byteLength;
  }

  push(bytes: Uint8Array): void {
    let start = 0;
    if (this.#restBytes > 0) {
      const end = bytes.indexOf(lineFeed) + 1;
      if (end === 0) {
        this.#keep(bytes);
        return;
      }
      const line = Buffer.concat([...this.#rest, bytes.subarray(0, end)]);
      this.#rest = [];
      this.#restBytes = 0;
      this.#takeLines(line, 0, line.byteLength);
      start = end;
    }
    const end = bytes.lastIndexOf(lineFeed) + 1;
    if (end > start) this.#takeLines(bytes, start, end);
    if (Math.max(start, end) < bytes.byteLength) this.#keep(bytes.subarray(Math.max(start, end)));
  }

  end(): void {
    if (this.#restBytes === 0) return;
    const line = Buffer.concat(this.#rest);
    this.#rest = [];
    this.#restBytes = 0;
    this.#takeLine(line, 0, line.byteLength, line.byteLength, isUtf8(line));
  }

  drain(): Uint8Array[] {
    return this.#pack.drain();
  }

  seal(): SealedPack {
    this.rejectedCount = 0;
    return this.#pack.seal();
  }

  #keep(bytes: Uint8Array): void {
    this.#restBytes += bytes.byteLength;
    this.#rest.push(bytes.slice());
    if (this.#restBytes > maxLineBytes) {
      const line = this.lines + 1;
      throw new CodecError(
        "record-too-large",
        `line ${line}: Expected a line of at most ${maxLineBytes} bytes`,
        {
          line,
          offset: this.consumedBytes,
        },
      );
    }
  }

  /** Takes whole lines. */
  #takeLines(bytes: Uint8Array, start: number, end: number): void {
    const isText = isUtf8(bytes.subarray(start, end));
    for (let at = start; at < end; ) {
      const stop = bytes.indexOf(lineFeed, at);
      this.#takeLine(bytes, at, stop, stop + 1, isText || isUtf8(bytes.subarray(at, stop)));
      this.lines += 1;
      at = stop + 1;
    }
  }

  #takeLine(bytes: Uint8Array, start: number, stop: number, next: number, isText: boolean): void {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start);
    const text = buffer.toString("utf8");
    this.#text = text;
    if (!blankLine.test(text)) {
      const refusal = isText ? this.#refusalOf(text) : notUtf8;
      if (refusal !== undefined) this.#reject(refusal, stop - start);
      this.#seen += 1;
    }
    this.consumedBytes += next - start;
  }

  /** Makes a row of an object; what was wrong with it, otherwise. */
  #refusalOf(text: string): Refusal | undefined {
    const cursor = new JsonCursor(text);
    const row = this.#row;
    this.#starts.fill(-1);
    for (let index = 0; index < row.length; index += 1) row[index] = this.#template[index];
    let column = -1;
    try {
      if (cursor.peek() !== "object")
        return { at: cursor.at, code: "invalid-text", reason: "one JSON object a line" };
      cursor.readObject((key, keyAt) => {
        column = this.#columnOf(key);
        if (column < 0) {
          if (this.#options.unknownFields === "refuse") throw new UnknownKey(key, keyAt);
          cursor.readSource();
          return;
        }
        if (this.#starts[column]! >= 0) throw new JsonFault(`no second ${JSON.stringify(key)}`, keyAt);
        cursor.skipBlanks();
        this.#starts[column] = cursor.at;
        row[column] = this.#converters[column]!.fromJson(cursor);
        column = -1;
      });
      cursor.readEnd();
      for (column = 0; column < row.length; column += 1) {
        if (row[column] !== null || this.#converters[column]!.nullable) continue;
        throw new ValueRefused("a value, because the column is NOT NULL", undefined, "null-not-allowed");
      }
      this.#pack.append(row);
      return undefined;
    } catch (error) {
      return this.#explain(error, column);
    }
  }

  #explain(error: unknown, column: number): Refusal {
    if (error instanceof UnknownKey) {
      const names = this.#converters.map(({ name }) => name);
      const help = explain(error.key, { columns: names, partitionColumns: this.#options.partitionColumns });
      const reason = `members that are columns; ${JSON.stringify(error.key)} is no column of the table${help}`;
      return { at: error.at, code: "unknown-property", reason: reason.replace(/\.$/, "") };
    }
    if (error instanceof JsonFault) {
      return {
        at: error.at,
        code: "invalid-text",
        reason: `JSON (at character ${error.at + 1}: ${error.message})`,
      };
    }
    if (error instanceof ValueRefused) {
      const at = error.at ?? this.#starts[column] ?? 0;
      return { at: Math.max(0, at), code: error.code, reason: error.message, column };
    }
    if (!isCodecError(error)) throw error;
    const found = this.#converters.findIndex(({ name }) => name === error.column);
    const inside = error.path === undefined || error.path === error.column ? "" : ` (at ${error.path})`;
    const at = Math.max(0, this.#starts[found] ?? 0);
    return { at, code: error.code, reason: `${error.expected ?? error.message}${inside}`, column: found };
  }

  #reject(refusal: Refusal, bytes: number): void {
    const { at, code, reason, column = -1 } = refusal;
    const before = Buffer.byteLength(this.#text.slice(0, at));
    this.rejectedCount += 1;
    this.#options.onReject({
      row: this.#seen,
      line: this.lines + 1,
      column: this.#converters[column]?.name,
      offset: this.consumedBytes + before,
      recordStart: this.consumedBytes,
      recordEnd: this.consumedBytes + bytes,
      code,
      reason,
      value: shown(this.#text.slice(at)),
    });
  }

  #columnOf(key: string): number {
    let index = this.#indexes.get(key);
    if (index === undefined) {
      index = columnOf(key, { columns: this.#converters.map(({ name }) => name), map: this.#options.map });
      if (this.#indexes.size < mostKeys) this.#indexes.set(key, index);
    }
    return index;
  }
}

interface Refusal {
  /** Character of the line. */
  readonly at: number;
  readonly code: TextRowReject["code"];
  readonly reason: string;
  readonly column?: number;
}

class UnknownKey extends Error {
  override readonly name = "UnknownKey";
  readonly key: string;
  readonly at: number;

  constructor(key: string, at: number) {
    super(key);
    this.key = key;
    this.at = at;
  }
}

/** The value at the start of a text, or what stands there instead, on one line and short. */
function shown(text: string): string {
  let source: string;
  try {
    source = new JsonCursor(text).readSource();
  } catch {
    source = text;
  }
  const characters = Array.from(source.slice(0, 128));
  const short = characters.length > 60 ? `${characters.slice(0, 57).join("")}…` : source;
  const quoted = short.startsWith('"') ? short : JSON.stringify(short);
  return quoted.replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Control characters, and those that turn the direction of the text around them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const notUtf8: Refusal = { at: 0, code: "bad-utf8", reason: "UTF-8 text" };
const blankLine = /^[ \t\r]*$/;
const lineFeed = 0x0a;
/** The most the service takes in one record. */
const maxLineBytes = 200 * 1024 * 1024;
/** Keys whose columns are remembered; objects may have any number of them when unknown ones are left out. */
const mostKeys = 10_000;
