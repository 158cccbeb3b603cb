import type { CodecResult } from "./codec-bench.ts";
import type { IngestResult } from "./ingest-bench.ts";
import { ingestTable, memoryTable } from "./ingest-table.ts";
import { type Stamp, stampLine } from "./machine.ts";
import type { MemoryResult } from "./memory-bench.ts";
import type { Measured } from "./rate.ts";
import { figures, hundredths, megabytes, millions, thousands, whole } from "./spread-text.ts";
import type { UploadResult } from "./upload-bench.ts";

/** What was measured; each part may have been on another day. */
export interface Results {
  readonly codec?: CodecResult & { readonly stamp: Stamp; readonly rows: number; readonly rounds: number };
  readonly upload?: {
    readonly stamp: Stamp;
    readonly rows: number;
    readonly rounds: number;
    readonly runs: readonly UploadResult[];
  };
  readonly ingest?: {
    readonly stamp: Stamp;
    readonly rounds: number;
    readonly loads: readonly IngestResult[];
  };
  readonly memory?: { readonly stamp: Stamp; readonly loads: readonly MemoryResult[] };
}

/** The results as Markdown; figures in threes are minimum, median and maximum. */
export function resultsTable(results: Results): string {
  const { codec, upload, ingest, memory } = results;
  const parts = [
    codec && codecPart(codec),
    upload && uploadPart(upload),
    ingest && ingestPart(ingest),
    memory && memoryPart(memory),
  ];
  return `${parts.filter((part) => part !== undefined).join("\n\n")}\n`;
}

type Part<Name extends keyof Results> = NonNullable<Results[Name]>;

function codecPart({ stamp, rows, rounds, bytesPerRow, encode, decode }: Part<"codec">): string {
  return `## Encoding and decoding

${stampLine(stamp)}; min / **median** / max.

Encoding ${rows.toLocaleString("en-US")} rows of ten columns, ${bytesPerRow.toFixed(0)} bytes a row, ${rounds} rounds by turns:

${codecTable(encode)}

Decoding the same:

${codecTable(decode)}`;
}

function uploadPart({ stamp, rows, rounds, runs }: Part<"upload">): string {
  const lines = runs.map(
    (run) =>
      `| ${run.name} | ${figures(run.rowsPerSecond, thousands)} | ${figures(run.megabytesPerSecond, whole)} | ${figures(run.peakBytes, megabytes)} |`,
  );
  return `## Uploading

${stampLine(stamp)}.

Uploading ${rows.toLocaleString("en-US")} such rows, made on the way, into the emulator on the same machine, ${rounds} runs each:

${["| | rows/s | MB/s sent | peak memory, MB |", "|---|---|---|---|", ...lines].join("\n")}`;
}

function ingestPart({ stamp, rounds, loads }: Part<"ingest">): string {
  return `## What the emulator takes in

${stampLine(stamp)}.

One client sends prepared record packs to the emulator, which checks every value and checksum, and to a node:http server
that pipes the same bytes into a file; both sync the file before they answer. The emulator can be ahead because it writes
larger pieces and frees what has arrived at once. CPU is user and system time of the server.

${ingestTable(rounds, loads)}`;
}

function memoryPart({ stamp, loads }: Part<"memory">): string {
  return `## How much memory the emulator takes

${stampLine(stamp)}.

Resident memory of the emulator's process (VmHWM), a fresh one for each line:

${memoryTable(loads)}`;
}

const begin = "<!-- results: written by the benchmark -->";
const end = "<!-- /results -->";

/** A README with its results replaced. */
export function replaceResults(readme: string, results: string): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`Expected the README to hold ${begin} and ${end}`);
  return `${readme.slice(0, from + begin.length)}\n\n${results}\n${readme.slice(to)}`;
}

function codecTable(measured: readonly Measured[]): string {
  const lines = measured.map(
    ({ name, rowsPerSecond, megabytesPerSecond, ratio }) =>
      `| ${name} | ${figures(rowsPerSecond, millions)} | ${figures(megabytesPerSecond, whole)} | ${figures(ratio, hundredths)} |`,
  );
  return ["| | million rows/s | MB/s | × protobufjs |", "|---|---|---|---|", ...lines].join("\n");
}
