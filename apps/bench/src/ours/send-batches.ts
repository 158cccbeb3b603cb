import { readFileSync } from "node:fs";
import { createUploadSession } from "@maxcompute-tunnel/session";
import { openArrowWriter } from "@maxcompute-tunnel/writer/arrow";
import { tableFromIPC } from "apache-arrow";
import { serveContender } from "../harness/serve-contender.ts";
import { connect } from "./connect.ts";

/** Arrow record batches in memory → stored blocks, through the library's writer; the session is open already. */
export interface SendBatchesOptions {
  readonly path: string;
  readonly table: string;
}

await serveContender<SendBatchesOptions>(({ path, table }) => {
  const { batches, numRows } = tableFromIPC(readFileSync(path));
  const { project, ...connection } = connect();
  return async () => {
    const session = await createUploadSession(connection, { project, table });
    const writer = openArrowWriter(session);
    for (const batch of batches) await writer.write(batch);
    await writer.close();
    return { rows: numRows, bytes: 0 };
  };
});
