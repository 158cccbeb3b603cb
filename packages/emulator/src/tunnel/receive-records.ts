import { isCodecError, RecordStreamValidator } from "@maxcompute-tunnel/codec";
import type { Clock } from "../clock.ts";
import { Refusal, type RefusalCode } from "../refusal.ts";
import type { Call } from "../server/call.ts";
import { RowMarks } from "../storage/row-marks.ts";
import type { Segment, TableColumn } from "../storage/state.ts";
import type { Store } from "../storage/store.ts";
import { LongChecksums } from "./long-checksums.ts";
import { readBody } from "./read-body.ts";
import { maxFieldBytes } from "./session-document.ts";

/** What a body of records is held against, and what becomes of it. */
export interface RecordReception {
  readonly columns: readonly TableColumn[];
  /** Looks at bytes of the stream behind the checks that every record passes; they are not to be kept. */
  readonly inspect?: (piece: Uint8Array) => void;
  /** Makes the durable file part of the state. When it fails the file is removed. */
  readonly keep: (segment: Segment) => Promise<void>;
}

/**
 * Takes a record stream in: every row is checked while the bytes go to a file, and only when the stream has ended
 * properly is the file made durable and handed over.
 *
 * Memory does not depend on the size of the body. A request that says how many records it holds is held to it.
 *
 * @throws Refusal saying what is wrong with the body, or what `keep` throws
 */
export async function receiveRecords(
  call: Call,
  { columns, inspect, keep }: RecordReception,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<void> {
  const validator = new RecordStreamValidator(columns, { maxFieldBytes });
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
        inspect?.(piece);
        await writer.write(piece);
        byteLength += piece.length;
      },
    });
    if (byteLength === 0) {
      throw new Refusal("IncompleteBody", "The body is empty; a stream without rows still has a footer.");
    }
    const { recordCount, checksum } = validator.end();
    checkRecordCount(call.query.get("record_count"), recordCount);
    await writer.write(marks.encode());
    file = await writer.finish();
    const recordBytes = validator.recordsEnd;
    await keep({ file, recordCount, byteLength, recordBytes, checksum, plain: !longChecksums.seen });
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

/** protocol: MaxCompute Tunnel, stream upload and upsert: `record_count` may say how many records the body holds. */
function checkRecordCount(announced: string | undefined, recordCount: number): void {
  if (announced !== undefined && announced !== String(recordCount)) {
    throw new Refusal(
      "MalformedDataStream",
      `Expected ${announced} records, as record_count says, got ${recordCount}.`,
    );
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
