import { type Stamp, stampLine } from "../harness/machine.ts";
import type { MemoryResult } from "../suites/emulator-memory.ts";
import type { IngestResult } from "../suites/ingest.ts";
import { ingestTable, memoryTable } from "./ingest-table.ts";

/** What was measured of the emulator as a server. */
export interface ServerResults {
  readonly ingest?: {
    readonly stamp: Stamp;
    readonly rounds: number;
    readonly loads: readonly IngestResult[];
  };
  readonly memory?: { readonly stamp: Stamp; readonly loads: readonly MemoryResult[] };
}

/** The emulator's part of the report. */
export function serverPart({ ingest, memory }: ServerResults): string {
  return [
    ingest && [
      "## What the emulator takes in",
      `${stampLine(ingest.stamp)}.`,
      `One client sends prepared record packs to the emulator, which checks every value and checksum, and to a node:http server
that pipes the same bytes into a file; both sync the file before they answer. The emulator can be ahead because it writes
larger pieces and frees what has arrived at once. CPU is user and system time of the server.`,
      ingestTable(ingest.rounds, ingest.loads),
    ],
    memory && [
      "## How much memory the emulator takes",
      `${stampLine(memory.stamp)}.`,
      "Resident memory of the emulator's process (VmHWM), a fresh one for each line:",
      memoryTable(memory.loads),
    ],
  ]
    .filter((part) => part !== undefined)
    .flat()
    .join("\n\n");
}
