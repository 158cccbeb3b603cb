import {
  encodeRecords,
  RecordPack,
  RecordStreamDecoder,
  RecordStreamValidator,
} from "@maxcompute-tunnel/codec";
import { decodePlain, encodePlain, toPlainRow } from "./plain-protobufjs.ts";
import { asArrays, columns, sampleRows } from "./sample-rows.ts";

/** Does its work once and says how many bytes that were. */
export type Contender = () => number;

/** Everything that is measured in memory, by name; each is made for a number of rows. The first of a kind is the yardstick. */
export const contenders = {
  encode: {
    "protobufjs, no checksums": (rowCount) => {
      const rows = sampleRows(rowCount).map(toPlainRow);
      return () => encodePlain(rows).length;
    },
    "RecordPack, rows as objects": (rowCount) => packer(sampleRows(rowCount), "auto"),
    "RecordPack, rows as arrays": (rowCount) => packer(asArrays(sampleRows(rowCount)), "auto"),
    "RecordPack without the kernel, rows as objects": (rowCount) => packer(sampleRows(rowCount), "js"),
    "RecordPack without the kernel, rows as arrays": (rowCount) =>
      packer(asArrays(sampleRows(rowCount)), "js"),
  },
  decode: {
    "protobufjs, no checksums": (rowCount) => {
      const bytes = encodePlain(sampleRows(rowCount).map(toPlainRow));
      return () => {
        expectRows(decodePlain(bytes), rowCount);
        return bytes.length;
      };
    },
    "RecordStreamDecoder, rows as objects": (rowCount) => decoder("object", rowCount),
    "RecordStreamDecoder, rows as arrays": (rowCount) => decoder("array", rowCount),
    RecordStreamValidator: (rowCount) => validator(rowCount, "auto"),
    "RecordStreamValidator without the kernel": (rowCount) => validator(rowCount, "js"),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, (rowCount: number) => Contender>>>>;

export type ContenderKind = keyof typeof contenders;

/** Makes one contender ready. */
export function prepare(kind: string, name: string, rowCount: number): Contender {
  const ofKind: Readonly<Record<string, (rowCount: number) => Contender>> | undefined =
    contenders[kind as ContenderKind];
  const make = ofKind?.[name];
  if (make === undefined) throw new Error(`Expected a contender, got ${kind} ${name}`);
  return make(rowCount);
}

type Engine = "auto" | "js";

function packer(rows: readonly (object | readonly unknown[])[], kernel: Engine): Contender {
  const pack = new RecordPack(columns, { kernel });
  return () => {
    for (const row of rows) pack.append(row as readonly unknown[]);
    const { byteLength, recordCount } = pack.seal();
    expectRows(recordCount, rows.length);
    return byteLength;
  };
}

function decoder(rowShape: "object" | "array", rowCount: number): Contender {
  const packed = encodeRecords(columns, sampleRows(rowCount));
  return () => {
    const stream = new RecordStreamDecoder(columns, { rowShape });
    let rows = 0;
    for (const chunk of chunksOf(packed)) rows += stream.push(chunk).length;
    expectRows(stream.end().recordCount, rows);
    expectRows(rows, rowCount);
    return packed.length;
  };
}

function validator(rowCount: number, kernel: Engine): Contender {
  const packed = encodeRecords(columns, sampleRows(rowCount));
  return () => {
    const stream = new RecordStreamValidator(columns, { kernel });
    for (const chunk of chunksOf(packed)) stream.push(chunk);
    expectRows(stream.end().recordCount, rowCount);
    return packed.length;
  };
}

/** Pieces of the size that a network delivers. */
function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 65_536) yield bytes.subarray(start, start + 65_536);
}

function expectRows(actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`Expected ${expected} rows, got ${actual}`);
}
