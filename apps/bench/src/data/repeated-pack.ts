import { type ColumnSpec, crc32cOfBoth, crcShift, RecordPack, type RowInput } from "@maxcompute-tunnel/codec";
import protobuf from "protobufjs";

/** A record pack of any length that takes the memory of a short one. */
export interface RepeatedPack {
  readonly byteLength: number;
  readonly recordCount: number;
  chunks(): Iterable<Uint8Array>;
}

/** Encodes rows once; the pack has them `times` times over, with the footer that belongs to that. */
export function repeatPack(
  columns: readonly ColumnSpec[],
  rows: Iterable<RowInput>,
  times: number,
): RepeatedPack {
  const pack = new RecordPack(columns);
  for (const row of rows) pack.append(row);
  const chunks = pack.drain();
  const once = pack.seal();
  // Each record's checksum counts with four bytes in the pack's.
  const shift = crcShift(once.recordCount * 4);
  let checksum = 0;
  for (let time = 0; time < times; time++) checksum = crc32cOfBoth(checksum, once.checksum, shift);
  const recordCount = once.recordCount * times;
  const footer = encodeFooter(recordCount, checksum);
  return {
    byteLength: chunks.reduce((total, chunk) => total + chunk.length, 0) * times + footer.length,
    recordCount,
    *chunks() {
      for (let time = 0; time < times; time++) yield* chunks;
      yield footer;
    },
  };
}

/** Count and checksum as the fields that end a record stream. protocol: MaxCompute Tunnel, stream layout. */
function encodeFooter(recordCount: number, checksum: number): Uint8Array {
  const countTag = (33_554_430 << 3) >>> 0;
  const checksumTag = (33_554_431 << 3) >>> 0;
  const writer = protobuf.Writer.create();
  return writer.uint32(countTag).sint64(recordCount).uint32(checksumTag).uint32(checksum).finish();
}
