import { CliError } from "../errors.ts";
import { formatPosition } from "./file-position.ts";
import { Utf8Check } from "./utf8-check.ts";

/** Lets UTF-8 text through, without its byte order mark, and refuses anything else at the byte where it stops being so. */
export class TextGate {
  /** Bytes of the byte order mark that were left out at the front. */
  skippedBytes = 0;

  readonly #file: string;
  /** Lines that the reader has begun, so that the line of a bad byte can be told. */
  readonly #linesBegun: () => number;
  readonly #check = new Utf8Check();
  /** The file's first bytes, until there are enough of them to know a mark. */
  #head: Uint8Array | undefined = new Uint8Array(0);
  #offset = 0;

  constructor(file: string, linesBegun: () => number) {
    this.#file = file;
    this.#linesBegun = linesBegun;
  }

  /** Gives the text of the next bytes; nothing while they are too few to tell. */
  push(chunk: Uint8Array): Uint8Array {
    const bytes = this.#head === undefined ? chunk : this.#strip(chunk);
    const bad = this.#check.push(bytes);
    if (bad !== undefined) this.#refuse(bad, bytes);
    this.#offset += bytes.byteLength;
    return bytes;
  }

  /** Ends the file; gives what `push` had still held back. */
  end(): Uint8Array {
    const rest = this.#head ?? new Uint8Array(0);
    this.#head = undefined;
    const bad = this.#check.push(rest) ?? this.#check.end();
    if (bad !== undefined) this.#refuse(bad, rest);
    return rest;
  }

  #strip(chunk: Uint8Array): Uint8Array {
    const head = this.#head!.byteLength === 0 ? chunk : Buffer.concat([this.#head!, chunk]);
    this.#refuseOtherMarks(head);
    if (head.byteLength < 3) {
      this.#head = head;
      return new Uint8Array(0);
    }
    this.#head = undefined;
    if (head[0] !== 0xef || head[1] !== 0xbb || head[2] !== 0xbf) return head;
    this.skippedBytes = 3;
    return head.subarray(3);
  }

  #refuseOtherMarks(head: Uint8Array): void {
    const mark = (head[0] ?? 0) * 256 + (head[1] ?? 0);
    if (mark !== 0xfffe && mark !== 0xfeff) return;
    const position = { file: this.#file, byteOffset: 0 };
    throw new CliError("wrong-encoding", `${this.#file}: the file is UTF-16 text, and only UTF-8 is read.`, {
      position,
      next: `Convert it first: iconv -f UTF-16 -t UTF-8 ${this.#file} > utf8-${this.#file.replace(/.*\//, "")}`,
    });
  }

  #refuse(bad: number, bytes: Uint8Array): never {
    let line = this.#linesBegun();
    const end = Math.min(bytes.byteLength, bad - this.#offset);
    for (let at = 0; at < end; at += 1) if (bytes[at] === 0x0a) line += 1;
    const byteOffset = bad + this.skippedBytes;
    const position = { file: this.#file, line, byteOffset };
    throw new CliError(
      "invalid-utf8",
      `${formatPosition(position)}: the byte at offset ${byteOffset} is not UTF-8 text.`,
      {
        position,
        next: "Find out the file's encoding and convert it, for example with iconv -f GB18030 -t UTF-8.",
      },
    );
  }
}
