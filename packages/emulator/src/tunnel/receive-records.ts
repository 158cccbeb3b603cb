import { RecordStreamValidator } from "@maxcompute-tunnel/codec";
import type { Clock } from "../clock.ts";
import type { Profile } from "../options.ts";
import { Refusal } from "../refusal.ts";
import type { Call } from "../server/call.ts";
import { RowMarks } from "../storage/row-marks.ts";
import type { Segment, TableColumn } from "../storage/state.ts";
import type { Store } from "../storage/store.ts";
import type { BlockIntake, WritePack } from "./block-intake.ts";
import { LongChecksums } from "./long-checksums.ts";
import { encodeFooter } from "./pack-footer.ts";
import { receiveBody } from "./receive-body.ts";
import { maxFieldBytes } from "./session-document.ts";

/** What a body of records is held against, and what becomes of it. */
export interface RecordReception {
  readonly columns: readonly TableColumn[];
  /** `lenient` takes a body without a footer, and an empty one. @default "strict" */
  readonly profile?: Profile;
  /** Looks at bytes of the stream behind the checks that every record passes; they are not to be kept. */
  readonly inspect?: (piece: Uint8Array) => void;
  /** Makes the durable file part of the state. When it fails the file is removed. */
  readonly keep: (segment: Segment) => Promise<void>;
}

/**
 * Takes a record stream in and stores it as it is; every row is checked while the bytes go to the file.
 *
 * Memory does not depend on the size of the body.
 *
 * @throws Refusal saying what is wrong with the body, or what `keep` throws
 */
export async function receiveRecords(
  call: Call,
  reception: RecordReception,
  services: { readonly store: Store; readonly clock: Clock },
): Promise<void> {
  const openIntake = (write: WritePack): BlockIntake => recordIntake(reception, write);
  await receiveBody(call, { openIntake, keep: reception.keep }, services);
}

/** Pieces are looked at in parts of this size, so that the marks between them are no further apart. */
const markedBytes = 128 * 1024;

function recordIntake(
  { columns, inspect, profile }: Pick<RecordReception, "columns" | "inspect" | "profile">,
  write: WritePack,
): BlockIntake {
  const validator = new RecordStreamValidator(columns, { maxFieldBytes });
  const marks = new RowMarks();
  const longChecksums = new LongChecksums();
  let byteLength = 0;
  return {
    // The checks are over when `take` returns: only writing is still under way.
    piecesAtOnce: 2,
    async take(piece) {
      for (let from = 0; from < piece.length; from += markedBytes) {
        const row = validator.push(piece.subarray(from, from + markedBytes));
        marks.note({ row, offset: validator.recordsEnd, checksum: validator.recordsChecksum });
      }
      longChecksums.look(piece);
      inspect?.(piece);
      byteLength += piece.length;
      await write(piece);
    },
    async end() {
      if (profile === "lenient" && byteLength === validator.recordsEnd) {
        // The body stops behind a whole record, or before the first: what it lacks is made up for.
        const run = { recordCount: validator.recordCount, checksum: validator.recordsChecksum };
        const footer = encodeFooter(run);
        validator.push(footer);
        await write(footer);
        byteLength += footer.length;
      }
      if (byteLength === 0) {
        throw new Refusal("IncompleteBody", "The body is empty; a stream without rows still has a footer.");
      }
      const { recordCount, checksum } = validator.end();
      const recordBytes = validator.recordsEnd;
      return { recordCount, byteLength, recordBytes, checksum, plain: !longChecksums.seen, marks };
    },
  };
}
