import { systemClock, type WriterClock } from "./clock.ts";
import { untilAborted } from "./until-aborted.ts";

/** The part of a writer that {@link writeAll} needs: both writers of this package have it. */
export interface RowSink<Row> {
  write(row: Row): Promise<void> | undefined;
  writeRows?(rows: readonly Row[]): Promise<void> | undefined;
}

const rowsBetweenLooks = 512;
/** As many as a pack encodes together. */
const rowsTogether = 1024;
const turnMs = 20;

/**
 * Writes every row of an array, a generator or a stream, at the pace the writer can keep.
 *
 * The event loop gets a turn at least every 20 ms, so that blocks leave while rows are still being encoded. The writer
 * is left open. When a row or the source fails, that error is thrown and the writer is as it was after the last row.
 * After an abort nothing is waited for any more, not even a source whose next row never comes: the signal's reason is
 * thrown.
 *
 * @returns how many rows were written
 */
export async function writeAll<Row>(
  writer: RowSink<Row>,
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: { readonly clock?: WriterClock; readonly signal?: AbortSignal | undefined } = {},
): Promise<number> {
  const { clock = systemClock, signal } = options;
  let count = 0;
  let turnStarted = clock.now();

  const lookUp = async (): Promise<void> => {
    if (clock.now() - turnStarted < turnMs) return;
    await new Promise<void>((resolve) => clock.startTimer(resolve, 0));
    turnStarted = clock.now();
  };

  if (Array.isArray(rows) && writer.writeRows !== undefined) {
    while (count < rows.length) {
      const part: readonly Row[] = rows.slice(count, count + rowsTogether);
      const wait = writer.writeRows(part);
      if (wait !== undefined) await wait;
      count += part.length;
      await lookUp();
    }
  } else if (Symbol.asyncIterator in rows) {
    for await (const row of signal === undefined ? rows : untilAborted(rows, signal)) {
      const wait = writer.write(row);
      if (wait !== undefined) await wait;
      if (++count % rowsBetweenLooks === 0) await lookUp();
    }
  } else {
    for (const row of rows) {
      const wait = writer.write(row);
      if (wait !== undefined) await wait;
      if (++count % rowsBetweenLooks === 0) await lookUp();
    }
  }
  return count;
}
