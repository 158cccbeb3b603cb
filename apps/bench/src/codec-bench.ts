import {
  decodeRecords,
  encodeRecords,
  RecordPack,
  RecordStreamDecoder,
  RecordStreamValidator,
} from "@maxcompute-tunnel/codec";
import { decodePlain, encodePlain, toPlainRow } from "./plain-protobufjs.ts";
import { type Measured, measure } from "./rate.ts";
import { asArrays, columns, sampleRows } from "./sample-rows.ts";

export interface CodecResult {
  readonly encode: readonly Measured[];
  readonly decode: readonly Measured[];
  readonly bytesPerRow: number;
}

/** Measures encoding and decoding in memory beside protobufjs. */
export function benchCodec(rowCount: number, rounds: number): CodecResult {
  const objects = sampleRows(rowCount);
  const arrays = asArrays(objects);
  const plainRows = objects.map(toPlainRow);
  const packed = encodeRecords(columns, objects);
  const plainBytes = encodePlain(plainRows);
  const pack = new RecordPack(columns);
  const encodeWith = (rows: readonly (object | readonly unknown[])[]): number => {
    for (const row of rows) pack.append(row as readonly unknown[]);
    return pack.seal().byteLength;
  };
  const encode = measure(
    [
      { name: "protobufjs, no checksums", run: () => encodePlain(plainRows).length },
      { name: "RecordPack, rows as objects", run: () => encodeWith(objects) },
      { name: "RecordPack, rows as arrays", run: () => encodeWith(arrays) },
    ],
    rowCount,
    rounds,
  );
  const decode = measure(
    [
      {
        name: "protobufjs, no checksums",
        run: () => {
          expectRows(decodePlain(plainBytes), rowCount);
          return plainBytes.length;
        },
      },
      {
        name: "RecordStreamDecoder, rows as objects",
        run: () => decodeInChunks("object", packed, rowCount),
      },
      { name: "RecordStreamDecoder, rows as arrays", run: () => decodeInChunks("array", packed, rowCount) },
      {
        name: "RecordStreamValidator",
        run: () => {
          const validator = new RecordStreamValidator(columns);
          for (const chunk of chunksOf(packed)) validator.push(chunk);
          expectRows(validator.end().recordCount, rowCount);
          return packed.length;
        },
      },
    ],
    rowCount,
    rounds,
  );
  expectRows(decodeRecords(columns, packed).length, rowCount);
  return { encode, decode, bytesPerRow: packed.length / rowCount };
}

function decodeInChunks(rowShape: "object" | "array", packed: Uint8Array, rowCount: number): number {
  const decoder = new RecordStreamDecoder(columns, { rowShape });
  let rows = 0;
  for (const chunk of chunksOf(packed)) rows += decoder.push(chunk).length;
  expectRows(decoder.end().recordCount, rows);
  expectRows(rows, rowCount);
  return packed.length;
}

/** Pieces of the size that a network delivers. */
function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 65_536) yield bytes.subarray(start, start + 65_536);
}

function expectRows(actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`Expected ${expected} rows, got ${actual}`);
}
