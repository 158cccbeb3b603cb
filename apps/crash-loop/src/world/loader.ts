import { uploadFiles } from "@maxcompute-tunnel/files";
import { uploadTarget } from "@maxcompute-tunnel/session";
import { createTransport } from "@maxcompute-tunnel/transport";
import { isWriterError } from "@maxcompute-tunnel/writer";
import { journalDirectory } from "@maxcompute-tunnel/writer/node";
import type { UploadOrder } from "./client.ts";

/** Uploads by the libraries alone, with less patience than `mctunnel` has, so that many disasters fit into a minute. */
const order = JSON.parse(process.argv[2] ?? "{}") as UploadOrder & { readonly what: "upload" | "resume" };
const { endpoint, project, table, files, stateDir, job, blockBytes, parallel } = order;
const { accessKeyId, accessKeySecret } = order;
const transport = createTransport({
  credentials: { kind: "access-key", accessKeyId, accessKeySecret },
  retry: { baseDelayMs: 50, maxDelayMs: 1_000, maxAttempts: 1 + (order.retries ?? 9) },
});
const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort(signal));
const directory = journalDirectory(stateDir);
try {
  const [last] = await directory.list();
  if (order.what === "resume" && last === undefined) {
    process.stderr.write("there is no upload to resume\n");
    process.exit(8);
  }
  const journal =
    job !== undefined
      ? directory
      : order.what === "resume" && last !== undefined
        ? await directory.openById(last.id)
        : (await directory.begin()).journal;
  const receipt = await uploadFiles(uploadTarget({ transport, endpoint }, { project, table }), files, {
    journal,
    ...(job === undefined ? {} : { job }),
    blockBytes,
    parallel,
    workers: parallel > 2 ? 2 : 1,
    settleMs: 1_000,
    signal: stop.signal,
  });
  process.stdout.write(`${JSON.stringify(receipt)}\n`);
} catch (error) {
  const code = isWriterError(error) ? error.code : undefined;
  process.stderr.write(`${code ?? "error"}: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = code === "outcome-unknown" ? 6 : 1;
}
