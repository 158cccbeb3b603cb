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
  /** Characters of the line that the last chunk ended in. */
  #column = 0;

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
    this.#column = columnAfter(bytes, bytes.byteLength, this.#column);
    return bytes;
  }

  /** Ends the file; gives what `push` had still held back. */
  end(): Uint8Array {
    const rest = this.#head ?? new Uint8Array(0);
    this.#head = undefined;
    const bad = this.#check.push(rest);
    if (bad !== undefined) this.#refuse(bad, rest);
    const cut = this.#check.end();
    if (cut !== undefined) this.#refuse(cut, rest, "a character begins that the end of the file cuts off");
    return rest;
  }

  #strip(chunk: Uint8Array): Uint8Array {
    const head = this.#head!.byteLength === 0 ? chunk : Buffer.concat([this.#head!, chunk]);
    this.#refuseOtherMarks(head);
    if (head.byteLength < 4) {
      this.#head = head;
      return new Uint8Array(0);
    }
    this.#head = undefined;
    if (head[0] !== 0xef || head[1] !== 0xbb || head[2] !== 0xbf) return head;
    this.skippedBytes = 3;
    return head.subarray(3);
  }

  #refuseOtherMarks(head: Uint8Array): void {
    const kind = packedKinds.find(({ magic }) => magic.every((byte, at) => head[at] === byte));
    if (kind !== undefined) {
      throw new CliError(
        "wrong-encoding",
        `${this.#file}: the file is ${kind.name}, and only plain text is read.`,
        {
          position: { file: this.#file, byteOffset: 0 },
          next: kind.next,
        },
      );
    }
    const mark = (head[0] ?? 0) * 256 + (head[1] ?? 0);
    if (mark !== 0xfffe && mark !== 0xfeff) return;
    const position = { file: this.#file, byteOffset: 0 };
    throw new CliError("wrong-encoding", `${this.#file}: the file is UTF-16 text, and only UTF-8 is read.`, {
      position,
      next: `Convert it first: iconv -f UTF-16 -t UTF-8 ${this.#file} > utf8-${this.#file.replace(/.*\//, "")}`,
    });
  }

  #refuse(bad: number, bytes: Uint8Array, fault?: string): never {
    let line = this.#linesBegun();
    const end = Math.min(bytes.byteLength, bad - this.#offset);
    for (let at = 0; at < end; at += 1) if (bytes[at] === 0x0a) line += 1;
    const byteOffset = bad + this.skippedBytes;
    // A character that began in the chunk before has been counted there.
    const column = end < 0 ? this.#column : columnAfter(bytes, end, this.#column) + 1;
    const position = { file: this.#file, line, column, byteOffset };
    throw new CliError(
      "invalid-utf8",
      `${formatPosition(position)}: ${fault ?? "the text stops being UTF-8"} (at byte ${byteOffset}).`,
      {
        position,
        next:
          fault === undefined
            ? "Find out the file's encoding and convert it, for example with iconv -f GB18030 -t UTF-8."
            : "Get the whole file; or, if it is whole, find out its encoding and convert it to UTF-8.",
      },
    );
  }
}

/** Characters between the last line feed before `end` and there, where `before` of them came earlier. */
function columnAfter(bytes: Uint8Array, end: number, before: number): number {
  const lineFeed = end === 0 ? -1 : bytes.lastIndexOf(0x0a, end - 1);
  let column = lineFeed < 0 ? before : 0;
  for (let at = lineFeed + 1; at < end; at += 1) if ((bytes[at]! & 0xc0) !== 0x80) column += 1;
  return column;
}

interface PackedKind {
  readonly name: string;
  readonly magic: readonly number[];
  readonly next: string;
}

const decompress = "Decompress it first; an upload can compress what it sends by itself (--compress).";

/** Files that are easily mistaken for text by their names, and how each begins. */
const packedKinds: readonly PackedKind[] = [
  { name: "gzip-compressed", magic: [0x1f, 0x8b], next: decompress },
  { name: "zstd-compressed", magic: [0x28, 0xb5, 0x2f, 0xfd], next: decompress },
  { name: "a ZIP archive", magic: [0x50, 0x4b, 0x03, 0x04], next: "Unpack it first, or export it as CSV." },
];
