import { ByteWindow } from "./byte-window.ts";

/** Thrown when a line outgrows the limit; the line's own place is on the splitter. */
export class LineTooLong extends Error {
  override readonly name = "LineTooLong";
}

/** Cuts a stream of bytes into lines that end with LF, whatever way it was cut into chunks. */
export class LineSplitter {
  /** Where the current line begins in `bytes`. */
  start = 0;
  /** Where the current line ends in `bytes`, its LF left out. */
  stop = 0;
  /** Number of the current line, counting from 1. */
  line = 0;
  /** Offset of the current line in the file. */
  byteOffset = 0;

  readonly #maxLineBytes: number;
  readonly #window = new ByteWindow();
  #next = 0;
  /** Up to where the unfinished line is known to hold no LF. */
  #searched = 0;
  #ended = false;

  constructor(maxLineBytes: number = 200 * 1024 * 1024) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** The bytes that `start` and `stop` point into. */
  get bytes(): Buffer {
    return this.#window.bytes;
  }

  /** Takes the next bytes of the file. They are read in place, so they must not change afterwards. */
  push(chunk: Uint8Array): void {
    const moved = this.#window.push(chunk, this.#next);
    this.#next -= moved;
    this.#searched -= moved;
  }

  /** Counts bytes that were left out before the first chunk, so that offsets are those of the file. */
  skip(bytes: number): void {
    this.#window.skip(bytes);
  }

  /** Says that no bytes follow, so that a last line without LF counts. */
  end(): void {
    this.#ended = true;
  }

  /** Moves to the next whole line; `false` means that more bytes are needed, or after `end` that none is left. */
  next(): boolean {
    const { bytes, limit } = this.#window;
    const found = bytes.indexOf(lineFeed, this.#searched);
    const whole = found >= 0 && found < limit;
    const stop = whole ? found : limit;
    if (stop - this.#next > this.#maxLineBytes) {
      this.#moveTo(stop);
      throw new LineTooLong();
    }
    if (!whole) {
      this.#searched = limit;
      if (!this.#ended || this.#next === limit) return false;
    }
    this.#moveTo(stop);
    this.#next = whole ? stop + 1 : stop;
    this.#searched = this.#next;
    return true;
  }

  #moveTo(stop: number): void {
    this.line += 1;
    this.start = this.#next;
    this.stop = stop;
    this.byteOffset = this.#window.offset + this.#next;
  }
}

const lineFeed = 0x0a;
