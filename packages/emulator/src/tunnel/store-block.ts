import { isCodecError, RecordStreamValidator } from "@maxcompute-tunnel/codec";
import type { Clock } from "../clock.ts";
import { Refusal, type RefusalCode } from "../refusal.ts";
import type { Call } from "../server/call.ts";
import { RowMarks } from "../storage/row-marks.ts";
import type { TableColumn } from "../storage/state.ts";
import type { Store } from "../storage/store.ts";
import { LongChecksums } from "./long-checksums.ts";
import { readBody } from "./read-body.ts";
import { maxFieldBytes } from "./session-document.ts";

/**
 * Takes a block's body in: every row is checked while the bytes go to a file, and only when the stream has ended
 * properly is the file made durable and the block put in the session's list.
 *
 * Memory does not depend on the size of the block.
 *
 * @throws Refusal saying what is wrong with the body, or that the session takes no more blocks
 */
export async function storeBlock(
  call: Call,
  target: { readonly uploadId: string; readonly blockId: number; readonly columns: readonly TableColumn[] },
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<void> {
  const validator = new RecordStreamValidator(target.columns, { maxFieldBytes });
  const writer = await store.blocks.create();
  const marks = new RowMarks();
  const longChecksums = new LongChecksums();
  let byteLength = 0;
  let file: string | undefined;
  try {
    await readBody(call, {
      clock,
      handle: async (piece) => {
        const row = validator.push(piece);
        marks.note({ row, offset: validator.recordsEnd, checksum: validator.recordsChecksum });
        longChecksums.look(piece);
        await writer.write(piece);
        byteLength += piece.length;
      },
    });
    if (byteLength === 0) {
      throw new Refusal("IncompleteBody", "The body is empty; a block without rows still has a footer.");
    }
    const { recordCount, checksum } = validator.end();
    await writer.write(marks.encode());
    file = await writer.finish();
    const block = {
      blockId: target.blockId,
      file,
      recordCount,
      byteLength,
      recordBytes: validator.recordsEnd,
      checksum,
      plain: !longChecksums.seen,
      storedAt: clock.now(),
    };
    await store.submit({ kind: "store-block", uploadId: target.uploadId, block });
  } catch (error) {
    if (file === undefined) {
      await writer.discard();
    } else {
      store.blocks.removeLater([file]);
    }
    throw isCodecError(error)
      ? new Refusal(refusalCodeOf(error.code), error.message, { cause: error })
      : error;
  }
}

/** protocol: MaxCompute Tunnel, error codes: broken streams, bodies that stop early and wrong values have their own. */
function refusalCodeOf(code: string): RefusalCode {
  switch (code) {
    case "truncated":
    case "missing-footer":
      return "IncompleteBody";
    case "checksum-mismatch":
    case "pack-checksum-mismatch":
    case "record-count-mismatch":
    case "bad-tag":
    case "bad-varint":
    case "bad-length":
    case "bad-count":
    case "bad-flag":
    case "wrong-wire-type":
      return "CorruptedDataStream";
    default:
      return "MalformedDataStream";
  }
}
