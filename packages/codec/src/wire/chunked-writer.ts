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
  /** Memory of full size to be used again. */
  #spare: Uint8Array[] = [];
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

  /** Takes back chunks that nobody uses any more. Only those of full size are worth keeping. */
  recycle(chunks: readonly Uint8Array[]): void {
    for (const { buffer } of chunks) {
      if (buffer.byteLength === this.#chunkBytes) this.#spare.push(new Uint8Array(buffer));
    }
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
    const length = Math.max(this.#nextChunkBytes, grow, written + bytes);
    const next = (length === this.#chunkBytes ? this.#spare.pop() : undefined) ?? new Uint8Array(length);
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

/** Thrown before a record would take unreasonably much memory. */
export class RecordTooLarge extends Error {}

const emptyBytes: Uint8Array = /*@__PURE__*/ new Uint8Array(0);
const emptyView: DataView = /*@__PURE__*/ new DataView(/*@__PURE__*/ new ArrayBuffer(0));
