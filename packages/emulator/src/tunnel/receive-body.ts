import { isCodecError } from "@maxcompute-tunnel/codec";
import type { Clock } from "../clock.ts";
import { Refusal, type RefusalCode } from "../refusal.ts";
import type { Call } from "../server/call.ts";
import type { Segment } from "../storage/state.ts";
import type { Store } from "../storage/store.ts";
import type { BlockIntake, WritePack } from "./block-intake.ts";
import { readBody } from "./read-body.ts";

/** What a body is made of, and what becomes of it. */
export interface BodyReception {
  /** Begins to take the body in; what it writes becomes the file. */
  readonly openIntake: (write: WritePack) => BlockIntake;
  /** Makes the durable file part of the state. When it fails the file is removed. */
  readonly keep: (segment: Segment) => Promise<void>;
}

/**
 * Takes a body of rows in: they go to a file as they come, and only when the body has ended properly is the file made
 * durable and handed over. A request that says how many records it holds is held to it.
 *
 * @throws Refusal saying what is wrong with the body, or what `keep` throws
 */
export async function receiveBody(
  call: Call,
  { openIntake, keep }: BodyReception,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<void> {
  const writer = await store.blocks.create();
  let file: string | undefined;
  try {
    const intake = openIntake((bytes) => writer.write(bytes));
    await readBody(call, {
      clock,
      handle: (piece) => intake.take(piece),
      atOnce: intake.piecesAtOnce,
    });
    const { marks, ...pack } = await intake.end();
    checkRecordCount(call.query.get("record_count"), pack.recordCount);
    await writer.write(marks.encode());
    file = await writer.finish();
    await keep({ file, ...pack });
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
    case "total-checksum-mismatch":
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
