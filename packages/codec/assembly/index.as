// What the host calls. Built into src/kernel/kernel-bytes.ts.

import { buildLaneTables } from "./crc-lanes";
import { buildCrcTables } from "./crc-tables";

export { areDecimals, areWholeTexts } from "./deferred-text";
export { heapBase, resultsAt } from "./layout";
export { checkRecords, setChecks } from "./record-check";
export { encodeRows } from "./row-encode";
export { encodeRowsInLanes } from "./row-lanes";

/** Fills the tables; called once, before anything else. */
export function start(): void {
  buildCrcTables();
  buildLaneTables();
}
