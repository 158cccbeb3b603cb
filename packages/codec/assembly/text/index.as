// What the host calls. Built into src/text/kernel/text-kernel-bytes.ts.

import { buildCrcTables } from "../crc-tables";

export { heapBase, resultsAt } from "../layout";
export { setDialect } from "./dialect";
export { setColumns } from "./columns";
export { encodeText } from "./encode-text";
export { indexAny } from "./index-any";
export { countBytes, indexLines } from "./index-lines";
export { splitLines } from "./split-lines";
export { setZone } from "./times";

/** Fills the tables; called once, before anything else. */
export function start(): void {
  buildCrcTables();
}
