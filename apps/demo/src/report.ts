import { inspect } from "node:util";
import type { Load } from "./load.ts";
import type { Verification } from "./verify.ts";

/** One target, loaded and read back. */
export interface Loaded extends Load, Verification {
  readonly target: string;
}

/** The most memory that uploading may take, in bytes. */
export const peakLimitBytes: number = 300e6;

/** The report: a line for each target, then what was compared. */
export function formatReport(loaded: readonly Loaded[], totalSeconds: number): string {
  const header = ["", "rows", "blocks", "bytes", "seconds", "rows/s", "peak memory"];
  const lines = loaded.map((load) => [
    load.target,
    whole(load.loadedRows),
    whole(load.blocks),
    megabytes(load.bytes),
    load.seconds.toFixed(1),
    whole(load.loadedRows / load.seconds),
    megabytes(load.peakBytes),
  ]);
  const values = loaded.reduce((sum, load) => sum + load.values, 0);
  const verifySeconds = loaded.reduce((sum, load) => sum + load.verifySeconds, 0);
  const differences = loaded.reduce((sum, load) => sum + load.differences, 0);
  return `
${table([header, ...lines])}

${whole(values)} values read back and compared with the originals in ${verifySeconds.toFixed(1)} s: ${
    differences === 0 ? "all equal" : `${whole(differences)} differ`
  }. ${totalSeconds.toFixed(0)} s in all.
`;
}

/** Everything that makes the demo fail, one sentence each. */
export function failures(loaded: readonly Loaded[]): readonly string[] {
  return loaded.flatMap((load) => {
    const found: string[] = [];
    if (load.rows !== load.loadedRows) {
      found.push(`${load.target}: ${load.loadedRows} rows were loaded, the original has ${load.rows}`);
    }
    for (const { row, column, expected, actual } of load.examples) {
      const place = column === undefined ? `row ${row}` : `row ${row}, column ${column}`;
      found.push(`${load.target}, ${place}: expected ${inspect(expected)}, got ${inspect(actual)}`);
    }
    if (load.differences > load.examples.length) {
      found.push(`${load.target}: ${load.differences - load.examples.length} more differences`);
    }
    if (!(load.peakBytes <= peakLimitBytes)) {
      found.push(
        `${load.target}: uploading took ${megabytes(load.peakBytes)}, the bound is ${megabytes(peakLimitBytes)}`,
      );
    }
    return found;
  });
}

function table(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) =>
      line.map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      ),
    )
    .map((cells) => cells.join("  ").trimEnd())
    .join("\n");
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString("en-US", { maximumFractionDigits: bytes < 1e7 ? 1 : 0 })} MB`;
}
