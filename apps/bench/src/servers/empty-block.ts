import { encodeRecords, frameArrow } from "@maxcompute-tunnel/codec";

/** A block without rows, in the format that a block's URL announces. */
export function emptyBlock(url: string): Uint8Array {
  return /[?&]arrow(?:[&=]|$)/.test(url) ? noBatches : noRecords;
}

const noRecords = encodeRecords([{ name: "id", type: "bigint" }], []);
const noBatches = frameArrow(new Uint8Array(0));
