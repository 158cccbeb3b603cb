import { crc32c, crc32cOfBoth, crcShift } from "@maxcompute-tunnel/codec";
import type { RowMark } from "../storage/row-marks.ts";

/** What a footer says about the records before it. */
export interface RunOfRecords {
  readonly recordCount: number;
  /** CRC-32C of the records' checksums. */
  readonly checksum: number;
}

/** A record's checksum counts with four bytes. */
const bytesPerChecksum = 4;

/** What a footer says about one run of records behind another. */
export function joinRuns(first: RunOfRecords, second: RunOfRecords): RunOfRecords {
  const shift = crcShift(second.recordCount * bytesPerChecksum);
  return {
    recordCount: first.recordCount + second.recordCount,
    checksum: crc32cOfBoth(first.checksum, second.checksum, shift),
  };
}

/** What a footer says about the records between two places of a block. */
export function runBetween(from: RowMark, to: RowMark): RunOfRecords {
  const recordCount = to.row - from.row;
  // Joining is an exclusive or with the first checksum shifted, so the same again takes the first away.
  const checksum = crc32cOfBoth(from.checksum, to.checksum, crcShift(recordCount * bytesPerChecksum));
  return { recordCount, checksum };
}

/**
 * The bytes that end a record stream. protocol: MaxCompute Tunnel, stream layout: count, then checksum; between them,
 * for clients of tunnel version 6, metrics as field 1 with a checksum of its own.
 */
export function encodeFooter({ recordCount, checksum }: RunOfRecords, metrics?: string): Uint8Array {
  return Uint8Array.of(
    ...[0xf0, 0xff, 0xff, 0x7f, ...varint(recordCount * 2)],
    ...(metrics === undefined ? [] : metricsBlock(new TextEncoder().encode(metrics))),
    ...[0xf8, 0xff, 0xff, 0x7f, ...varint(checksum)],
  );
}

function metricsBlock(text: Uint8Array): number[] {
  const field = [1, 0, 0, 0];
  return [
    ...[0x0a, ...varint(text.length), ...text],
    ...[0x80, 0xf0, 0xff, 0x7f, ...varint(crc32c(Uint8Array.of(...field, ...text)))],
  ];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) | 128);
  }
  return [...bytes, rest];
}
