import { readFileSync } from "node:fs";
import { ArrowFrameWriter } from "@maxcompute-tunnel/codec";
import { RecordBatchStreamWriter, tableFromIPC } from "apache-arrow";
import { serveContender } from "../harness/serve-contender.ts";

/** Bytes of Arrow record batches → the frames of a Tunnel body. Rows are counted, not looked at. */
export interface FrameArrowOptions {
  readonly path: string;
  readonly kernel: "auto" | "js";
}

await serveContender<FrameArrowOptions>(({ path, kernel }) => {
  const { batches, numRows } = tableFromIPC(readFileSync(path));
  const payloads = batches.map((batch) => RecordBatchStreamWriter.writeAll([batch]).toUint8Array(true));
  return () => {
    const writer = new ArrowFrameWriter({ kernel });
    const chunks = payloads.flatMap((payload) => writer.write(payload));
    chunks.push(...writer.end());
    return { rows: numRows, bytes: chunks.reduce((sum, chunk) => sum + chunk.length, 0), chunks };
  };
});
