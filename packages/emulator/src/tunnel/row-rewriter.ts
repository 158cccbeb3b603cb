import { RecordPack, type SealedPack } from "@maxcompute-tunnel/codec";
import type { TableColumn } from "../storage/state.ts";
import { charLength, paddedChar } from "./char-padding.ts";

/** Writes stored rows as the records that a client asked for. */
export interface RowRewriter {
  /** Adds rows and gives the bytes of their records; they belong to the caller. */
  write(rows: readonly (readonly unknown[])[]): readonly Uint8Array[];
  /** Ends a run of rows and says what a footer has to say about it. */
  finish(): Pick<SealedPack, "recordCount" | "checksum">;
}

/**
 * Makes a rewriter from the columns that are stored to the columns that were asked for, in their order.
 *
 * protocol: MaxCompute Tunnel, table download: field numbers count within the columns asked for; CHAR(n) values are
 * padded with blanks to n characters, as the service sends them.
 */
export function createRowRewriter(
  stored: readonly TableColumn[],
  asked: readonly TableColumn[],
): RowRewriter {
  const pack = new RecordPack<readonly unknown[]>(asked, { checks: "wire" });
  const sources = asked.map((column) => stored.indexOf(column));
  const pads = asked.map(({ type }) => charLength(type));
  const asTheyAre = isWhole(stored, asked) && pads.every((pad) => pad === undefined);
  return {
    write(rows) {
      for (const row of rows) {
        pack.append(asTheyAre ? row : sources.map((source, index) => paddedChar(row[source], pads[index])));
      }
      return pack.drain();
    },
    finish() {
      pack.drain();
      const { recordCount, checksum } = pack.seal();
      return { recordCount, checksum };
    },
  };
}

/**
 * Whether stored records can go out byte for byte: every column is asked for in its order, none is padded, and none
 * holds text that the service writes in another way than clients may (decimals come in plain notation).
 */
export function canSendAsStored(stored: readonly TableColumn[], asked: readonly TableColumn[]): boolean {
  return isWhole(stored, asked) && asked.every(({ type }) => !/\b(?:decimal|char)\b/.test(type));
}

function isWhole(stored: readonly TableColumn[], asked: readonly TableColumn[]): boolean {
  return asked.length === stored.length && asked.every((column, index) => column === stored[index]);
}
