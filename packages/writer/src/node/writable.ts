import { Writable } from "node:stream";
import type { ClosableRowSink } from "../web-writable.ts";

/**
 * Makes a Node `Writable` (object mode) of rows out of a writer, for `stream.pipeline`.
 *
 * Ending the stream closes the writer; `writer.close()` afterwards gives the summary. Destroying the stream, or a row
 * that fails, aborts the writer.
 */
export function toNodeWritable<Row>(writer: ClosableRowSink<Row>): Writable {
  return new Writable({
    objectMode: true,
    write(row: Row, _encoding, callback) {
      let wait: Promise<void> | undefined;
      try {
        wait = writer.write(row);
      } catch (error) {
        callback(error as Error);
        return;
      }
      if (wait === undefined) callback();
      else wait.then(() => callback(), callback);
    },
    final(callback) {
      writer.close().then(() => callback(), callback);
    },
    destroy(error, callback) {
      writer.abort(error ?? undefined).then(() => callback(error), callback);
    },
  });
}
