import { encodeRecords } from "@maxcompute-tunnel/codec";
import { RecordColumnsDecoder } from "@maxcompute-tunnel/codec/arrow";
import { columns, syntheticRows } from "../data/synthetic-rows.ts";
import { serveContender } from "../harness/serve-contender.ts";
import { networkPieces } from "./network-pieces.ts";

/** A record pack in pieces → columns in Arrow's layout. */
export interface UnpackColumnsOptions {
  readonly rows: number;
  readonly kernel: "auto" | "js";
}

await serveContender<UnpackColumnsOptions>(({ rows: count, kernel }) => {
  const packed = encodeRecords(columns, syntheticRows(count));
  return () => {
    const stream = new RecordColumnsDecoder(columns, { kernel });
    let rows = 0;
    for (const piece of networkPieces(packed)) {
      for (const batch of stream.push(piece)) rows += batch.numRows;
    }
    rows += stream.flush()?.numRows ?? 0;
    stream.end();
    return { rows, bytes: packed.length };
  };
});
