import type { RowMarks } from "../storage/row-marks.ts";
import type { Segment } from "../storage/state.ts";

/** Turns the body of one block into the record pack that is stored, checking it on the way. */
export interface BlockIntake {
  /** Takes the next decoded bytes, which may be reused once this resolves. */
  take(piece: Uint8Array): Promise<void>;
  /** How many pieces may be taken before the first of them is done with; their order counts all the same. */
  readonly piecesAtOnce: number;
  /** Ends the body. @throws Refusal or CodecError saying what is wrong with it */
  end(): Promise<IntakeSummary>;
}

/** What an intake wrote. */
export interface IntakeSummary extends Omit<Segment, "file"> {
  readonly marks: RowMarks;
}

/** Where an intake puts the bytes of the pack; they may be reused once it resolves. Calls may overlap. */
export type WritePack = (bytes: Uint8Array) => Promise<void>;
