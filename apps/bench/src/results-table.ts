import type { CodecResult } from "./codec-bench.ts";
import type { Measured, Spread } from "./rate.ts";
import type { UploadResult } from "./upload-bench.ts";

export interface Results {
  readonly date: string;
  readonly machine: { readonly node: string; readonly cpu: string; readonly cores: number };
  readonly codec: CodecResult & { readonly rows: number; readonly rounds: number };
  readonly upload: { readonly rows: number; readonly rounds: number; readonly runs: readonly UploadResult[] };
}

/** The results as Markdown; every figure is min / median / max. */
export function resultsTable({ date, machine, codec, upload }: Results): string {
  return `Measured ${date} under Node ${machine.node} on ${machine.cores} × ${machine.cpu}; min / **median** / max.

Encoding ${codec.rows.toLocaleString("en-US")} rows of ten columns, ${codec.bytesPerRow.toFixed(0)} bytes a row, ${codec.rounds} rounds by turns:

${codecTable(codec.encode)}

Decoding the same:

${codecTable(codec.decode)}

Uploading ${upload.rows.toLocaleString("en-US")} such rows, made on the way, into the emulator on the same machine, ${upload.rounds} runs each:

| | rows/s | MB/s sent | peak memory, MB |
|---|---|---|---|
${upload.runs
  .map(
    (run) =>
      `| ${run.name} | ${figures(run.rowsPerSecond, thousands)} | ${figures(run.megabytesPerSecond, whole)} | ${figures(run.peakBytes, (bytes) => whole(bytes / 1e6))} |`,
  )
  .join("\n")}
`;
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

function figures({ min, median, max }: Spread, format: (value: number) => string): string {
  return `${format(min)} / **${format(median)}** / ${format(max)}`;
}

function millions(value: number): string {
  return (value / 1e6).toFixed(2);
}

function thousands(value: number): string {
  return `${Math.round(value / 1000)}k`;
}

function hundredths(value: number): string {
  return value.toFixed(2);
}

function whole(value: number): string {
  return value.toFixed(0);
}
