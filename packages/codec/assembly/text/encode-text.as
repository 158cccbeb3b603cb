// Indexed text -> the records of a pack.
//
// A field that is not plain is handed to the host, which writes it or says that it cannot. A record with anything odd
// about it ends the run: the host takes it alone, and comes back for the next.

import { feed4 } from "../crc-feeds";
import { results } from "../layout";
import { fieldCount, isOrdered, maxRecordBytes, roomPerRecord, skipsBlank } from "./columns";
import { endsRecord, lineEnd, position, recordEndLength } from "./dialect";
import { checksum, endsEarly, noRoom, spareRoom, takesReturn, writeOrdered, writeRecord } from "./write-record";

/**
 * Encodes records, up to one that is odd, or for which there is no room.
 *
 * @param start where in the text the first record begins.
 * @param first entry of the index that is not before it.
 * @param ends takes a word for each row: where in the output it ends.
 * @returns rows written. Left in results: [0] running state of the checksum of checksums, [1] where the next record
 *   begins, [2] the next entry, [3] bytes written, [4] blank lines passed over, [5] 0 at the end of the index, 1 when
 *   out of room, 2 before an odd record.
 */
export function encodeText(
  text: usize,
  start: u32,
  first: usize,
  last: usize,
  out: usize,
  outEnd: usize,
  ends: usize,
  maxRows: u32,
  packState: u32,
): u32 {
  const afterRecord = recordEndLength ? recordEndLength : 1;
  takesReturn = !recordEndLength && lineEnd == 10;
  let at = out;
  let rows: u32 = 0;
  let blank: u32 = 0;
  let status: u32 = 0;
  let entry = first;
  let recordAt = text + start;
  // Entries of a record that the host took alone.
  while (entry < last && text + (load<u32>(entry) & position) < recordAt) entry += 4;
  let next = entry;
  const ordered = isOrdered;
  const toLast = (<usize>fieldCount - 1) << 2;
  for (;;) {
    if (ordered && entry + toLast < last && load<u32>(entry + toLast) & endsRecord) {
      // The record's last field, unless one of those before it is.
      const lastEntry = entry + toLast;
      const end = text + (load<u32>(lastEntry) & position);
      const room = <u32>(end - recordAt) + roomPerRecord;
      if (rows == maxRows || at + room > outEnd) {
        status = 1;
        break;
      }
      spareRoom = <u32>(outEnd - at) - room;
      const written = writeOrdered(text, recordAt, entry, lastEntry, at);
      if (written > endsEarly && <u32>(written - at) <= maxRecordBytes) {
        at = written;
        packState = feed4(packState, checksum);
        store<u32>(ends + (<usize>rows << 2), <u32>(at - out));
        rows++;
        next = lastEntry + 4;
        entry = next;
        recordAt = end + afterRecord;
        continue;
      }
      if (written != endsEarly) {
        status = written == noRoom ? 1 : 2;
        break;
      }
    }
    // Find the record's last field.
    while (next < last && !(load<u32>(next) & endsRecord)) next += 4;
    if (next >= last) break;
    const lastEntry = next;
    next += 4;
    const count = <u32>((next - entry) >>> 2);
    const end = text + (load<u32>(lastEntry) & position);
    if (count != fieldCount) {
      if (fieldCount != 0xffffffff || count == 1) {
        const isBlank = count == 1 && (end == recordAt || (takesReturn && end == recordAt + 1 && load<u8>(recordAt) == 13));
        if (!isBlank || !skipsBlank) {
          if (fieldCount != 0xffffffff) {
            status = 2;
            break;
          }
        } else {
          blank++;
          entry = next;
          recordAt = end + afterRecord;
          continue;
        }
      }
    }
    const room = <u32>(end - recordAt) + roomPerRecord;
    if (rows == maxRows || at + room > outEnd) {
      status = 1;
      break;
    }
    spareRoom = <u32>(outEnd - at) - room;
    const written = writeRecord(text, recordAt, entry, lastEntry, at);
    if (written <= noRoom || <u32>(written - at) > maxRecordBytes) {
      status = written == noRoom ? 1 : 2;
      break;
    }
    at = written;
    packState = feed4(packState, checksum);
    store<u32>(ends + (<usize>rows << 2), <u32>(at - out));
    rows++;
    entry = next;
    recordAt = end + afterRecord;
  }
  store<u32>(results, packState);
  store<u32>(results, <u32>(recordAt - text), 4);
  store<u32>(results, <u32>entry, 8);
  store<u32>(results, <u32>(at - out), 12);
  store<u32>(results, blank, 16);
  store<u32>(results, status, 20);
  return rows;
}
