import { readFileSync } from "node:fs";
import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import { readRecord, TextPack } from "@maxcompute-tunnel/codec/text";
import { readPieces } from "../data/read-pieces.ts";
import { serveContender } from "../harness/serve-contender.ts";

/** A CSV file with a header → record packs of 16 MiB, on one thread. */
export interface PackTextOptions {
  readonly path: string;
  readonly columns: readonly ColumnSpec[];
  readonly kernel: "auto" | "js";
}

const packBytes = 16 * 1024 * 1024;

await serveContender<PackTextOptions>(({ path, columns, kernel }) => {
  const start = readRecord(readFileSync(path).subarray(0, 65_536))?.next ?? 0;
  return () => {
    const pack = new TextPack(columns, { kernel });
    const chunks: Uint8Array[] = [];
    let rows = 0;
    let fileBytes = 0;
    const seal = (): void => {
      const sealed = pack.seal();
      rows += sealed.recordCount;
      // One pack can be compared with that of others; of several, the first would do no better.
      chunks.length = 0;
      chunks.push(...sealed.chunks);
    };
    readPieces(path, (piece) => {
      pack.push(fileBytes === 0 ? piece.subarray(start) : piece);
      fileBytes += piece.length;
      if (pack.byteLength >= packBytes) seal();
    });
    pack.end();
    seal();
    return { rows, bytes: fileBytes, chunks };
  };
});
