import { encodeRecords, RecordStreamDecoder } from "@maxcompute-tunnel/codec";
import { columns, syntheticRows } from "../data/synthetic-rows.ts";
import { serveContender } from "../harness/serve-contender.ts";
import { networkPieces } from "./network-pieces.ts";

/** A record pack in pieces → rows. */
export interface UnpackRowsOptions {
  readonly rows: number;
  readonly rowShape: "object" | "array";
  readonly kernel: "auto" | "js";
}

await serveContender<UnpackRowsOptions>(({ rows: count, rowShape, kernel }) => {
  const packed = encodeRecords(columns, syntheticRows(count));
  return () => {
    const stream = new RecordStreamDecoder(columns, { rowShape, kernel });
    let rows = 0;
    for (const piece of networkPieces(packed)) rows += stream.push(piece).length;
    const { recordCount } = stream.end();
    if (rows !== recordCount) throw new Error(`Expected ${recordCount} rows, got ${rows}`);
    return { rows, bytes: packed.length };
  };
});
