/** Thrown when a line outgrows the limit; the line's own place is on the splitter. */
export class LineTooLong extends Error {
  override readonly name = "LineTooLong";
}

/** Cuts a stream of bytes into lines that end with LF, whatever way it was cut into chunks. */
export class LineSplitter {
  /** The bytes that `start` and `stop` point into. */
  bytes: Buffer = Buffer.alloc(0);
  /** Where the current line begins in `bytes`. */
  start = 0;
  /** Where the current line ends in `bytes`, its LF left out. */
  stop = 0;
  /** Number of the current line, counting from 1. */
  line = 0;
  /** Offset of the current line in the file. */
  byteOffset = 0;

  readonly #maxLineBytes: number;
  #limit = 0;
  #next = 0;
  /** Up to where the unfinished line is known to hold no LF. */
  #searched = 0;
  #base = 0;
  #owned = false;
  #ended = false;

  constructor(maxLineBytes: number = 200 * 1024 * 1024) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Takes the next bytes of the file. They are read in place, so they must not change afterwards. */
  push(chunk: Uint8Array): void {
    const kept = this.#limit - this.#next;
    if (kept === 0) {
      this.#base += this.#limit;
      this.bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      this.#limit = chunk.byteLength;
      this.#owned = false;
      this.#next = 0;
      this.#searched = 0;
      return;
    }
    if (!this.#owned || this.#limit + chunk.byteLength > this.bytes.byteLength) {
      const roomy = Buffer.allocUnsafeSlow(Math.max(kept * 2, kept + chunk.byteLength));
      roomy.set(this.bytes.subarray(this.#next, this.#limit));
      this.#base += this.#next;
      this.#searched -= this.#next;
      this.#next = 0;
      this.#limit = kept;
      this.bytes = roomy;
      this.#owned = true;
    }
    this.bytes.set(chunk, this.#limit);
    this.#limit += chunk.byteLength;
  }

  /** Counts bytes that were left out before the first chunk, so that offsets are those of the file. */
  skip(bytes: number): void {
    this.#base += bytes;
  }

  /** Says that no bytes follow, so that a last line without LF counts. */
  end(): void {
    this.#ended = true;
  }

  /** Moves to the next whole line; `false` means that more bytes are needed, or after `end` that none is left. */
  next(): boolean {
    const found = this.bytes.indexOf(lineFeed, this.#searched);
    const whole = found >= 0 && found < this.#limit;
    const stop = whole ? found : this.#limit;
    if (stop - this.#next > this.#maxLineBytes) {
      this.#moveTo(stop);
      throw new LineTooLong();
    }
    if (!whole) {
      this.#searched = this.#limit;
      if (!this.#ended || this.#next === this.#limit) return false;
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
    this.byteOffset = this.#base + this.#next;
  }
}

const lineFeed = 0x0a;
