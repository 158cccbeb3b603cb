// The records of a stream -> columns.
//
// Checksums are not fed field by field. What they are of is written behind one another, for all records of a run, and folded
// in one go: see {@link matches}.

import { feedBytes } from "../crc-feeds";
import { byBytes, foldBytes } from "../crc-fold";
import { results } from "../layout";
import * as column from "./columns";
import { countNulls } from "./nulls";
import { layOutPlain, plainEnd, plainFed, plainRows, plainSum } from "./plain-records";
import { breaksOff, checksum, decodeRecord, fedEnd } from "./record";

let columns: usize = 0;
let columnsEnd: usize = 0;
let maxFieldBytes: u32 = 0;
/** Where that which checksums are of is written, and a word for each row: the checksum that its record states. */
let fed: usize = 0;
let sums: usize = 0;
/** Whether all columns may be in a record that is plain. */
let arePlain: bool = false;

/**
 * Says what the next records are of, and where there is room for their checksums and for what these are of: no value takes more
 * than six times the bytes there that it takes in the stream.
 */
export function setColumns(columnsAt: usize, count: u32, fieldBytes: u32, sumsAt: usize, fedAt: usize): void {
  columns = columnsAt;
  columnsEnd = columnsAt + <usize>count * column.columnBytes;
  maxFieldBytes = fieldBytes;
  fed = fedAt;
  sums = sumsAt;
  arePlain = true;
  for (let each = columns; each < columnsEnd; each += column.columnBytes) {
    if (!column.prepare(each)) arePlain = false;
  }
}

/**
 * Lays out whole records one after the other, up to the first that is not one, and no more than so many.
 *
 * @returns the address behind the last good one. Left in results: [0] the running state of the checksum of
 *   checksums, [1] the number of records, [2] whether the next one is good as far as it is there. The columns' counts are written.
 */
export function decodeRecords(start: usize, end: usize, maxRecordBytes: u32, packState: u32, maxRows: u32): usize {
  let at = layOut(start, end, maxRecordBytes, maxRows, false);
  // A checksum is wrong: up to that record, each by itself.
  if (!matches(fed, fedTo, last)) at = layOut(start, end, maxRecordBytes, maxRows, true);
  for (let each = columns; each < columnsEnd; each += column.columnBytes) {
    store<u32>(each, countNulls(column.flagsOf(each), rows), 48);
  }
  store<u32>(results, feedRun(packState, sums, rows << 2));
  store<u32>(results, rows, 4);
  store<u32>(results, isBroken, 8);
  return at;
}

/**
 * The checksum that the last record of a run states. Together they are one: a record's state begins with all bits set, and
 * should end as the complement of what it states. What it states, added to the first word of the next, makes that begin
 * with all bits set too, if it is right. If it is not, the difference stays: bytes that follow map a state one to one.
 */
let last: u32 = 0;
/** Where that ends which the checksums of the records laid out are of, and how many these are. */
let fedTo: usize = 0;
let rows: u32 = 0;
/** Whether the record behind them is good as far as it is there. */
let isBroken: bool = false;

function layOut(start: usize, end: usize, maxRecordBytes: u32, maxRows: u32, eachItself: bool): usize {
  for (let each = columns; each < columnsEnd; each += column.columnBytes) {
    store<u32>(each, 0, 56);
    memory.fill(column.flagsOf(each), 1, maxRows);
    if (column.isOfBytes(column.kindOf(each))) store<u32>(column.valuesOf(each), 0);
  }
  let at = start;
  let isPlain = arePlain && !eachItself;
  /** Records that were not plain. */
  let others: u32 = 0;
  fedTo = fed;
  last = 0;
  rows = 0;
  isBroken = false;
  while (at < end && rows < maxRows) {
    if (isPlain) {
      layOutPlain(at, end, rows, maxRows, columns, columnsEnd, maxFieldBytes, maxRecordBytes, fedTo, sums, last);
      at = plainEnd;
      rows = plainRows;
      fedTo = plainFed;
      last = plainSum;
      if (at >= end || rows >= maxRows) break;
      // Where many are not, none is looked at twice.
      isPlain = ++others < 8 + (rows >>> 2);
    }
    const next = decodeRecord(at, end, rows, columns, columnsEnd, maxFieldBytes, fedTo);
    if (!next) {
      isBroken = breaksOff;
      break;
    }
    if (<u32>(next - at) > maxRecordBytes) break;
    if (fedEnd == fedTo) {
      // NULLs only.
      if (checksum) break;
    } else if (eachItself) {
      if (!matches(fedTo, fedEnd, checksum)) break;
    } else {
      store<u32>(fedTo, load<u32>(fedTo) ^ last);
      last = checksum;
      fedTo = fedEnd;
    }
    store<u32>(sums + (<usize>rows << 2), checksum);
    rows++;
    at = next;
  }
  return at;
}

/** Whether the checksum of what is fed is this. */
function matches(from: usize, to: usize, stated: u32): bool {
  return ~feedRun(0xffffffff, from, <u32>(to - from)) == stated;
}

function feedRun(state: u32, at: usize, length: u32): u32 {
  return length < byBytes ? feedBytes(state, at, length) : foldBytes(state, at, length);
}
