import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ColumnSpec, decodeRecords } from "@maxcompute-tunnel/codec";
import type { BlockRequest, ProducedBlock } from "@maxcompute-tunnel/writer";
import { type FileInput, type FileSourceOptions, openFileSource } from "../src/index.ts";

/** A directory that is gone when the test is over. */
export async function scratch(): Promise<AsyncDisposable & { path: string; write: typeof writeInto }> {
  const path = await mkdtemp(join(tmpdir(), "files-"));
  return {
    path,
    write: (name, content) => writeInto(join(path, name), content),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

async function writeInto(path: string, content: string | Uint8Array): Promise<string> {
  await writeFile(path, content);
  return path;
}

/** What is left of a block once its memory was given back. */
export interface SeenBlock extends Omit<ProducedBlock, "chunks" | "release"> {
  readonly body: Uint8Array;
}

export function request(columns: readonly ColumnSpec[], more: Partial<BlockRequest> = {}): BlockRequest {
  return {
    columns,
    stored: [],
    again: [],
    compareStored: true,
    maxFieldBytes: 8 * 1024 * 1024,
    signal: new AbortController().signal,
    ...more,
  };
}

/** Reads inputs to the end and copies every block. */
export async function readBlocks(
  inputs: readonly (string | FileInput)[],
  columns: readonly ColumnSpec[],
  options: FileSourceOptions = {},
  more: Partial<BlockRequest> = {},
): Promise<SeenBlock[]> {
  await using source = await openFileSource(inputs, options);
  const seen: SeenBlock[] = [];
  for await (const { chunks, release, ...block } of source.blocks(request(columns, more))) {
    seen.push({ ...block, body: new Uint8Array(Buffer.concat(chunks)) });
    release?.();
  }
  return seen;
}

/** The rows in uncompressed blocks, in order. */
export function rowsOf(columns: readonly ColumnSpec[], blocks: readonly SeenBlock[]): unknown[] {
  return blocks.flatMap(({ body, rows }) => (rows === 0 ? [] : decodeRecords(columns, body)));
}
