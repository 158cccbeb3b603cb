import { promisify } from "node:util";
import { constants, deflate, zstdCompress } from "node:zlib";
import { RecordPack } from "@maxcompute-tunnel/codec";
import { TextPack } from "@maxcompute-tunnel/codec/text";
import { readPieces } from "../data/read-pieces.ts";
import { columns, syntheticRows } from "../data/synthetic-rows.ts";
import { flightsTable } from "../data/tables.ts";
import { serveContender } from "../harness/serve-contender.ts";

/** A pack of some megabytes → compressed, on one thread of the pool. Bytes are those that go in. */
export interface CompressPackOptions {
  readonly algorithm: "zstd" | "deflate";
  readonly level: number;
  /** A CSV of flights; synthetic rows without it. */
  readonly flights?: string;
  readonly rows: number;
}

await serveContender<CompressPackOptions>(({ algorithm, level, flights, rows: count }) => {
  const { bytes, rows } = flights === undefined ? syntheticPack(count) : flightsPack(flights);
  const room = { chunkSize: bytes.length >> 1 };
  return async () => {
    const packed =
      algorithm === "zstd"
        ? await promisify(zstdCompress)(bytes, {
            ...room,
            params: { [constants.ZSTD_c_compressionLevel]: level },
          })
        : await promisify(deflate)(bytes, { ...room, level, memLevel: 9 });
    return { rows, bytes: bytes.length, chunks: [packed], packedBytes: packed.length };
  };
});

function syntheticPack(count: number): { readonly bytes: Uint8Array; readonly rows: number } {
  const pack = new RecordPack(columns);
  for (const row of syntheticRows(count)) pack.append(row);
  return { bytes: Buffer.concat(pack.seal().chunks), rows: count };
}

function flightsPack(path: string): { readonly bytes: Uint8Array; readonly rows: number } {
  const pack = new TextPack(flightsTable.columns);
  let first = true;
  readPieces(path, (piece) => {
    pack.push(first ? piece.subarray(piece.indexOf(10) + 1) : piece);
    first = false;
  });
  pack.end();
  const { chunks, recordCount } = pack.seal();
  return { bytes: Buffer.concat(chunks), rows: recordCount };
}
