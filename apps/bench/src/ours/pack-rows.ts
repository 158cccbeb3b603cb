import { RecordPack } from "@maxcompute-tunnel/codec";
import { asArrays, columns, syntheticRows, type ValueForm } from "../data/synthetic-rows.ts";
import { serveContender } from "../harness/serve-contender.ts";

/** Rows in memory → one record pack. */
export interface PackRowsOptions {
  readonly rows: number;
  readonly shape: "arrays" | "objects";
  /** Given as one array, or one by one. */
  readonly way: "together" | "alone";
  readonly form: ValueForm;
  readonly kernel: "auto" | "js";
}

await serveContender<PackRowsOptions>(({ rows: count, shape, way, form, kernel }) => {
  const objects = syntheticRows(count, form);
  const rows: readonly unknown[] = shape === "arrays" ? asArrays(objects) : objects;
  const pack = new RecordPack<unknown>(columns, { kernel });
  let sent: readonly Uint8Array[] = [];
  return () => {
    // As a writer does with what has been sent.
    pack.recycle(sent);
    if (way === "together") pack.appendRows(rows);
    else for (const row of rows) pack.append(row);
    const { byteLength, recordCount, chunks } = pack.seal();
    sent = chunks;
    return { rows: recordCount, bytes: byteLength, chunks };
  };
});
