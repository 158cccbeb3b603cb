// One row's values on the tape -> the fields of a record. See row-encode.as for the tape.

import { feed4, feedNumber32, feedNumber64, feedNumberAndByte, feedNumberAndBytes, feedZeros } from "./crc-feeds";
import { byBytes, foldBytes } from "./crc-fold";
import { lay4, layNumber32, layNumber64, layNumberAndByte, layNumberAndBytes } from "./crc-lanes";
import { bytesOfUnits, copyText, isAscii } from "./text";
import { putSmall, putVarint, zigzag } from "./varint";

// What a column's slots hold.
/** A whole number and {@link wholeMark} as a double. */
// @ts-ignore
@inline const opWhole: u32 = 0;
/** A 64-bit integer; the smallest one means NULL. */
// @ts-ignore
@inline const opInt64: u32 = 1;
// @ts-ignore
@inline const opDouble: u32 = 2;
/** A double whose lower word is a number of UTF-16 units of text, or of raw bytes with the top bit set. All text is ASCII. */
// @ts-ignore
@inline const opAscii: u32 = 3;
/** The same, when there is other text. */
// @ts-ignore
@inline const opText: u32 = 4;
// @ts-ignore
@inline const opBoolean: u32 = 5;
// @ts-ignore
@inline const opFloat: u32 = 6;
/** Two slots: seconds as a 64-bit integer, nanoseconds as a whole number. */
// @ts-ignore
@inline const opInstant: u32 = 7;
/**
 * A number of raw bytes, as above: how many bytes are checksummed of the value and what they make of a state of 0 (words), then
 * the value as it is sent.
 */
// @ts-ignore
@inline const opEncoded: u32 = 8;

/** NULL where a slot holds a double: a NaN that no value is stored as. */
// @ts-ignore
@inline const nullDouble: u64 = 0x7ff8dead00000000;

/** 2^52 + 2^51: the lower bits of its sum with a whole number are that number. */
// @ts-ignore
@inline const wholeMark: u64 = 0x4338000000000000;

/** The tag that ends a record. */
// @ts-ignore
@inline export const endTag: u32 = 0x7fffc080;

/** Where the next row's slots and raw bytes begin. */
export let nextSlot: usize = 0;
export let nextRaw: usize = 0;

/** Sets {@link nextSlot} and {@link nextRaw}. */
export function beginRows(slots: usize, raw: usize): void {
  nextSlot = slots;
  nextRaw = raw;
}

/** What has become of the state that {@link encodeFields} was given. */
export let checked: u32 = 0;

/**
 * Encodes the fields of the next row.
 *
 * @param columns per column two words: op, and where its text begins (which moves on).
 * @param state running state of the row's checksum; in lanes, where to write what is checksummed of it.
 * @param inLanes a constant: there is one function for each, by a compiler's work. Values that are encoded already are
 * not for lanes.
 * @returns where the record is to go on.
 */
// @ts-ignore
@inline
export function encodeFields(columns: usize, columnCount: u32, at: usize, state: u32, inLanes: bool): usize {
  let slot = nextSlot;
  let bytes = nextRaw;
  let column = columns;
  let field: u32 = 0;
  while (field < columnCount) {
    field++;
    const op = load<u32>(column);
    const bits = load<u64>(slot);
    slot += 8;
    if (op == opInt64) {
      if (bits != 0x8000000000000000) {
        state = inLanes ? layNumber64(state, field, bits) : feedNumber64(state, field, bits);
        at = putVarint(putSmall(at, field << 3), zigzag(<i64>bits));
      }
    } else if (op == opInstant) {
      const second = load<u64>(slot);
      slot += 8;
      if (second != nullDouble) {
        const nanos = <u32>second;
        state = inLanes ? lay4(layNumber64(state, field, bits), nanos) : feed4(feedNumber64(state, field, bits), nanos);
        at = putVarint(putVarint(putSmall(at, (field << 3) | 2), zigzag(<i64>bits)), zigzag(nanos));
      }
    } else if (bits != nullDouble) {
      switch (op) {
        case opWhole: {
          const whole = bits - wholeMark;
          state = inLanes ? layNumber64(state, field, whole) : feedNumber64(state, field, whole);
          at = putVarint(putSmall(at, field << 3), zigzag(<i64>whole));
          break;
        }
        case opDouble: {
          state = inLanes ? layNumber64(state, field, bits) : feedNumber64(state, field, bits);
          at = putSmall(at, (field << 3) | 1);
          store<u64>(at, bits);
          at += 8;
          break;
        }
        case opBoolean: {
          const flag: u32 = bits != 0 ? 1 : 0;
          state = inLanes ? layNumberAndByte(state, field, flag) : feedNumberAndByte(state, field, flag);
          at = putSmall(at, field << 3);
          store<u8>(at, flag);
          at++;
          break;
        }
        case opFloat: {
          const value = reinterpret<f64>(bits);
          const float = value == value ? reinterpret<u32>(<f32>value) : 0x7fc00000;
          state = inLanes ? layNumber32(state, field, float) : feedNumber32(state, field, float);
          at = putSmall(at, (field << 3) | 5);
          store<u32>(at, float);
          at += 4;
          break;
        }
        case opEncoded: {
          const length = (<u32>bits & 0x7fffffff) - 8;
          state = feedZeros(feed4(state, field), load<u32>(bytes)) ^ load<u32>(bytes, 4);
          at = putSmall(at, (field << 3) | 2);
          copyText(at, bytes + 8, length);
          at += length;
          bytes += length + 8;
          break;
        }
        default: {
          let source: usize;
          let length = <u32>bits & 0x7fffffff;
          if (<i32>bits >= 0) {
            source = <usize>load<u32>(column, 4);
            if (op == opText && !isAscii(source, length)) length = bytesOfUnits(source, length);
            store<u32>(column, <u32>source + length, 4);
          } else {
            source = bytes;
            bytes += length;
          }
          at = putSmall(putSmall(at, (field << 3) | 2), length);
          copyText(at, source, length);
          if (inLanes) state = layNumberAndBytes(state, field, source, length);
          else if (length < byBytes) state = feedNumberAndBytes(state, field, source, length);
          else state = foldBytes(feed4(state, field), source, length);
          at += length;
        }
      }
    }
    column += 8;
  }
  nextSlot = slot;
  nextRaw = bytes;
  checked = state;
  return at;
}
