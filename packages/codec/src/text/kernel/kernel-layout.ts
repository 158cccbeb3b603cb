import { crcStart } from "../../wire/crc32c.ts";
import { fromConstant } from "../text-options.ts";
import type { TextRecords } from "../text-records.ts";
import { type ConstantField, columnBytes, describeColumns } from "./describe-columns.ts";
import type { TextKernel } from "./text-kernel.ts";

/** The kernel may read and write so far beyond what it was given. */
const slack = 64;
/** Entries of the index at most. */
const mostEntries = 65_536;
/** Rows of one call at most. */
export const mostRows = 16_384;
/** Days whose offset from UTC is remembered: those of 1900 to 2099. */
const firstDay = -25_567;
const dayCount = 73_049;

/** Where things lie in a kernel's memory: addresses. */
export interface KernelLayout {
  readonly text: number;
  readonly textBytes: number;
  readonly index: number;
  readonly indexEnd: number;
  readonly ends: number;
  readonly out: number;
  readonly outEnd: number;
}

/**
 * Lays out a kernel's memory for a text, and tells it all about that.
 *
 * @param textBytes how much text it takes at a time.
 * @throws RangeError when there is no memory for it.
 */
export function layOut(kernel: TextKernel, records: TextRecords, textBytes: number): KernelLayout {
  const { memory } = kernel;
  const { dialect, fields, encoder, rules } = records;
  const constants = encodeConstants(records);
  const markers = markerBytes(dialect.nullMarkers);
  const { timeZone } = rules;
  const needsTable = timeZone.fixedOffset === undefined;

  let next = memory.base;
  const place = (bytes: number): number => {
    const at = (next + 63) & ~63;
    next = at + bytes;
    return at;
  };
  const columnsAt = place(encoder.columns.length * columnBytes);
  const delimiterAt = place(dialect.delimiter.length);
  const recordEndAt = place(dialect.recordDelimiter?.length ?? 0);
  const markersAt = place(markers.length);
  const constantsAt = constants.map((field) =>
    field === undefined ? undefined : { at: place(field.bytes.length), field },
  );
  const tableAt = needsTable ? place(dayCount * 4) : 0;
  const text = place(slack + textBytes + slack) + slack;
  const scratch = place(textBytes + encoder.columns.length * 16 + slack);
  const indexBytes = Math.min(textBytes, mostEntries) * 4 + 512;
  const index = place(indexBytes);
  const ends = place(mostRows * 4);
  const outBytes = Math.max(textBytes * 2, 256 * 1024) + encoder.columns.length * 32;
  const out = place(outBytes + slack);
  memory.reserve(next - memory.base);

  const { bytes } = memory;
  bytes.set(describeColumns(encoder.columns, encoder.types, fields, rules, constantsAt), columnsAt);
  bytes.set(dialect.delimiter, delimiterAt);
  if (dialect.recordDelimiter !== undefined) bytes.set(dialect.recordDelimiter, recordEndAt);
  bytes.set(markers, markersAt);
  let constantBytes = 0;
  for (const constant of constantsAt) {
    if (constant === undefined) continue;
    bytes.set(constant.field.bytes, constant.at);
    constantBytes += constant.field.bytes.length;
  }
  if (needsTable) new Int32Array(bytes.buffer, tableAt, dayCount).fill(-(2 ** 31));
  kernel.setDialect(
    delimiterAt,
    dialect.delimiter.length,
    recordEndAt,
    dialect.recordDelimiter?.length ?? 0,
    dialect.recordDelimiter?.length === 1 ? dialect.recordDelimiter[0]! : records.lineEndByte,
    dialect.quoteByte < 0 ? 256 : dialect.quoteByte,
    dialect.escapeByte < 0 ? 256 : dialect.escapeByte,
  );
  kernel.setZone(timeZone.fixedOffset ?? 0, tableAt, firstDay, dayCount);
  kernel.setColumns(
    columnsAt,
    encoder.columns.length,
    fields.count < 0 ? 0xffffffff : fields.count,
    markersAt,
    markers.length,
    (dialect.nullMarkers.some((marker) => marker.length === 0) ? 1 : 0) |
      (dialect.nullInQuotes ? 2 : 0) |
      (dialect.skipsBlankLines ? 4 : 0) |
      (rules.trimsText ? 8 : 0),
    records.maxFieldBytes,
    records.maxRecordBytes,
    encoder.columns.length * 26 + slack + constantBytes,
    scratch,
  );
  return { text, textBytes, index, indexEnd: index + indexBytes, ends, out, outEnd: out + outBytes };
}

/** Whether all null markers are short enough for the kernel. */
export function markersFit(markers: readonly Uint8Array[]): boolean {
  return markers.every((marker) => marker.length < 256);
}

/** Each behind its length. */
function markerBytes(markers: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(
    markers.filter((marker) => marker.length > 0).flatMap((marker) => [marker.length, ...marker]),
  );
}

/**
 * Constants on the wire. What a run of bytes does to a checksum is linear, so two probes tell all of it, whatever the
 * bytes are that the type has checksummed.
 */
function encodeConstants(records: TextRecords): (ConstantField | undefined)[] {
  const { fields, encoder, body } = records;
  const probe = (column: number, state: number): { bytes: Uint8Array; state: number } => {
    const { sink } = body;
    const before = sink.recordBytes;
    sink.crc = state;
    encoder.writeValue(sink, column, fields.constants[column]);
    const written = {
      bytes: sink.buf.slice(sink.pos - (sink.recordBytes - before), sink.pos),
      state: sink.crc,
    };
    sink.dropRecord();
    sink.crc = crcStart;
    return written;
  };
  return [...fields.sources].map((source, column) => {
    if (source !== fromConstant) return undefined;
    const { bytes, state: summand } = probe(column, 0);
    return { bytes, summand, factor: probe(column, 1 << 31).state ^ summand };
  });
}
