// Columns -> the records of a pack.

import { feed4, feedNumber64, feedNumberAndByte, feedNumberAndBytes } from "../crc-feeds";
import { byBytes, foldBytes } from "../crc-fold";
import { results } from "../layout";
import { copyText } from "../text";
import { putSmall, putVarint, zigzag } from "../varint";
import {
  bitAt,
  firstBitOf,
  firstOf,
  isRequired,
  isValid,
  maxOf,
  minOf,
  nodeBytes,
  offsetsOf,
  opBoolean,
  opBytes,
  opDouble,
  opIndex,
  opInt64,
  opNull,
  opOf,
  opWhole,
  sizeOf,
  tagOf,
  valuesOf,
} from "./node";
import { exact, wholeAt } from "./numbers";
import { isFull, isThere, markFull, putValue, setState, startValues, state as valueState } from "./values";

/** Most bytes of a column that are not held against the output's limit: its tag, and a number or two. */
// @ts-ignore
@inline const columnRoom: usize = 32;

/**
 * Encodes and checksums rows, up to the first that is not the common case: the host knows what is wrong with it, if
 * anything is.
 *
 * @param nodes the columns' nodes behind one another, those of their insides elsewhere.
 * @param out room for `outBytes`.
 * @param ends takes a word for each row: where in the output it ends.
 * @param packState running state of the checksum of checksums.
 * @returns how many rows were encoded. Left in results: [0] the new running state, [1] the length of the output,
 *   [2] 1 when the output is full.
 */
export function encodeColumns(
  nodes: usize,
  columnCount: u32,
  from: u32,
  to: u32,
  out: usize,
  outBytes: u32,
  ends: usize,
  packState: u32,
  maxFieldBytes: u32,
  maxRecordBytes: u32,
): u32 {
  const limit = out + <usize>outBytes - <usize>columnCount * columnRoom - 64;
  startValues(limit, maxFieldBytes);
  let at = out;
  let row = from;
  let fullAt = false;
  for (; row < to; row++) {
    if (at > limit) {
      fullAt = true;
      break;
    }
    const end = putRecord(nodes, columnCount, row, at, limit, maxFieldBytes);
    if (!end || <u32>(end - at) > maxRecordBytes) {
      fullAt = !end && isFull;
      break;
    }
    packState = feed4(packState, recordCrc);
    at = end;
    store<u32>(ends, <u32>(at - out));
    ends += 4;
  }
  store<u32>(results, packState);
  store<u32>(results, <u32>(at - out), 4);
  store<u32>(results, fullAt ? 1 : 0, 8);
  return row - from;
}

/** Checksum of the record written last. */
let recordCrc: u32 = 0;

/** Where the record ends; 0 when it was not taken, or there was no room. */
// @ts-ignore
@inline
function putRecord(nodes: usize, columnCount: u32, row: u32, start: usize, limit: usize, maxFieldBytes: u32): usize {
  let at = start;
  let state: u32 = 0xffffffff;
  let node = nodes;
  // Columns whose values go in as they are take the short way; their field number is checksummed along with them.
  for (let field: u32 = 1; field <= columnCount; field++, node += nodeBytes) {
    const op = opOf(node);
    if (op == opNull || !isValid(node, row)) {
      if (isRequired(node)) return 0;
      continue;
    }
    switch (op) {
      case opInt64: {
        const value = load<i64>(valuesOf(node) + (<usize>row << 3));
        if (value < minOf(node) || value > maxOf(node)) return 0;
        state = feedNumber64(state, field, <u64>value);
        at = putVarint(putSmall(at, field << 3), zigzag(value));
        break;
      }
      case opWhole: {
        const value = wholeAt(node, row);
        if (!exact || value < minOf(node) || value > maxOf(node)) return 0;
        state = feedNumber64(state, field, <u64>value);
        at = putVarint(putSmall(at, field << 3), zigzag(value));
        break;
      }
      case opDouble: {
        const value = load<f64>(valuesOf(node) + (<usize>row << 3));
        const bits: u64 = value == value ? reinterpret<u64>(value) : 0x7ff8000000000000;
        state = feedNumber64(state, field, bits);
        at = putSmall(at, (field << 3) | 1);
        store<u64>(at, bits);
        at += 8;
        break;
      }
      case opBoolean: {
        const flag: u32 = bitAt(valuesOf(node), firstBitOf(node) + row) ? 1 : 0;
        state = feedNumberAndByte(state, field, flag);
        at = putSmall(at, field << 3);
        store<u8>(at, flag);
        at++;
        break;
      }
      case opBytes: {
        const offset = <usize>offsetsOf(node) + (<usize>row << 2);
        const start = load<u32>(offset) - <u32>firstOf(node);
        const end = load<u32>(offset, 4) - <u32>firstOf(node);
        const length = end - start;
        if (start > end || end > sizeOf(node) || length > maxFieldBytes) return 0;
        if (at + length > limit) {
          markFull();
          return 0;
        }
        const from = valuesOf(node) + start;
        at = putSmall(putSmall(at, (field << 3) | 2), length);
        copyText(at, from, length);
        state =
          length < byBytes
            ? feedNumberAndBytes(state, field, from, length)
            : foldBytes(feed4(state, field), from, length);
        at += length;
        break;
      }
      default: {
        if (op == opIndex && !isThere(node, row)) {
          if (isRequired(node)) return 0;
          break;
        }
        setState(feed4(state, field));
        at = putValue(node, row, putSmall(at, tagOf(node)));
        if (!at) return 0;
        state = valueState;
      }
    }
  }
  state = ~state;
  recordCrc = state;
  // The tag that ends a record.
  store<u32>(at, 0x7fffc080);
  return putVarint(at + 4, state);
}
