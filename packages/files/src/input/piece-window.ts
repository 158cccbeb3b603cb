/**
 * Cuts a stream into pieces of one size, whatever sizes it comes in, so that what is made of it does not depend on how
 * fast a pipe was written to; and keeps the latest pieces, so that a record in them can be shown.
 */
export class PieceWindow {
  readonly #pieceBytes: number;
  readonly #kept: { readonly start: number; readonly bytes: Uint8Array }[] = [];
  readonly #spare: Uint8Array[] = [];
  /** Offset of the next byte of the stream. */
  #offset = 0;

  constructor(pieceBytes: number) {
    this.#pieceBytes = pieceBytes;
  }

  /** The stream in pieces; each holds until {@link forget} was told that nothing before its end is needed. */
  async *pieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let piece = this.#take();
    let filled = 0;
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.byteLength; ) {
        const part = chunk.subarray(at, at + this.#pieceBytes - filled);
        piece.set(part, filled);
        filled += part.byteLength;
        at += part.byteLength;
        if (filled < this.#pieceBytes) continue;
        yield this.#keep(piece, filled);
        piece = this.#take();
        filled = 0;
      }
    }
    if (filled > 0) yield this.#keep(piece, filled);
  }

  /** Says that bytes before an offset will not be asked for again. */
  forget(before: number): void {
    while (this.#kept.length > 0) {
      const { start, bytes } = this.#kept[0]!;
      if (start + bytes.byteLength > before) return;
      this.#kept.shift();
      if (bytes.buffer.byteLength === this.#pieceBytes) this.#spare.push(new Uint8Array(bytes.buffer));
    }
  }

  /** Bytes of the stream that were not forgotten. */
  slice(start: number, end: number): Uint8Array {
    const parts = this.#kept.map((piece) =>
      piece.bytes.subarray(Math.max(0, start - piece.start), Math.max(0, end - piece.start)),
    );
    return Buffer.concat(parts);
  }

  #take(): Uint8Array {
    return this.#spare.pop() ?? new Uint8Array(this.#pieceBytes);
  }

  #keep(piece: Uint8Array, filled: number): Uint8Array {
    const bytes = piece.subarray(0, filled);
    this.#kept.push({ start: this.#offset, bytes });
    this.#offset += filled;
    return bytes;
  }
}
