/** A place in a block where a record begins. */
export interface RowMark {
  /** Records before it. */
  readonly row: number;
  /** Bytes before it. */
  readonly offset: number;
}

/** A block keeps at most this many marks, however large it is. */
const maxMarks = 4096;
const bytesPerMark = 16;
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

  /** Notes that `row` records end at `offset`. */
  note(row: number, offset: number): void {
    if (offset - this.#lastOffset < this.#strideBytes) {
      return;
    }
    this.#marks.push({ row, offset });
    this.#lastOffset = offset;
    if (this.#marks.length > maxMarks) {
      this.#marks = this.#marks.filter((_, index) => index % 2 === 1);
      this.#strideBytes *= 2;
    }
  }

  /** The marks as bytes, to stand behind the block in its file. */
  encode(): Uint8Array {
    const bytes = new Uint8Array(this.#marks.length * bytesPerMark);
    const view = new DataView(bytes.buffer);
    for (const [index, { row, offset }] of this.#marks.entries()) {
      view.setFloat64(index * bytesPerMark, row, true);
      view.setFloat64(index * bytesPerMark + 8, offset, true);
    }
    return bytes;
  }
}

/** The last mark at or before `row` among encoded marks; the block's beginning when there is none. */
export function nearestMark(encoded: Uint8Array, row: number): RowMark {
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const rowAt = (index: number): number => view.getFloat64(index * bytesPerMark, true);
  let low = 0;
  let high = Math.floor(encoded.length / bytesPerMark);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rowAt(middle) <= row) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low === 0
    ? { row: 0, offset: 0 }
    : { row: rowAt(low - 1), offset: view.getFloat64((low - 1) * bytesPerMark + 8, true) };
}
