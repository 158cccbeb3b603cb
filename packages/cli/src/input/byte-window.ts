/** The bytes of a file from the first one still needed on, in one piece, whatever way they were cut into chunks. */
export class ByteWindow {
  /** Holds the window from its start on; what lies beyond `limit` means nothing. */
  bytes: Buffer = Buffer.alloc(0);
  /** Bytes of `bytes` that are in use. */
  limit = 0;
  /** Offset in the file of `bytes[0]`. */
  offset = 0;

  /** Whether `bytes` is ours to append to; otherwise it is the last chunk itself. */
  #owned = false;

  /**
   * Takes the next chunk, of which a reference may be kept, so that it must not change afterwards. What lies before
   * `needed` may be forgotten.
   *
   * @returns how far the rest has moved down in `bytes`
   */
  push(chunk: Uint8Array, needed: number): number {
    const kept = this.limit - needed;
    if (kept === 0) return this.#replace(chunk);
    const isRoomy = this.#owned && this.limit + chunk.byteLength <= this.bytes.byteLength;
    if (!isRoomy) this.#makeRoom(needed, kept, chunk.byteLength);
    this.bytes.set(chunk, this.limit);
    this.limit += chunk.byteLength;
    return isRoomy ? 0 : needed;
  }

  /** Counts bytes that were left out before the first chunk, so that offsets are those of the file. */
  skip(bytes: number): void {
    this.offset += bytes;
  }

  #replace(chunk: Uint8Array): number {
    const moved = this.limit;
    this.offset += moved;
    this.bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.limit = chunk.byteLength;
    this.#owned = false;
    return moved;
  }

  /** The buffer grows by doubling, so that long records stay linear. */
  #makeRoom(needed: number, kept: number, more: number): void {
    const roomy = Buffer.allocUnsafeSlow(Math.max(kept * 2, kept + more));
    roomy.set(this.bytes.subarray(needed, this.limit));
    this.offset += needed;
    this.limit = kept;
    this.bytes = roomy;
    this.#owned = true;
  }
}
