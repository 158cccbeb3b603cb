import protobuf from "protobufjs/minimal.js";
import { crcStart } from "./crc32c.ts";

/** The first chunk of a pack is small, so that small packs stay small; the next ones are four times as large each. */
const firstChunkBytes = 16 * 1024;
/** Room is made for more than a record needs by no more than this. */
const reserve = 16 * 1024;

/**
 * protobufjs's writer over a list of chunks instead of one growing buffer. Chunks are only ever cut between records,
 * so that a pack is never copied to grow, and the record that is being written can be dropped.
 *
 * protobufjs would replace a buffer that is full. It never is: whoever writes makes room with {@link ensure} first.
 */
export class ChunkedWriter extends protobuf.Writer {
  /** Running state of the record's checksum. */
  crc: number = crcStart;
  /** How many bytes of values were fed to it; fields that are written whole are not counted. */
  fed = 0;
  /** A view of `buf`. */
  data: DataView = emptyView;
  #recordStart = 0;
  #closed: Uint8Array[] = [];
  #closedBytes = 0;
  #nextChunkBytes: number;
  readonly #chunkBytes: number;
  readonly #maxRecordBytes: number;

  constructor(chunkBytes: number, maxRecordBytes: number) {
    super();
    this.#chunkBytes = chunkBytes;
    this.#maxRecordBytes = maxRecordBytes;
    this.#nextChunkBytes = Math.min(firstChunkBytes, chunkBytes);
    this.buf = emptyBytes;
  }

  /** Bytes written since the last {@link takeChunks}. */
  get byteLength(): number {
    return this.#closedBytes + this.pos;
  }

  /** Bytes of the record that is being written. */
  get recordBytes(): number {
    return this.pos - this.#recordStart;
  }

  /** Keeps everything written so far: the next record starts here. */
  keepRecord(): void {
    this.#recordStart = this.pos;
    this.crc = crcStart;
  }

  /** Drops the record that is being written. */
  dropRecord(): void {
    this.pos = this.#recordStart;
    this.crc = crcStart;
  }

  /**
   * Takes whole records from elsewhere, between records of its own. They are copied.
   *
   * @param ends where in `records` each of them ends.
   */
  addRecords(records: Uint8Array, ends: ArrayLike<number>): void {
    let start = 0;
    for (let row = 0; row < ends.length; ) {
      const fitting = rowsWithin(ends, row, start + this.buf.length - this.pos);
      if (fitting === row) {
        this.ensure(ends[row]! - start);
        continue;
      }
      const end = ends[fitting - 1]!;
      this.buf.set(start === 0 && end === records.length ? records : records.subarray(start, end), this.pos);
      this.pos += end - start;
      this.keepRecord();
      start = end;
      row = fitting;
    }
  }

  /** Hands over all chunks. The sink keeps no reference to them. */
  takeChunks(): Uint8Array[] {
    this.#closeChunk();
    const chunks = this.#closed;
    this.#closed = [];
    this.#closedBytes = 0;
    this.#useChunk(emptyBytes);
    return chunks;
  }

  /** Starts small again, after a pack is done. */
  shrink(): void {
    this.#nextChunkBytes = Math.min(firstChunkBytes, this.#chunkBytes);
  }

  /** Makes room for so many bytes. */
  ensure(bytes: number): void {
    if (this.pos + bytes > this.buf.length) this.#roll(bytes);
  }

  /** Closes the chunk before the record that is being written, and takes the record's start along into a new one. */
  #roll(bytes: number): void {
    const written = this.recordBytes;
    if (written + bytes > this.#maxRecordBytes + reserve) throw new RecordTooLarge();
    const record = this.buf.subarray(this.#recordStart, this.pos);
    const grow = this.#recordStart === 0 ? written * 2 : 0;
    this.pos = this.#recordStart;
    this.#closeChunk();
    const next = new Uint8Array(Math.max(this.#nextChunkBytes, grow, written + bytes));
    this.#nextChunkBytes = Math.min(this.#nextChunkBytes * 4, this.#chunkBytes);
    next.set(record);
    this.#useChunk(next);
    this.pos = written;
  }

  #closeChunk(): void {
    if (this.pos === 0) return;
    this.#closed.push(this.buf.subarray(0, this.pos));
    this.#closedBytes += this.pos;
  }

  #useChunk(chunk: Uint8Array): void {
    this.buf = chunk;
    this.data = chunk.length === 0 ? emptyView : new DataView(chunk.buffer);
    this.pos = 0;
    this.#recordStart = 0;
  }
}

/** The first row, from `first` on, that does not end at `limit` or before. */
function rowsWithin(ends: ArrayLike<number>, first: number, limit: number): number {
  let low = first;
  let high = ends.length;
  if (ends[high - 1]! <= limit) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Thrown before a record would take unreasonably much memory. */
export class RecordTooLarge extends Error {}

const emptyBytes: Uint8Array = /*@__PURE__*/ new Uint8Array(0);
const emptyView: DataView = /*@__PURE__*/ new DataView(/*@__PURE__*/ new ArrayBuffer(0));
