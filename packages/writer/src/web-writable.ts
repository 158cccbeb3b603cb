import type { RowSink } from "./write-all.ts";

/** The part of a writer that stream adapters need: both writers of this package have it. */
export interface ClosableRowSink<Row> extends RowSink<Row> {
  close(): Promise<unknown>;
  abort(reason?: unknown): Promise<void>;
}

/**
 * Makes a web `WritableStream` of rows out of a writer, so that a stream can be piped into it.
 *
 * Closing the stream closes the writer; `writer.close()` afterwards gives the summary. Aborting the stream, or a row
 * that fails, aborts the writer.
 */
export function toWritableStream<Row>(writer: ClosableRowSink<Row>): WritableStream<Row> {
  const orAbort = async (step: () => Promise<unknown> | undefined): Promise<void> => {
    try {
      await step();
    } catch (error) {
      await writer.abort(error);
      throw error;
    }
  };
  return new WritableStream<Row>(
    {
      write: (row) => orAbort(() => writer.write(row)),
      close: () => orAbort(() => writer.close()),
      abort: (reason) => writer.abort(reason),
    },
    { highWaterMark: 1 },
  );
}
