// Rows on a value tape -> the records of a pack, sixteen at a time. See row-encode.as for the tape.

import { feed4 } from "./crc-feeds";
import { beginLane, checksumLanes, endLane, laneChecksum, lanes } from "./crc-lanes";
import { results } from "./layout";
import { beginRows, checked, encodeFields, endTag } from "./row-fields";

/** By lane: where its record begins, and where its checksum is to be. */
const starts: usize = memory.data(64, 16);
const checks: usize = memory.data(64, 16);

/**
 * As encodeRows in row-encode.as, in about five sixths of the time. No value may be encoded already, and no row have more to
 * be checksummed than a lane holds.
 */
export function encodeRowsInLanes(
  columns: usize,
  columnCount: u32,
  slots: usize,
  rowCount: u32,
  bytes: usize,
  out: usize,
  ends: usize,
  packState: u32,
): u32 {
  let at = out;
  beginRows(slots, bytes);
  for (let row: u32 = 0; row < rowCount; row += lanes) {
    const count = min(lanes, rowCount - row);
    for (let lane: u32 = 0; lane < count; lane++) {
      store<u32>(starts + (<usize>lane << 2), <u32>at);
      at = encodeFields(columns, columnCount, at, beginLane(lane), true);
      endLane(lane, checked);
      store<u32>(at, endTag);
      at += 4;
      store<u32>(checks + (<usize>lane << 2), <u32>at);
      // The longest that a checksum takes.
      at += 5;
    }
    checksumLanes(count);
    // Few take less, but then all records behind move up.
    at = <usize>load<u32>(starts);
    for (let lane: u32 = 0; lane < count; lane++) {
      const start = <usize>load<u32>(starts + (<usize>lane << 2));
      const check = <usize>load<u32>(checks + (<usize>lane << 2));
      if (start != at) moveUp(at, start, check - start);
      const checksum = laneChecksum(lane);
      at = putChecksum(at + (check - start), checksum);
      packState = feed4(packState, checksum);
      store<u32>(ends + (<usize>(row + lane) << 2), <u32>(at - out));
    }
  }
  store<u32>(results, packState);
  return <u32>(at - out);
}

/** Writes a checksum as a varint, in the five bytes that are left for it. */
// @ts-ignore
@inline
function putChecksum(at: usize, value: u32): usize {
  const spread =
    (value & 0x7f) | ((value & 0x3f80) << 1) | ((value & 0x1fc000) << 2) | ((value & 0xfe00000) << 3);
  if (value >>> 28) {
    store<u32>(at, spread | 0x80808080);
    store<u8>(at, value >>> 28, 4);
    return at + 5;
  }
  const bytes: usize = value >>> 21 ? 4 : value >>> 14 ? 3 : value >>> 7 ? 2 : 1;
  store<u32>(at, spread | (0x00808080 >>> ((4 - <u32>bytes) << 3)));
  return at + bytes;
}

/** Moves bytes towards the front; touches nothing behind them. */
function moveUp(to: usize, from: usize, length: usize): void {
  if (length < 16) {
    for (let at: usize = 0; at < length; at++) store<u8>(to + at, load<u8>(from + at));
    return;
  }
  const last = v128.load(from + length - 16);
  for (let at: usize = 0; at + 16 <= length; at += 16) v128.store(to + at, v128.load(from + at));
  v128.store(to + length - 16, last);
}
