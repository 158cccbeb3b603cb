// What the host calls to decode. Built into src/kernel/decode-kernel-bytes.ts.

import { buildCrcTables } from "../crc-tables";

export { heapBase, resultsAt } from "../layout";
export { countUnits, forgetTexts, recallTexts } from "./recall";
export { decodeRecords, setColumns } from "./record-decode";

/** Fills the tables; called once, before anything else. */
export function start(): void {
  buildCrcTables();
}
