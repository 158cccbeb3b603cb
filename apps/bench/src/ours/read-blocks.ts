import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import { openFileSource } from "@maxcompute-tunnel/files";
import { serveContender } from "../harness/serve-contender.ts";

/** A CSV file → blocks, by one thread or by worker threads, and nobody sends them. */
export interface ReadBlocksOptions {
  readonly path: string;
  readonly columns: readonly ColumnSpec[];
  readonly workers: number;
}

await serveContender<ReadBlocksOptions>(({ path, columns, workers }) => async () => {
  await using source = await openFileSource([path], { workers });
  let rows = 0;
  const request = {
    stored: [],
    again: [],
    compareStored: false,
    columns,
    maxFieldBytes: 8 * 1024 * 1024,
    signal: new AbortController().signal,
  };
  for await (const block of source.blocks(request)) {
    rows += block.rows;
    block.release?.();
  }
  return { rows, bytes: source.totalBytes ?? 0 };
});
