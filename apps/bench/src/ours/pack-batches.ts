import { readFileSync } from "node:fs";
import { ArrowPack } from "@maxcompute-tunnel/codec/arrow";
import { tableFromIPC } from "apache-arrow";
import { columns } from "../data/synthetic-rows.ts";
import { serveContender } from "../harness/serve-contender.ts";

/** Arrow record batches in memory → one record pack. */
export interface PackBatchesOptions {
  readonly path: string;
  readonly kernel: "auto" | "js";
}

await serveContender<PackBatchesOptions>(({ path, kernel }) => {
  const { batches } = tableFromIPC(readFileSync(path));
  const pack = new ArrowPack(columns, { kernel });
  return () => {
    for (const batch of batches) pack.append(batch);
    const { byteLength, recordCount, chunks } = pack.seal();
    return { rows: recordCount, bytes: byteLength, chunks };
  };
});
