// What the host calls for columns. Built into src/arrow/kernel/columns-kernel-bytes.ts.

import { feedBytes } from "../crc-feeds";
import { byBytes, foldBytes } from "../crc-fold";
import { buildCrcTables } from "../crc-tables";

export { heapBase, resultsAt } from "../layout";
export { encodeColumns } from "./encode-columns";

/** Fills the tables; called once, before anything else. */
export function start(): void {
  buildCrcTables();
}

/** Feeds any run of bytes into a checksum's state. Reads up to 15 bytes beyond the end. */
export function feedRun(state: u32, at: usize, length: u32): u32 {
  return length < byBytes ? feedBytes(state, at, length) : foldBytes(state, at, length);
}
