/** A place in a block between two records. */
export interface RowMark {
  /** Records before it. */
  readonly row: number;
  /** Bytes before it. */
  readonly offset: number;
  /** CRC-32C of the checksums of the records before it. */
  readonly checksum: number;
}

/** The place before a block's first record. */
export const firstMark: RowMark = { row: 0, offset: 0, checksum: 0 };

/** A block keeps at most this many marks, however large it is. */
const maxMarks = 4096;
const bytesPerMark = 20;
const firstStrideBytes = 64 * 1024;

/**
 * Remembers where some of a block's records begin, so that reading can start near any row.
 *
 * When there are too many marks every second one goes: memory and the length of the trailer stay bounded.
 */
export class RowMarks {
  #marks: RowMark[] = [];
  #strideBytes = firstStrideBytes;
  #lastOffset = 0;

  /** Offers a place; it is kept when the last one is far enough before it. */
  note(mark: RowMark): void {
    if (mark.offset - this.#lastOffset < this.#strideBytes) {
      return;
    }
    this.#marks.push(mark);
    this.#lastOffset = mark.offset;
    if (this.#marks.length > maxMarks) {
      this.#marks = this.#marks.filter((_, index) => index % 2 === 1);
      this.#strideBytes *= 2;
    }
  }

  /** The marks as bytes, to stand behind the block in its file. */
  encode(): Uint8Array {
    const bytes = new Uint8Array(this.#marks.length * bytesPerMark);
    const view = new DataView(bytes.buffer);
    for (const [index, { row, offset, checksum }] of this.#marks.entries()) {
      view.setFloat64(index * bytesPerMark, row, true);
      view.setFloat64(index * bytesPerMark + 8, offset, true);
      view.setUint32(index * bytesPerMark + 16, checksum, true);
    }
    return bytes;
  }
}

/** The marks in the bytes that `encode` gave, in order. */
export function decodeMarks(bytes: Uint8Array): readonly RowMark[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / bytesPerMark) }, (_, index) => ({
    row: view.getFloat64(index * bytesPerMark, true),
    offset: view.getFloat64(index * bytesPerMark + 8, true),
    checksum: view.getUint32(index * bytesPerMark + 16, true),
  }));
}

/** The last mark at or before `row`; the block's beginning when there is none. */
export function markBefore(marks: readonly RowMark[], row: number): RowMark {
  return marks.findLast((mark) => mark.row <= row) ?? firstMark;
}
