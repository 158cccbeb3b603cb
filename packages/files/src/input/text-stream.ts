import type { MessagePort } from "node:worker_threads";
import type { FoundEncoding } from "./encoding.ts";
import { FileReader, fileChanged, PieceBuffers } from "./file-reader.ts";
import type { FileState } from "./found-input.ts";
import { type Packing, unpack } from "./packing.ts";
import { portChunks } from "./port-feed.ts";
import { transcode } from "./transcode.ts";

/** An input that is read from its beginning to its end. It may travel to a thread, with its port. */
export interface StreamSpec {
  readonly name: string;
  readonly packing: Packing;
  readonly encoding: FoundEncoding;
  readonly from: StreamOrigin;
}

/** Where a stream's bytes come from. */
export type StreamOrigin =
  | { readonly kind: "file"; readonly path: string; readonly file: FileState }
  /** Another thread reads a pipe and hands it over. */
  | { readonly kind: "port"; readonly port: MessagePort }
  /** The bytes are read on this thread. */
  | { readonly kind: "chunks"; readonly chunks: AsyncIterable<Uint8Array> };

/** The text of an input: unpacked, in UTF-8, without a byte order mark. */
export function openTextStream(
  spec: StreamSpec,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const packed = counted(chunksOf(spec), onRead);
  return transcode(unpack(packed, spec.packing, spec.name), spec.encoding, spec.name);
}

function chunksOf(spec: StreamSpec): AsyncIterable<Uint8Array> {
  const { from } = spec;
  switch (from.kind) {
    case "file":
      return fileChunks(spec.name, from.path, from.file);
    case "port":
      return portChunks(from.port);
    case "chunks":
      return from.chunks;
  }
}

/** A whole file from beginning to end; each chunk is the receiver's to keep. */
export async function* fileChunks(name: string, path: string, state: FileState): AsyncGenerator<Uint8Array> {
  const reader = await FileReader.open(name, path, state);
  try {
    let read = 0;
    for await (const piece of reader.pieces(0, state.size, chunkBytes, new PieceBuffers())) {
      read += piece.byteLength;
      // Whoever unpacks it keeps it for longer than the buffer holds.
      yield piece.slice();
    }
    await reader.checkUnchanged();
    if (read !== state.size) throw fileChanged(name);
  } finally {
    await reader.close();
  }
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onRead(chunk.byteLength);
    yield chunk;
  }
}

const chunkBytes = 256 * 1024;
