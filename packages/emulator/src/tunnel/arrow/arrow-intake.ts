import { ArrowFrameReader, isCodecError, RecordPack } from "@maxcompute-tunnel/codec";
import { Refusal } from "../../refusal.ts";
import { RowMarks } from "../../storage/row-marks.ts";
import type { TableColumn } from "../../storage/state.ts";
import type { BlockIntake, WritePack } from "../block-intake.ts";
import { encodeFooter, joinRuns, type RunOfRecords } from "../pack-footer.ts";
import { maxFieldBytes } from "../session-document.ts";
import type { BatchMessage } from "./batch-message.ts";
import { createBatchOpener } from "./batch-rows.ts";
import type { ArrowConventions } from "./conventions.ts";
import { MessageAssembler } from "./message-assembler.ts";

/** Rows turned from columns to records together. */
const rowsAtOnce = 512;
/** The pack is written out when it holds so much. */
const flushBytes = 256 * 1024;

/**
 * Takes a framed Arrow body, whose rows are stored as records, held against the same rules as records are.
 *
 * Memory holds one record batch, whatever the size of the block.
 */
export function arrowIntake(
  columns: readonly TableColumn[],
  conventions: ArrowConventions,
): (write: WritePack) => BlockIntake {
  const openBatch = createBatchOpener(columns, conventions);
  return (write) => {
    const frames = new ArrowFrameReader();
    const messages = new MessageAssembler();
    const pack = new RecordPack<readonly unknown[]>(columns, { maxFieldBytes, checks: "received" });
    const rows = Array.from({ length: rowsAtOnce }, () => new Array<unknown>(columns.length));
    const marks = new RowMarks();
    let run: RunOfRecords = { recordCount: 0, checksum: 0 };
    let recordBytes = 0;

    const flush = async (): Promise<void> => {
      const chunks = pack.drain();
      run = joinRuns(run, pack.seal());
      for (const chunk of chunks) {
        await write(chunk);
        recordBytes += chunk.length;
      }
      marks.note({ row: run.recordCount, offset: recordBytes, checksum: run.checksum });
    };
    const append = (row: readonly unknown[]): void => {
      try {
        pack.append(row);
      } catch (error) {
        throw isCodecError(error) ? inRow(error, run.recordCount + pack.recordCount) : error;
      }
    };
    const takeBatch = async (message: BatchMessage): Promise<void> => {
      const batch = openBatch(message);
      for (let start = 0; start < batch.rowCount; start += rowsAtOnce) {
        const count = Math.min(rowsAtOnce, batch.rowCount - start);
        batch.fill(rows, start, count);
        for (const row of count === rowsAtOnce ? rows : rows.slice(0, count)) {
          append(row);
          if (pack.byteLength >= flushBytes) {
            await flush();
          }
        }
      }
    };
    const takePayload = async (payloads: readonly Uint8Array[]): Promise<void> => {
      for (const payload of payloads) {
        for (const message of messages.push(payload)) {
          await takeBatch(message);
        }
      }
    };

    return {
      piecesAtOnce: 1,
      take: (piece) => takePayload(frames.push(piece)),
      async end() {
        await takePayload(frames.end());
        messages.end();
        await flush();
        const footer = encodeFooter(run);
        await write(footer);
        const byteLength = recordBytes + footer.length;
        return { ...run, byteLength, recordBytes, plain: true, marks };
      },
    };
  };
}

/** Packs are cut in between, so they count rows from another one on. */
function inRow(error: Error, row: number): Refusal {
  const message = error.message.replace(/^row \d+/, `row ${row}`);
  return new Refusal("MalformedDataStream", message, { cause: error });
}
