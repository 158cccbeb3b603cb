import type { MemoryResult } from "../suites/emulator-memory.ts";
import type { IngestFigures, IngestResult } from "../suites/ingest.ts";
import { figures, hundredths, megabytes, millions, tenths, whole } from "./spread-text.ts";

/** What the emulator stored beside the plain server, as Markdown. */
export function ingestTable(rounds: number, loads: readonly IngestResult[]): string {
  return loads.map((load) => loadTable(rounds, load)).join("\n\n");
}

function loadTable(rounds: number, { load, packBytes, packRows, servers, ratio }: IngestResult): string {
  const perRow = whole(packBytes / packRows);
  return `${load}, ${perRow} bytes a row, packs of ${megabytes(packBytes)} MB, ${rounds} rounds by turns; emulator ÷ node:http ${figures(ratio, hundredths)}:

| | million rows/s | MB/s | CPU s/GB | peak memory, MB |
|---|---|---|---|---|
${servers.map(serverLine).join("\n")}`;
}

function serverLine(server: IngestFigures): string {
  const { name, rowsPerSecond, megabytesPerSecond, cpuSecondsPerGigabyte: cpu, peakBytes: peak } = server;
  const cells = [
    name,
    figures(rowsPerSecond, millions),
    figures(megabytesPerSecond, whole),
    cpu === undefined ? "?" : figures(cpu, tenths),
    peak === undefined ? "?" : megabytes(peak),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** How much memory the emulator took, as Markdown. */
export function memoryTable(loads: readonly MemoryResult[]): string {
  const lines = loads.map(
    ({ name, bytes, seconds, startBytes, peakBytes }) =>
      `| ${name} | ${megabytes(bytes)} | ${whole(seconds)} | ${megabytes(startBytes)} | **${megabytes(peakBytes)}** |`,
  );
  return [
    "| | MB sent | seconds | MB at the start | peak memory, MB |",
    "|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}
