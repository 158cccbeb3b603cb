/** How every checksum that was sign-extended to ten bytes ends; other values may end so too. */
const ending = Buffer.from("ffffffff01", "hex");
const kept = ending.length - 1;

/**
 * Notices checksums that were sign-extended to ten bytes, as the compiled writer of PyODPS sends every second one.
 *
 * They are right, but a server must not send them: the pure Python reader takes five bytes only. Taking some other
 * value for one is harmless; the block's records are then written anew when they are read.
 */
export class LongChecksums {
  #seen = false;
  /** The end of the piece before, for an ending that lies across the border. */
  readonly #border: Buffer = Buffer.alloc(2 * kept);

  get seen(): boolean {
    return this.#seen;
  }

  /** Looks at the next bytes of the stream; they are not kept. */
  look(piece: Uint8Array): void {
    if (this.#seen) {
      return;
    }
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    this.#border.copyWithin(0, kept);
    bytes.copy(this.#border, kept, 0, kept);
    this.#seen = bytes.includes(ending) || this.#border.includes(ending);
    if (bytes.length >= kept) {
      bytes.copy(this.#border, kept, bytes.length - kept);
    }
  }
}
