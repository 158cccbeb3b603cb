import protobuf from "protobufjs/minimal.js";
import { ChunkedWriter } from "./chunked-writer.ts";
import { crcValue, feed1, feed4, feed8, feed12, feedBytes } from "./crc32c.ts";
import { writeUtf8 } from "./utf8.ts";

/** Up to so many UTF-16 units a loop over ASCII is quicker than a call to the platform's encoder. */
const asciiText = 64;
/** The same for other text. It takes less than 128 bytes, so that the length before it is one byte. */
const shortText = 40;
/** Up to so many units text is encoded aside, and its length then known. */
const mediumText = 4096;

const canonicalNan = { float: 0x7fc00000, doubleHigh: 0x7ff80000 } as const;

/**
 * Writes the protobuf primitives of the record stream, and feeds what the stream wants checksummed: the values, not
 * their bytes on the wire.
 *
 * Text and 64-bit integers have writes of their own beside protobufjs's, which hand their bytes and words to the
 * checksum (protobufjs would also write any `bigint` as zero). Every write makes its own room except {@link tag}.
 */
export class ByteSink extends ChunkedWriter {
  /** A whole field of an integer type: its tag, the integer in two words, and the checksum of both. */
  integerField(tag: number, number: number, low: number, high: number): void {
    this.ensure(15);
    this.tag(tag);
    this.pos = putZigzag64(this.buf, this.pos, low, high);
    this.crc = feed12(this.crc, number, low, high);
  }

  /** A whole field of type double. Any NaN is written as the canonical quiet one. */
  doubleField(tag: number, number: number, value: number): void {
    this.ensure(13);
    this.tag(tag);
    const data = this.data;
    const pos = this.pos;
    putDouble(data, pos, value);
    this.crc = feed12(this.crc, number, data.getInt32(pos, true), data.getInt32(pos + 4, true));
    this.pos = pos + 8;
  }

  /** Ends a record with its checksum, and gives that. */
  endRecord(tag: number): number {
    const crc = crcValue(this.crc);
    this.ensure(10);
    this.tag(tag);
    this.uint32(crc);
    return crc;
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
    this.pos = putZigzag64(this.buf, this.pos, low, high);
  }

  /** A 64-bit integer in two words. */
  integer(low: number, high: number): void {
    this.zigzag64(low, high);
    this.crc = feed8(this.crc, low, high);
    this.fed += 8;
  }

  /** Seconds in two words, then nanoseconds: two varints, checksummed as 8 and 4 bytes. */
  instant(low: number, high: number, nanos: number): void {
    this.integer(low, high);
    this.ensure(5);
    this.sint32(nanos);
    this.crc = feed4(this.crc, nanos);
    this.fed += 4;
  }

  boolean(value: boolean): void {
    this.ensure(1);
    const byte = value ? 1 : 0;
    this.buf[this.pos++] = byte;
    this.crc = feed1(this.crc, byte);
    this.fed += 1;
  }

  /** Any NaN is written as the canonical quiet one. */
  float32(value: number): void {
    this.ensure(4);
    const data = this.data;
    const pos = this.pos;
    if (Number.isNaN(value)) data.setInt32(pos, canonicalNan.float, true);
    else data.setFloat32(pos, value, true);
    this.crc = feed4(this.crc, data.getInt32(pos, true));
    this.fed += 4;
    this.pos = pos + 4;
  }

  /** Any NaN is written as the canonical quiet one. */
  float64(value: number): void {
    this.ensure(8);
    const data = this.data;
    const pos = this.pos;
    putDouble(data, pos, value);
    this.crc = feed8(this.crc, data.getInt32(pos, true), data.getInt32(pos + 4, true));
    this.fed += 8;
    this.pos = pos + 8;
  }

  /** Bytes with their length before them. Only the bytes are checksummed. */
  lengthAndBytes(value: Uint8Array): void {
    this.ensure(value.length + 5);
    this.uint32(value.length);
    this.raw(value);
    this.crc = feedBytes(this.crc, this.data, this.pos - value.length, this.pos);
    this.fed += value.length;
  }

  /**
   * Text as UTF-8 with its length before it. Only the bytes are checksummed.
   *
   * @returns the number of bytes of text, or -1 when it has a lone surrogate; what was written is then of no use.
   */
  lengthAndText(value: string): number {
    const units = value.length;
    if (units > asciiText) return units > mediumText ? this.#longText(value) : this.#mediumText(value);
    this.ensure(1 + units * 3);
    const buf = this.buf;
    const start = this.pos + 1;
    for (let at = 0; at < units; at++) {
      const unit = value.charCodeAt(at);
      if (unit > 127) return units > shortText ? this.#mediumText(value) : this.#shortText(value, at);
      buf[start + at] = unit;
    }
    buf[start - 1] = units;
    this.crc = feedBytes(this.crc, this.data, start, start + units);
    this.fed += units;
    this.pos = start + units;
    return units;
  }

  /** A short text that is ASCII up to a unit, and so far written. */
  #shortText(value: string, from: number): number {
    const start = this.pos + 1;
    const end = writeUtf8(value, from, this.buf, start + from);
    if (end < 0) return -1;
    this.buf[start - 1] = end - start;
    this.crc = feedBytes(this.crc, this.data, start, end);
    this.fed += end - start;
    this.pos = end;
    return end - start;
  }

  /** Encoded aside, because the length comes first; copied and checksummed in one go. */
  #mediumText(value: string): number {
    const bytes = textEncoder.encodeInto(value, aside).written;
    if (bytes !== value.length && !value.isWellFormed()) return -1;
    // A little more, because the copy goes in steps of eight bytes.
    this.ensure(bytes + 16);
    if (bytes < 128) this.buf[this.pos++] = bytes;
    else this.uint32(bytes);
    const data = this.data;
    const start = this.pos;
    let crc = this.crc;
    let at = 0;
    for (; at < bytes; at += 8) {
      const low = asideView.getInt32(at, true);
      const high = asideView.getInt32(at + 4, true);
      data.setInt32(start + at, low, true);
      data.setInt32(start + at + 4, high, true);
      if (at <= bytes - 8) crc = feed8(crc, low, high);
    }
    this.crc = feedBytes(crc, data, start + (bytes & ~7), start + bytes);
    this.fed += bytes;
    this.pos = start + bytes;
    return bytes;
  }

  #longText(value: string): number {
    if (!value.isWellFormed()) return -1;
    const bytes = protobuf.util.utf8.length(value);
    this.ensure(bytes + 5);
    this.uint32(bytes);
    textEncoder.encodeInto(value, this.buf.subarray(this.pos));
    this.crc = feedBytes(this.crc, this.data, this.pos, this.pos + bytes);
    this.fed += bytes;
    this.pos += bytes;
    return bytes;
  }
}

const textEncoder: TextEncoder = /*@__PURE__*/ new TextEncoder();

/** Where medium text is encoded before its length is known; used within one call only. */
const aside: Uint8Array = /*@__PURE__*/ new Uint8Array(mediumText * 3 + 8);
const asideView: DataView = /*@__PURE__*/ new DataView(aside.buffer);

function putZigzag64(buf: Uint8Array, start: number, low: number, high: number): number {
  const sign = high >> 31;
  let lo = ((low << 1) ^ sign) >>> 0;
  let hi = (((high << 1) | (low >>> 31)) ^ sign) >>> 0;
  let pos = start;
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
  return pos + 1;
}

function putDouble(data: DataView, pos: number, value: number): void {
  if (!Number.isNaN(value)) {
    data.setFloat64(pos, value, true);
  } else {
    data.setInt32(pos, 0, true);
    data.setInt32(pos + 4, canonicalNan.doubleHigh, true);
  }
}
