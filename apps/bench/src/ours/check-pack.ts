import { encodeRecords, RecordStreamValidator } from "@maxcompute-tunnel/codec";
import { columns, syntheticRows } from "../data/synthetic-rows.ts";
import { serveContender } from "../harness/serve-contender.ts";
import { networkPieces } from "./network-pieces.ts";

/** A record pack in pieces, every value and checksum looked at and nothing kept: what the emulator does. */
export interface CheckPackOptions {
  readonly rows: number;
  readonly kernel: "auto" | "js";
}

await serveContender<CheckPackOptions>(({ rows, kernel }) => {
  const packed = encodeRecords(columns, syntheticRows(rows));
  return () => {
    const stream = new RecordStreamValidator(columns, { kernel });
    for (const piece of networkPieces(packed)) stream.push(piece);
    return { rows: stream.end().recordCount, bytes: packed.length };
  };
});
