import { runMctunnel } from "./child-process.ts";

/** What uploading one file came to. */
export interface Load {
  readonly loadedRows: number;
  readonly blocks: number;
  /** Bytes sent. */
  readonly bytes: number;
  /** From the start of the process to its end. */
  readonly seconds: number;
  readonly peakBytes: number;
}

/**
 * Uploads a file with `mctunnel upload` in a process of its own. Blocks of half the usual size show
 * several of them, and leave memory well within its bound.
 */
export async function loadDataset(
  file: string,
  target: string,
  environment: Readonly<Record<string, string>>,
): Promise<Load> {
  const { exitCode, stdout, seconds, peakBytes } = await runMctunnel(
    ["upload", "--json", "--block-size", "32MiB", file, target],
    environment,
  );
  if (exitCode !== 0) throw new Error(`Expected mctunnel upload to end with 0, got ${exitCode}: ${stdout}`);
  const summary = JSON.parse(stdout) as {
    readonly rows: number;
    readonly blocks: number;
    readonly sentBytes: number;
  };
  return { loadedRows: summary.rows, blocks: summary.blocks, bytes: summary.sentBytes, seconds, peakBytes };
}
