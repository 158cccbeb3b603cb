import protobuf from "protobufjs/minimal.js";
import { BadBytes } from "./bad-bytes.ts";
import { crcStart, feed1, feed4, feed8, feedBytes } from "./crc32c.ts";

/**
 * Takes the primitives of the record stream off some bytes, and feeds what the stream wants checksummed.
 *
 * It is protobufjs's reader with one change: the bytes may end anywhere, because a stream arrives in pieces. Every
 * `take` method either takes a whole primitive, leaves it in the fields below and returns true; or takes nothing,
 * says in {@link need} how many more bytes it wants at least, and returns false. No method allocates by what a
 * length or count claims.
 */
export class ByteSource extends protobuf.Reader {
  /** Running state of the record's checksum. */
  crc: number = crcStart;
  /** The words of the integer taken last. */
  low = 0;
  high = 0;
  /** The nanoseconds, float, length or count taken last. */
  number = 0;
  /** Where the bytes taken last begin and end in `buf`. */
  start = 0;
  end = 0;
  /** How many bytes more the last `take` that returned false wants at least. */
  need = 0;
  /** Position in the whole stream that the record cannot reach beyond: lengths and counts are held against it. */
  recordEnd = 0;
  #data: DataView;
  /** Position of `buf[0]` in the whole stream. */
  #base = 0;

  constructor() {
    super(new Uint8Array(0));
    this.#data = new DataView(this.buf.buffer);
  }

  /** Goes on in other bytes, the first of which stands at `offset` in the whole stream. */
  load(bytes: Uint8Array, length: number, offset: number): void {
    this.buf = bytes;
    this.pos = 0;
    this.len = length;
    this.need = 0;
    this.#data = new DataView(bytes.buffer, bytes.byteOffset, length);
    this.#base = offset;
  }

  /** Position in the whole stream. */
  get offset(): number {
    return this.#base + this.pos;
  }

  /** An unsigned 64-bit varint, in `low` and `high`. Bits beyond the 64th are an error, superfluous zeros are not. */
  takeVarint(): boolean {
    const buf = this.buf;
    let pos = this.pos;
    if (this.len - pos < 10 && !this.#varintEnds()) return this.#wants(1);
    let byte = buf[pos++]!;
    if (byte < 128) {
      this.pos = pos;
      this.low = byte;
      this.high = 0;
      return true;
    }
    let low = byte & 127;
    for (let shift = 7; shift < 28; shift += 7) {
      byte = buf[pos++]!;
      low |= (byte & 127) << shift;
      if (byte < 128) {
        this.pos = pos;
        this.low = low;
        this.high = 0;
        return true;
      }
    }
    byte = buf[pos++]!;
    low |= (byte & 15) << 28;
    let high = (byte >>> 4) & 7;
    for (let shift = 3; byte > 127; shift += 7) {
      byte = buf[pos++]!;
      if (shift > 24 && byte > 1) throw this.bad("bad-varint", "a varint of at most 64 bits", "a longer one");
      high |= (byte & 127) << shift;
    }
    this.pos = pos;
    this.low = low;
    this.high = high;
    return true;
  }

  /** A signed 64-bit zigzag varint, in `low` and `high`. */
  takeInteger(): boolean {
    if (!this.takeVarint()) return false;
    this.#unzigzag();
    this.crc = feed8(this.crc, this.low, this.high);
    return true;
  }

  /** Seconds in `low` and `high`, nanoseconds in `number`. */
  takeInstant(): boolean {
    const start = this.pos;
    if (!this.takeVarint()) return false;
    this.#unzigzag();
    const { low, high } = this;
    if (!this.takeVarint()) {
      this.pos = start;
      return false;
    }
    const nanos = (this.low >>> 1) ^ -(this.low & 1);
    if (this.high !== 0 || nanos < 0 || nanos > 999_999_999) {
      this.pos = start;
      throw this.bad(
        "bad-nanos",
        "nanoseconds from 0 to 999999999",
        this.high !== 0 ? "more than 32 bits" : `${nanos}`,
      );
    }
    this.crc = feed4(feed8(this.crc, low, high), nanos);
    this.low = low;
    this.high = high;
    this.number = nanos;
    return true;
  }

  /** A float, in `number`. */
  takeFloat(): boolean {
    if (this.len - this.pos < 4) return this.#wants(4 - (this.len - this.pos));
    this.start = this.pos;
    this.number = this.float();
    this.crc = feedBytes(this.crc, this.#data, this.start, this.pos);
    return true;
  }

  /** A double, in `number`. */
  takeDouble(): boolean {
    if (this.len - this.pos < 8) return this.#wants(8 - (this.len - this.pos));
    this.start = this.pos;
    this.number = this.double();
    this.crc = feedBytes(this.crc, this.#data, this.start, this.pos);
    return true;
  }

  /** A byte that is 0 or 1, in `number`, as booleans have it. */
  takeBoolean(): boolean {
    if (!this.takeFlag()) return false;
    this.crc = feed1(this.crc, this.number);
    return true;
  }

  /** A byte that is 0 or 1, in `number`, without feeding it: the null flag of nested values. */
  takeFlag(): boolean {
    if (this.pos === this.len) return this.#wants(1);
    const byte = this.buf[this.pos]!;
    if (byte > 1) throw this.bad("bad-flag", "a byte that is 0 or 1", `${byte}`);
    this.number = byte;
    this.pos++;
    return true;
  }

  /** How many elements follow, in `number`. Each takes a byte at least, which bounds it. */
  takeCount(): boolean {
    const start = this.pos;
    if (!this.takeVarint()) return false;
    const room = this.recordEnd - this.offset;
    if (this.high !== 0 || this.low >>> 0 > room) {
      this.pos = start;
      throw this.bad("bad-count", `a count of at most ${room}`, this.#unsigned());
    }
    this.number = this.low;
    return true;
  }

  /** Bytes behind their length, from `start` to `end`. */
  takeBytes(maxBytes: number): boolean {
    const from = this.pos;
    if (!this.takeVarint()) return false;
    const length = this.low >>> 0;
    const room = this.recordEnd - this.offset;
    if (this.high !== 0 || length > room) {
      this.pos = from;
      throw this.bad("bad-length", `a length of at most ${room}`, this.#unsigned());
    }
    if (length > maxBytes) {
      this.pos = from;
      throw this.bad("field-too-large", `at most ${maxBytes} bytes`, `${length}`);
    }
    if (this.#takeRaw(length)) return true;
    this.pos = from;
    return false;
  }

  /** So many elements of so many bytes behind their number, from `start` to `end`. */
  takeVector(dimension: number, elementBytes: number): boolean {
    const from = this.pos;
    if (!this.takeVarint()) return false;
    if (this.high !== 0 || this.low !== dimension) {
      this.pos = from;
      throw this.bad("bad-count", `${dimension} elements`, this.#unsigned());
    }
    if (this.#takeRaw(dimension * elementBytes)) return true;
    this.pos = from;
    return false;
  }

  /**
   * A checksum, in `number`, as an unsigned 32-bit number. PyODPS's compiled writer sends those of 2^31 and more
   * sign-extended to 64 bits.
   */
  takeChecksum(): boolean {
    if (!this.takeVarint()) return false;
    const isSignExtended = this.high === -1 && this.low < 0;
    if (this.high !== 0 && !isSignExtended) {
      throw this.bad("bad-varint", "a checksum of 32 bits", "more bits");
    }
    this.number = this.low >>> 0;
    return true;
  }

  /** Text taken by {@link takeBytes}; undefined when it is not UTF-8. */
  text(): string | undefined {
    try {
      return protobuf.util.utf8.readStrict(this.buf, this.start, this.end);
    } catch {
      return undefined;
    }
  }

  /** A copy of the bytes taken by {@link takeBytes}. */
  copy(): Uint8Array {
    // Not `slice`: a Node Buffer's is a view.
    return new Uint8Array(this.buf.subarray(this.start, this.end));
  }

  bad(code: BadBytes["code"], expected: string, found: string): BadBytes {
    return new BadBytes(code, expected, found, this.offset);
  }

  #takeRaw(length: number): boolean {
    const rest = this.len - this.pos;
    if (rest < length) return this.#wants(length - rest);
    this.start = this.pos;
    this.end = this.pos += length;
    this.crc = feedBytes(this.crc, this.#data, this.start, this.end);
    return true;
  }

  #unzigzag(): void {
    const { low, high } = this;
    const sign = -(low & 1);
    this.low = ((low >>> 1) | (high << 31)) ^ sign;
    this.high = (high >>> 1) ^ sign;
  }

  #varintEnds(): boolean {
    for (let at = this.pos; at < this.len; at++) if (this.buf[at]! < 128) return true;
    return false;
  }

  #unsigned(): string {
    return String((this.high >>> 0) * 2 ** 32 + (this.low >>> 0));
  }

  #wants(bytes: number): false {
    this.need = bytes;
    return false;
  }
}
