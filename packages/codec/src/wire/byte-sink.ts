import protobuf from "protobufjs/minimal.js";
import { crcStart, feed1, feed4, feed8, feedBytes } from "./crc32c.ts";
import { writeUtf8 } from "./utf8.ts";

/** The first chunk of a pack is small, so that small packs stay small; the next ones are four times as large each. */
const firstChunkBytes = 16 * 1024;
/**
 * Up to so many UTF-16 units a loop over them is quicker than a call to the platform's encoder. They take no more
 * than 127 bytes, so that the length before them is one byte.
 */
const shortText = 40;
/** Up to so many units text is encoded aside, and its length then known. */
const mediumText = 4096;

/** Room is made for more than a record needs by no more than this. */
const reserve = 3 * mediumText + 64;

const canonicalNan = { float: 0x7fc00000, doubleHigh: 0x7ff80000 } as const;

/**
 * Writes the protobuf primitives of the record stream into chunks, and feeds what the stream wants checksummed: the
 * values, not their bytes on the wire.
 *
 * It is protobufjs's writer with three changes. Its buffer is a list of chunks that are only ever cut between
 * records, so that a pack is never copied to grow. It can go back to the start of the record. And it has its own
 * text and 64-bit writes, which hand their bytes and words to the checksum (protobufjs would also write any `bigint`
 * as zero).
 */
export class ByteSink extends protobuf.Writer {
  /** Running state of the record's checksum. */
  crc: number = crcStart;
  #data: DataView = emptyView;
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

  /** Makes room for so many bytes. Every write does it itself except {@link tag}. */
  ensure(bytes: number): void {
    if (this.pos + bytes > this.buf.length) this.#roll(bytes);
  }

  /** A field's tag, at most 5 bytes, for which the caller has made room. */
  tag(tag: number): void {
    if (tag < 128) this.buf[this.pos++] = tag;
    else this.uint32(tag);
  }

  /** A count or length. Not checksummed. */
  count(value: number): void {
    this.ensure(5);
    if (value < 128) this.buf[this.pos++] = value;
    else this.uint32(value);
  }

  /** The byte before each nested value: 1 for NULL. Not checksummed. */
  nullFlag(isNull: boolean): void {
    this.ensure(1);
    this.buf[this.pos++] = isNull ? 1 : 0;
  }

  /** A 64-bit integer in two words, zigzag, without its checksum. */
  zigzag64(low: number, high: number): void {
    this.ensure(10);
    const sign = high >> 31;
    let lo = ((low << 1) ^ sign) >>> 0;
    let hi = (((high << 1) | (low >>> 31)) ^ sign) >>> 0;
    const buf = this.buf;
    let pos = this.pos;
    while (hi !== 0) {
      buf[pos++] = (lo & 127) | 128;
      lo = ((lo >>> 7) | (hi << 25)) >>> 0;
      hi >>>= 7;
    }
    while (lo > 127) {
      buf[pos++] = (lo & 127) | 128;
      lo >>>= 7;
    }
    buf[pos] = lo;
    this.pos = pos + 1;
  }

  /** A 64-bit integer in two words. */
  integer(low: number, high: number): void {
    this.zigzag64(low, high);
    this.crc = feed8(this.crc, low, high);
  }

  /** Seconds in two words, then nanoseconds: two varints, checksummed as 8 and 4 bytes. */
  instant(low: number, high: number, nanos: number): void {
    this.integer(low, high);
    this.ensure(5);
    this.sint32(nanos);
    this.crc = feed4(this.crc, nanos);
  }

  boolean(value: boolean): void {
    this.ensure(1);
    const byte = value ? 1 : 0;
    this.buf[this.pos++] = byte;
    this.crc = feed1(this.crc, byte);
  }

  /** Any NaN is written as the canonical quiet one. */
  float32(value: number): void {
    this.ensure(4);
    const data = this.#data;
    const pos = this.pos;
    if (Number.isNaN(value)) data.setInt32(pos, canonicalNan.float, true);
    else data.setFloat32(pos, value, true);
    this.crc = feed4(this.crc, data.getInt32(pos, true));
    this.pos = pos + 4;
  }

  /** Any NaN is written as the canonical quiet one. */
  float64(value: number): void {
    this.ensure(8);
    const data = this.#data;
    const pos = this.pos;
    if (Number.isNaN(value)) {
      data.setInt32(pos, 0, true);
      data.setInt32(pos + 4, canonicalNan.doubleHigh, true);
    } else {
      data.setFloat64(pos, value, true);
    }
    this.crc = feed8(this.crc, data.getInt32(pos, true), data.getInt32(pos + 4, true));
    this.pos = pos + 8;
  }

  /** Bytes with their length before them. Only the bytes are checksummed. */
  lengthAndBytes(value: Uint8Array): void {
    this.ensure(value.length + 5);
    this.uint32(value.length);
    this.raw(value);
    this.crc = feedBytes(this.crc, this.#data, this.pos - value.length, this.pos);
  }

  /**
   * Text as UTF-8 with its length before it. Only the bytes are checksummed.
   *
   * @returns the number of bytes of text, or -1 when it has a lone surrogate; what was written is then of no use.
   */
  lengthAndText(value: string): number {
    const units = value.length;
    if (units > shortText) return units > mediumText ? this.#longText(value) : this.#mediumText(value);
    this.ensure(1 + units * 3);
    const buf = this.buf;
    const start = this.pos + 1;
    for (let at = 0; at < units; at++) {
      const unit = value.charCodeAt(at);
      if (unit > 127) return this.#shortText(value, at);
      buf[start + at] = unit;
    }
    buf[start - 1] = units;
    this.crc = feedBytes(this.crc, this.#data, start, start + units);
    this.pos = start + units;
    return units;
  }

  /** A short text that is ASCII up to a unit, and so far written. */
  #shortText(value: string, from: number): number {
    const start = this.pos + 1;
    const end = writeUtf8(value, from, this.buf, start + from);
    if (end < 0) return -1;
    this.buf[start - 1] = end - start;
    this.crc = feedBytes(this.crc, this.#data, start, end);
    this.pos = end;
    return end - start;
  }

  #mediumText(value: string): number {
    const bytes = textEncoder.encodeInto(value, aside).written;
    if (bytes !== value.length && !value.isWellFormed()) return -1;
    // A little more, because the copy below goes in steps of eight bytes.
    this.ensure(bytes + 16);
    this.uint32(bytes);
    const data = this.#data;
    const start = this.pos;
    if (bytes > wordCopy) this.buf.set(aside.subarray(0, bytes), start);
    else
      for (let at = 0; at < bytes; at += 8)
        data.setBigInt64(start + at, asideView.getBigInt64(at, true), true);
    this.crc = feedBytes(this.crc, data, start, start + bytes);
    this.pos = start + bytes;
    return bytes;
  }

  #longText(value: string): number {
    if (!value.isWellFormed()) return -1;
    const bytes = protobuf.util.utf8.length(value);
    this.ensure(bytes + 5);
    this.uint32(bytes);
    textEncoder.encodeInto(value, this.buf.subarray(this.pos));
    this.crc = feedBytes(this.crc, this.#data, this.pos, this.pos + bytes);
    this.pos += bytes;
    return bytes;
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
    this.#data = chunk.length === 0 ? emptyView : new DataView(chunk.buffer);
    this.pos = 0;
    this.#recordStart = 0;
  }
}

/** Thrown before a record would take unreasonably much memory. */
export class RecordTooLarge extends Error {}

const emptyBytes: Uint8Array = /*@__PURE__*/ new Uint8Array(0);
const emptyView: DataView = /*@__PURE__*/ new DataView(/*@__PURE__*/ new ArrayBuffer(0));
const textEncoder: TextEncoder = /*@__PURE__*/ new TextEncoder();

/** Where medium text is encoded before its length is known; used within one call only. */
const aside: Uint8Array = /*@__PURE__*/ new Uint8Array(mediumText * 3 + 8);
const asideView: DataView = /*@__PURE__*/ new DataView(aside.buffer);
/** Up to so many bytes a loop copies quicker than a call. */
const wordCopy = 256;
