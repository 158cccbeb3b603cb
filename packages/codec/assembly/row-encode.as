// Rows on a value tape -> the records of a pack.
//
// The tape has one 64-bit slot a value (two for an instant), row after row. Text lies elsewhere, column by column, in
// the order of the rows; raw bytes in one heap for all columns, in the order of the slots.

import { feed4 } from "./crc-feeds";
import { results } from "./layout";
import { beginRows, checked, encodeFields, endTag } from "./row-fields";
import { putVarint } from "./varint";

/**
 * Encodes and checksums rows.
 *
 * @param columns per column two words: op, and where its text begins (which moves on).
 * @param bytes the raw bytes.
 * @param out room for the records and 64 bytes more.
 * @param ends takes a word for each row: where in the output it ends.
 * @param packState running state of the checksum of checksums; the new one is left in results[0].
 * @returns how many bytes were written.
 */
export function encodeRows(
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
  for (let row: u32 = 0; row < rowCount; row++) {
    at = encodeFields(columns, columnCount, at, 0xffffffff, false);
    const checksum = ~checked;
    store<u32>(at, endTag);
    at = putVarint(at + 4, checksum);
    packState = feed4(packState, checksum);
    store<u32>(ends + (<usize>row << 2), <u32>(at - out));
  }
  store<u32>(results, packState);
  return <u32>(at - out);
}
